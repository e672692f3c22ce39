import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { CenterRows } from "#lib/numeric/centerRows.js";
import { boundedDistance, squaredDistance } from "#lib/numeric/squaredDistance.js";

const rows = 50;
const k = 4;

it.each([1, 3, 8, 19])("gives the sums of squaredDistance.ts, of %i columns", (columns) => {
  const rng = Rng.root(columns);
  const data = Float64Array.from({ length: rows * columns }, () => rng.uniform());
  const centers = Float64Array.from({ length: k * columns }, () => rng.uniform());
  const held = new CenterRows(data, rows, columns, k);
  held.centers.set(centers);
  held.place(k);
  for (let i = 0; i < rows; i++) {
    const all = Array.from({ length: k }, (_, c) =>
      boundedDistance(data, i * columns, centers, c * columns, columns, Number.POSITIVE_INFINITY),
    );
    const order = all.toSorted((a, b) => a - b);
    expect([held.labels[i], held.nearest[i], held.second[i]]).toEqual([
      all.indexOf(order[0]),
      order[0],
      order[1],
    ]);
    expect(held.toCenter(i, 2)).toBe(squaredDistance(data, i * columns, centers, 2 * columns, columns));
  }
});

it("names the rows that a candidate takes over, and keeps what an earlier one took", () => {
  const held = new CenterRows(Float64Array.of(0, 1, 4, 5, 9), 5, 1, 1);
  held.centers[0] = 0;
  held.place(1);
  held.apart[0] = 4 ** 2 / 4;
  const first = held.takeOver(2, undefined);
  expect(first.gain).toBe(16 + (25 - 1) + (81 - 25));
  held.apart[0] = 9 ** 2 / 4;
  const second = held.takeOver(4, first.taken);
  expect([...second.taken.rows.subarray(0, second.taken.count)]).toEqual([3, 4]);
  expect([...first.taken.rows.subarray(0, first.taken.count)]).toEqual([2, 3, 4]);
  expect([...first.taken.values.subarray(0, 3)]).toEqual([0, 1, 25]);
});

/** Rows of one column beside two centres, placed, as `reassign` and `settle` want them. */
function placed(): CenterRows {
  const held = new CenterRows(Float64Array.of(0, 1, 4, 5), 4, 1, 2);
  held.centers.set([0, 5]);
  held.place(2);
  held.sum();
  held.counts.set([2, 2]);
  held.nearest.forEach((square, i) => {
    held.nearest[i] = Math.sqrt(square);
    held.second[i] = Math.sqrt(held.second[i]);
  });
  held.centers.set([3, 5.5]);
  held.moved.set([3, 0.5]);
  held.apart.set([1.25, 1.25]);
  return held;
}

it("gives rows to other centres after these moved; sums and counts follow", () => {
  const held = placed();
  expect([...held.sums]).toEqual([1, 9]);
  expect(held.reassign(2, { at: 0, most: 3, next: 0.5 })).toBe(1);
  expect([[...held.labels], [...held.sums], [...held.counts]]).toEqual([
    [0, 0, 0, 1],
    [5, 5],
    [3, 1],
  ]);
});

it("settles on the nearest centres, with squared distances", () => {
  const held = placed();
  held.settle(2, { at: 0, most: 3, next: 0.5 });
  expect([[...held.labels], [...held.nearest]]).toEqual([
    [0, 0, 0, 1],
    [9, 4, 1, 0.25],
  ]);
});

it("measures from a row", () => {
  const held = placed();
  held.measure(2);
  expect([...held.nearest]).toEqual([16, 9, 0, 1]);
});

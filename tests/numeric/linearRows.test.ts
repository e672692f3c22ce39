import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { LinearRows } from "#lib/numeric/linearRows.js";

/** Four sums, added at the end. */
function product(vector: ArrayLike<number>, rows: ArrayLike<number>, from: number): number {
  const sums = [0, 0, 0, 0];
  const fours = vector.length & ~3;
  for (let j = 0; j < fours; j++) sums[j % 4] += vector[j] * rows[from + j];
  for (let j = fours; j < vector.length; j++) sums[0] += vector[j] * rows[from + j];
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

describe.each([1, 2, 3, 4, 7, 38])("a vector of %i numbers", (size) => {
  const rng = Rng.root(size);
  const rows = Float64Array.from({ length: 3 * size }, () => rng.uniform() - 0.5);

  it.each([Float32Array, Float64Array])("is multiplied with rows of %o, and they are added to it", (Kind) => {
    const held = new LinearRows(size);
    const own = Kind.from(rows);
    const start = Float64Array.from({ length: size }, () => rng.uniform());
    held.vector.set(start);
    held.hold(own);
    const expected = [0, 1, 2].map((i) => product(start, own, i * size));
    expect([0, 1, 2].map((i) => held.product(i))).toEqual(expected);
    expect([...held.products(3, 2)]).toEqual(expected.map((each) => 2 + each));
    expect(held.add(1, -3)).toBe([...own.slice(size, 2 * size)].reduce((sum, x) => sum + x * x, 0));
    expect([...held.vector]).toEqual([...start].map((each, j) => each + -3 * own[size + j]));
  });

  it("takes a multiple of a row of doubles", () => {
    const held = new LinearRows(size, 3);
    held.doubles.set(rows);
    held.addDoubles(2, 0.5);
    expect([...held.vector]).toEqual([...rows.subarray(2 * size)].map((x) => 0.5 * x));
  });
});

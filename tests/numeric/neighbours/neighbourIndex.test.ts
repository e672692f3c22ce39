import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { NeighbourIndex } from "#lib/numeric/neighbours/neighbourIndex.js";
import { distances } from "#lib/numeric/neighbours/pairwise.js";
import { nearestInParallel, withinInParallel } from "#lib/numeric/neighbours/parallel.js";
import type { Neighbours, Points, Surroundings } from "#lib/numeric/neighbours/points.js";

const points = (rows: readonly (readonly number[])[]): Points => ({
  rows: rows.length,
  columns: rows[0].length,
  data: Float64Array.from(rows.flat()),
});
const square = points([
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [0, 0],
]);

/** Rows like flows: numbers with a heavy tail, a one-hot group, many of them equal. */
function madePoints(rows: number, seed: number, levels = 5): Points {
  const rng = Rng.root(seed);
  const columns = 4 + levels;
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    data[i * columns] = Math.round(rng.uniform() * 4);
    data[i * columns + 1] = rng.uniform() < 0.5 ? 0 : Math.round(Math.exp(8 * rng.uniform())) / 100;
    data[i * columns + 2] = rng.uniform() < 0.7 ? 0 : rng.uniform();
    data[i * columns + 4 + rng.integer(levels)] = 1;
  }
  return { rows, columns, data };
}

/** The same by looking at every pair. */
function byHand(X: Points, Q: Points, i: number): { row: number; distance: number }[] {
  const d = X.columns;
  return Array.from({ length: X.rows }, (_, row) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (Q.data[i * d + j] - X.data[row * d + j]) ** 2;
    return { row, distance: Math.sqrt(sum) };
  });
}

describe("the neighbour index", () => {
  it("finds the nearest, of equal distances the lower row first", () => {
    const { rows, distances: found } = NeighbourIndex.build(square).nearest(
      points([
        [0, 0],
        [1, 0.5],
      ]),
      3,
    );
    expect([...rows]).toEqual([0, 4, 1, 1, 3, 0]);
    expect([...found]).toEqual([0, 0, 1, 0.5, 0.5, Math.sqrt(1.25)]);
  });

  it("finds what lies within a radius, the rim included", () => {
    const {
      starts,
      rows,
      distances: found,
    } = NeighbourIndex.build(square).within(
      points([
        [0, 0],
        [9, 9],
      ]),
      1,
    );
    expect([...starts]).toEqual([0, 4, 4]);
    expect([...rows]).toEqual([0, 1, 2, 4]);
    expect([...found]).toEqual([0, 1, 1, 0]);
  });

  it("is exact, equal rows and distances included, for any number of workers", async () => {
    const [X, Q] = [madePoints(2000, 1), madePoints(100, 2)];
    const index = NeighbourIndex.build(X);
    const k = 7;
    const nearest = index.nearest(Q, k);
    const around = index.within(Q, 0.6);
    for (let i = 0; i < Q.rows; i++) {
      const all = byHand(X, Q, i);
      const near = all.filter(({ distance }) => distance <= 0.6);
      expect([...around.rows.subarray(around.starts[i], around.starts[i + 1])]).toEqual(
        near.map((n) => n.row),
      );
      all.sort((a, b) =>
        Math.abs(a.distance - b.distance) < 1e-12 ? a.row - b.row : a.distance - b.distance,
      );
      expect([...nearest.rows.subarray(i * k, i * k + k)]).toEqual(all.slice(0, k).map((n) => n.row));
      all.slice(0, k).forEach((n, j) => {
        expect(nearest.distances[i * k + j]).toBeCloseTo(n.distance, 12);
      });
    }
    const many = madePoints(6100, 3);
    const same = (a: Neighbours | Surroundings, b: Neighbours | Surroundings): void => {
      expect(Buffer.from(a.rows.buffer).equals(Buffer.from(b.rows.buffer))).toBe(true);
      expect(Buffer.from(a.distances.buffer).equals(Buffer.from(b.distances.buffer))).toBe(true);
    };
    same(await nearestInParallel(index, many, k, 3), index.nearest(many, k));
    const found = await withinInParallel(index, many, 0.2, 3);
    same(found, index.within(many, 0.2));
    expect(found.starts.at(-1)).toBe(found.rows.length);
  });

  it("refuses missing numbers, another width, and more neighbours than points", () => {
    const index = NeighbourIndex.build(square);
    expect(() => NeighbourIndex.build(points([[0, Number.NaN]]))).toThrow(/row 0, column 1.*is NaN/);
    expect(() => index.nearest(points([[1]]), 1)).toThrow(/1 columns, the index has 2/);
    expect(() => index.nearest(square, 6)).toThrow(/6 neighbours are asked of 5 points/);
  });
});

it("distances of all pairs", () => {
  expect([
    ...distances(
      points([
        [0, 0],
        [3, 4],
      ]),
      square,
    ),
  ]).toEqual([0, 1, 1, Math.SQRT2, 0, 5, Math.sqrt(20), Math.sqrt(18), Math.sqrt(13), 5]);
});

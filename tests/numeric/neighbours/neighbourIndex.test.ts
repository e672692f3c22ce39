import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { densityOf } from "#lib/numeric/neighbours/density.js";
import { NeighbourIndex } from "#lib/numeric/neighbours/neighbourIndex.js";
import { nearestInParallel } from "#lib/numeric/neighbours/parallel.js";
import type { Points } from "#lib/numeric/neighbours/points.js";

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
    const index = NeighbourIndex.build(square);
    const asked = points([
      [0, 0],
      [9, 9],
    ]);
    expect([...index.rowsWithin(asked, 0, 1)].sort()).toEqual([0, 1, 2, 4]);
    expect([...index.rowsWithin(asked, 1, 1)]).toEqual([]);
    expect([...index.squaresWithin(asked, 0, 1)].sort()).toEqual([0, 0, 1, 1]);
  });

  it("is exact, equal rows and distances included, for any number of workers", async () => {
    const [X, Q] = [madePoints(2000, 1), madePoints(100, 2)];
    const index = NeighbourIndex.build(X);
    const k = 7;
    const nearest = index.nearest(Q, k);
    for (let i = 0; i < Q.rows; i++) {
      const all = byHand(X, Q, i);
      const near = all.filter(({ distance }) => distance <= 0.6);
      expect([...index.rowsWithin(Q, i, 0.6)].sort((a, b) => a - b)).toEqual(near.map((n) => n.row));
      all.sort((a, b) =>
        Math.abs(a.distance - b.distance) < 1e-12 ? a.row - b.row : a.distance - b.distance,
      );
      expect([...nearest.rows.subarray(i * k, i * k + k)]).toEqual(all.slice(0, k).map((n) => n.row));
      all.slice(0, k).forEach((n, j) => {
        expect(nearest.distances[i * k + j]).toBeCloseTo(n.distance, 12);
      });
    }
    const many = madePoints(6100, 3);
    const [alone, together] = [index.nearest(many, k), await nearestInParallel(index, many, k, 3)];
    expect(Buffer.from(together.rows.buffer).equals(Buffer.from(alone.rows.buffer))).toBe(true);
    expect(Buffer.from(together.distances.buffer).equals(Buffer.from(alone.distances.buffer))).toBe(true);
  });

  it("refuses missing numbers, another width, and more neighbours than points", () => {
    const index = NeighbourIndex.build(square);
    expect(() => NeighbourIndex.build(points([[0, Number.NaN]]))).toThrow(/row 0, column 1.*is NaN/);
    expect(() => index.nearest(points([[1]]), 1)).toThrow(/1 columns, the index has 2/);
    expect(() => index.nearest(square, 6)).toThrow(/6 neighbours are asked of 5 points/);
  });
});

it.each([0.05, 0.3, 1, 2.1])("core rows and their sets are those of all pairs: radius %s", (radius) => {
  const made = madePoints(700, 4);
  for (const X of [made, { ...made, data: Float64Array.from(made.data) }]) {
    const { core, set } = densityOf(NeighbourIndex.build(X), X, radius, 6);
    const near = Array.from({ length: X.rows }, (_, i) =>
      byHand(X, X, i).filter(({ distance }) => distance <= radius),
    );
    expect([...core]).toEqual(near.map((all) => (all.length >= 6 ? 1 : 0)));
    // The lowest row of each set, by steps between core rows.
    const lowest = Array.from({ length: X.rows }, (_, i) => i);
    for (let changed = true; changed; ) {
      changed = false;
      near.forEach((all, i) => {
        if (core[i] === 0) return;
        const least = Math.min(...all.filter(({ row }) => core[row] === 1).map(({ row }) => lowest[row]));
        changed ||= least < lowest[i];
        lowest[i] = least;
      });
    }
    const first = new Map<number, number>();
    set.forEach((own, i) => {
      if (own >= 0 && !first.has(own)) first.set(own, i);
    });
    expect(Array.from(set, (own) => first.get(own) ?? -1)).toEqual(
      lowest.map((low, i) => (core[i] === 1 ? low : -1)),
    );
  }
});

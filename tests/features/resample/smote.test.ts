import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { nearestRows, spaceOf, squaredDistance } from "#lib/features/resample/neighbours.js";
import { smote } from "#lib/features/resample/smote.js";
import type { FeatureInfo, Matrix } from "#lib/table/matrix.js";

interface Case {
  readonly numbers: number[][];
  readonly mixed: number[][];
  /** The five nearest other rows of each of `numbers`, by scikit-learn. */
  readonly neighbours: number[][];
  /** Ten rows that imbalanced-learn made of `numbers`. */
  readonly smote: number[][];
  /** What its SMOTENC takes as the median of the standard deviations of `mixed`. */
  readonly median_std: number;
}
const peer: Case = JSON.parse(readFileSync("tests/features/resample/golden.json", "utf8"));

const number = (name: string): FeatureInfo => ({ name, kind: "number" });
const category = (name: string): FeatureInfo => ({ name, kind: "category", levels: ["a", "b", "c"] });
const two = [number("x"), number("y")];
const mixedFeatures = [number("x"), number("y"), category("c")];

function matrix(rows: readonly (readonly number[])[]): Matrix {
  return { rows: rows.length, columns: rows[0].length, data: Float32Array.from(rows.flat()) };
}
const all = (X: Matrix): Int32Array => Int32Array.from({ length: X.rows }, (_, row) => row);
const ones = (features: readonly FeatureInfo[]): Float64Array => new Float64Array(features.length).fill(1);

/** Whether p lies on the segment from a to b, to float32's precision. */
function isBetween(p: readonly number[], a: readonly number[], b: readonly number[]): boolean {
  const length = b.reduce((sum, x, j) => sum + (x - a[j]) ** 2, 0);
  const t = length === 0 ? 0 : b.reduce((sum, x, j) => sum + (p[j] - a[j]) * (x - a[j]), 0) / length;
  const off = p.reduce((sum, x, j) => sum + (x - a[j] - t * (b[j] - a[j])) ** 2, 0);
  return t > -1e-5 && t < 1 + 1e-5 && off < 1e-8 * (1 + length);
}

/** The promise of SMOTE: on a segment between some row and one of its k nearest. */
function isSynthetic(
  p: readonly number[],
  rows: readonly number[][],
  neighbours: readonly number[][],
): boolean {
  return rows.some((a, i) => neighbours[i].some((j) => isBetween(p, a, rows[j])));
}

describe("neighbours", () => {
  const X = matrix(peer.numbers);

  it("are scikit-learn's", () => {
    const found = nearestRows(spaceOf(X, all(X), two, ones(two)), all(X), 5);
    expect(peer.numbers.map((_, i) => [...found.slice(i * 5, i * 5 + 5)])).toEqual(peer.neighbours);
  });

  it("of more rows than a block are those of a plain search, the lower row first of equal ones", () => {
    const rng = Rng.root(3);
    const rows = Array.from({ length: 700 }, () => [rng.integer(12), rng.integer(12)]);
    const many = matrix(rows);
    const space = spaceOf(many, all(many), two, ones(two));
    const asked = Int32Array.of(0, 300, 699);
    const found = nearestRows(space, asked, 4);
    asked.forEach((row, i) => {
      const order = rows.map((_, other) => other).filter((other) => other !== row);
      order.sort((a, b) => squaredDistance(space, row, a) - squaredDistance(space, row, b) || a - b);
      expect([...found.slice(i * 4, i * 4 + 4)]).toEqual(order.slice(0, 4));
    });
  });

  it("of tables with categories are apart by the median of the standard deviations", () => {
    const mixed = matrix(peer.mixed);
    const space = spaceOf(mixed, all(mixed), mixedFeatures, ones(mixedFeatures));
    expect(Math.sqrt(space.apart)).toBeCloseTo(peer.median_std, 5);
    const pair = matrix([
      [0, 0, 1],
      [2, 2, 2],
      [2, 2, 1],
    ]);
    const small = spaceOf(pair, all(pair), mixedFeatures, ones(mixedFeatures));
    // Standard deviations of x and y: 2 √2 / 3 each.
    expect(squaredDistance(small, 1, 2)).toBeCloseTo(8 / 9, 12);
    expect(squaredDistance(small, 0, 2)).toBeCloseTo(8, 12);
  });

  it("take a number that one of two rows lacks as a difference of category, and one that both lack as none", () => {
    const X = matrix([
      [Number.NaN, 0],
      [Number.NaN, 0],
      [5, 0],
      [1, 2],
    ]);
    const space = spaceOf(X, all(X), two, ones(two));
    expect(squaredDistance(space, 0, 1)).toBe(0);
    expect(squaredDistance(space, 0, 2)).toBe(space.apart);
    expect(space.apart).toBeGreaterThan(0);
  });
});

describe("SMOTE", () => {
  const X = matrix(peer.numbers);
  const make = (k: number, count = 10) =>
    smote(X, all(X), two, { make: count, k, scale: ones(two), rng: Rng.root(1) });

  it("makes as many rows as asked, each between a row and one of its nearest, as imbalanced-learn's", () => {
    const made = make(5, 200);
    expect(made.base.length).toBe(200);
    for (let i = 0; i < 200; i++) {
      const p = [...made.data.slice(2 * i, 2 * i + 2)];
      expect(isBetween(p, peer.numbers[made.base[i]], peer.numbers[made.towards[i]])).toBe(true);
      expect(peer.neighbours[made.base[i]]).toContain(made.towards[i]);
    }
    for (const p of peer.smote) expect(isSynthetic(p, peer.numbers, peer.neighbours)).toBe(true);
    // The check can fail: most points of the plane are on no such segment.
    expect(isSynthetic([5, 5.123], peer.numbers, peer.neighbours)).toBe(false);
  });

  it("looks no further than k neighbours, and takes what there is", () => {
    const made = make(1, 50);
    made.base.forEach((base, i) => {
      expect(made.towards[i]).toBe(peer.neighbours[base][0]);
    });
    const few = matrix([
      [0, 0],
      [1, 1],
    ]);
    expect(smote(few, all(few), two, { make: 3, k: 5, scale: ones(two), rng: Rng.root(1) }).k).toBe(1);
  });

  it("is decided by its seed", () => {
    expect(make(5)).toEqual(make(5));
    const other = smote(X, all(X), two, { make: 10, k: 5, scale: ones(two), rng: Rng.root(2) });
    expect(other.data).not.toEqual(make(5).data);
  });

  it("keeps the base row's number where either end lacks it", () => {
    const gaps = matrix([
      [1, Number.NaN],
      [2, 7],
      [3, Number.NaN],
    ]);
    const made = smote(gaps, all(gaps), two, { make: 40, k: 2, scale: ones(two), rng: Rng.root(1) });
    made.base.forEach((base, i) => {
      expect(made.data[2 * i + 1]).toEqual(base === 1 ? 7 : Number.NaN);
    });
  });
});

describe("SMOTE-NC", () => {
  const X = matrix(peer.mixed);
  const features = mixedFeatures;

  it("gives a category that most of the neighbours have", () => {
    const scale = ones(features);
    const made = smote(X, all(X), features, { make: 100, k: 3, scale, rng: Rng.root(1) });
    const near = nearestRows(spaceOf(X, all(X), features, scale), all(X), 3);
    made.base.forEach((base, i) => {
      const codes = [...near.slice(base * 3, base * 3 + 3)].map((row) => peer.mixed[row][2]);
      const given = made.data[3 * i + 2];
      const count = (code: number): number => codes.filter((each) => each === code).length;
      expect(codes).toContain(given);
      expect(count(given)).toBe(Math.max(...codes.map(count)));
    });
  });

  it("takes the nearest neighbour's of equally frequent ones", () => {
    const rows = matrix([
      [0, 0, 0],
      [1, 0, 2],
      [2, 0, 1],
    ]);
    const made = smote(rows, all(rows), features, {
      make: 30,
      k: 2,
      scale: ones(features),
      rng: Rng.root(1),
    });
    const ofFirst = [...made.base.keys()].filter((i) => made.base[i] === 0).map((i) => made.data[3 * i + 2]);
    expect(new Set(ofFirst)).toEqual(new Set([2]));
  });
});

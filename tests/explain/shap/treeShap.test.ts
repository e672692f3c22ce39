import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { gaussLegendre } from "#lib/explain/shap/quadrature.js";
import type { ShapTree } from "#lib/explain/shap/treeProgram.js";
import { treeShap } from "#lib/explain/shap/treeShap.js";

/** A random tree: missing values go either way, columns come more than once on a path. */
function randomTree(rng: Rng, columns: number, leaves: number): ShapTree {
  const feature = [-1];
  const [threshold, left, right, missing, leaf, cover] = [[0], [-1], [-1], [0], [0], [0]];
  while (feature.filter((f) => f < 0).length < leaves) {
    const open = feature.flatMap((f, node) => (f < 0 ? [node] : []));
    const node = open[rng.integer(open.length)];
    feature[node] = rng.integer(columns);
    threshold[node] = rng.integer(10) / 10;
    missing[node] = rng.integer(2);
    left[node] = feature.length;
    right[node] = feature.length + 1;
    for (let child = 0; child < 2; child++) {
      feature.push(-1);
      for (const list of [threshold, missing, leaf, cover]) list.push(0);
      left.push(-1);
      right.push(-1);
    }
  }
  feature.forEach((f, node) => {
    if (f >= 0) return;
    leaf[node] = rng.uniform() * 4 - 2;
    cover[node] = 1 + rng.integer(50);
  });
  return {
    feature: Int32Array.from(feature),
    threshold: Float32Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(missing),
    leaf: Float64Array.from(leaf),
    cover: Float64Array.from(cover),
  };
}

const goesLeft = (tree: ShapTree, node: number, x: number): boolean =>
  x <= tree.threshold[node] || (tree.missingLeft[node] === 1 && Number.isNaN(x));

function coverOf(tree: ShapTree, node: number): number {
  if (tree.feature[node] < 0) return tree.cover[node];
  return coverOf(tree, tree.left[node]) + coverOf(tree, tree.right[node]);
}

/** What the tree says when only the players in `known` are known: the definition that treeShap computes fast. */
function expectation(
  tree: ShapTree,
  row: ArrayLike<number>,
  known: (column: number) => boolean,
  node = 0,
): number {
  const f = tree.feature[node];
  if (f < 0) return tree.leaf[node];
  const [l, r] = [tree.left[node], tree.right[node]];
  if (known(f)) return expectation(tree, row, known, goesLeft(tree, node, row[f]) ? l : r);
  const share = coverOf(tree, l) / coverOf(tree, node);
  return share * expectation(tree, row, known, l) + (1 - share) * expectation(tree, row, known, r);
}

/** Shapley values from their definition, over all coalitions. */
function bruteForce(tree: ShapTree, row: ArrayLike<number>, players: readonly number[]): number[] {
  const n = Math.max(...players) + 1;
  const value = (coalition: number): number =>
    expectation(tree, row, (column) => ((coalition >> players[column]) & 1) === 1);
  const factorial = (k: number): number => (k <= 1 ? 1 : k * factorial(k - 1));
  return Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let s = 0; s < 2 ** n; s++) {
      if ((s >> i) & 1) continue;
      const size = s.toString(2).replaceAll("0", "").length;
      const weight = (factorial(size) * factorial(n - size - 1)) / factorial(n);
      sum += weight * (value(s | (1 << i)) - value(s));
    }
    return sum;
  });
}

function randomRow(rng: Rng, columns: number): Float32Array {
  return Float32Array.from({ length: columns }, () => (rng.integer(5) === 0 ? Number.NaN : rng.uniform()));
}

describe("treeShap", () => {
  // x0 <= 0.5 ? (x1 <= 0.5 ? 0 : 10) : 20, on 100 training rows: 30, 30, 40.
  const byHand: ShapTree = {
    feature: Int32Array.of(0, 1, -1, -1, -1),
    threshold: Float32Array.of(0.5, 0.5, 0, 0, 0),
    left: Int32Array.of(1, 2, -1, -1, -1),
    right: Int32Array.of(4, 3, -1, -1, -1),
    missingLeft: Uint8Array.of(0, 1, 0, 0, 0),
    leaf: Float64Array.of(0, 0, 0, 10, 20),
    cover: Float64Array.of(0, 0, 30, 30, 40),
  };

  it("gives what a tree of two columns gives by hand", () => {
    // Row (0, 1) reaches 10. Nothing known: 11. x0: 5. x1: .6 × 10 + .4 × 20 = 14. So x0: ((5 - 11) + (10 - 14)) / 2.
    const { base, values } = treeShap([byHand], { rows: 1, columns: 2, data: Float32Array.of(0, 1) });
    expect(base).toBeCloseTo(11, 12);
    expect(values[0]).toBeCloseTo(-5, 12);
    expect(values[1]).toBeCloseTo(4, 12);
  });

  it("follows the direction of a missing value", () => {
    // x1 is missing and goes left: leaf 0. x0: ((5 - 11) + (0 - 8)) / 2, x1: ((8 - 11) + (0 - 5)) / 2.
    const { values } = treeShap([byHand], { rows: 1, columns: 2, data: Float32Array.of(0, Number.NaN) });
    expect(values[0]).toBeCloseTo(-7, 12);
    expect(values[1]).toBeCloseTo(-4, 12);
  });

  it("takes a tree that is one leaf, and columns that no tree asks for", () => {
    const stump = {
      ...byHand,
      feature: Int32Array.of(-1),
      leaf: Float64Array.of(3),
      cover: Float64Array.of(7),
    };
    const { base, values } = treeShap([stump], { rows: 1, columns: 2, data: Float32Array.of(1, 1) });
    expect([base, ...values]).toEqual([3, 0, 0]);
  });

  it("equals the definition of Shapley values on random trees", () => {
    const rng = Rng.root(1);
    for (let i = 0; i < 40; i++) {
      const columns = 1 + rng.integer(6);
      const tree = randomTree(rng, columns, 2 + rng.integer(25));
      const row = randomRow(rng, columns);
      const players = Array.from({ length: columns }, (_, j) => j);
      const { values } = treeShap([tree], { rows: 1, columns, data: row });
      bruteForce(tree, row, players).forEach((expected, j) => {
        expect(values[j] ?? 0).toBeCloseTo(expected, 10);
      });
    }
  });

  it("equals it where columns of one player, such as those of a category, come and go together", () => {
    const rng = Rng.root(2);
    const players = [0, 1, 1, 2, 2, 2];
    for (let i = 0; i < 20; i++) {
      const tree = randomTree(rng, 6, 20);
      const row = randomRow(rng, 6);
      const { values } = treeShap([tree], { rows: 1, columns: 6, data: row }, Int32Array.from(players));
      bruteForce(tree, row, players).forEach((expected, j) => {
        expect(values[j]).toBeCloseTo(expected, 10);
      });
    }
  });

  it("adds up to what deep trees say of each row", () => {
    const rng = Rng.root(3);
    const columns = 60;
    const trees = Array.from({ length: 20 }, () => randomTree(rng, columns, 300));
    const data = Float32Array.from({ length: 30 * columns }, () => randomRow(rng, 1)[0]);
    const { base, values } = treeShap(trees, { rows: 30, columns, data });
    for (let row = 0; row < 30; row++) {
      const own = data.subarray(row * columns, (row + 1) * columns);
      const reached = trees.reduce((sum, tree) => sum + expectation(tree, own, () => true), 0);
      const explained = values.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, base);
      expect(Math.abs(explained - reached)).toBeLessThan(1e-10);
    }
  });

  it("stays finite where no training row has been", () => {
    const empty = { ...byHand, cover: Float64Array.of(0, 0, 0, 60, 40) };
    const { base, values } = treeShap([empty], { rows: 1, columns: 2, data: Float32Array.of(0, 0) });
    expect(base + values[0] + values[1]).toBeCloseTo(0, 12);
  });
});

describe("gaussLegendre", () => {
  it("has the points and weights of the tables", () => {
    const { points, weights } = gaussLegendre(2);
    expect(points[0]).toBeCloseTo(0.5 - 0.5 / Math.sqrt(3), 15);
    expect([...weights].map((w) => Number(w.toFixed(14)))).toEqual([0.5, 0.5]);
  });

  it("integrates polynomials of degree 2n - 1 exactly", () => {
    for (const n of [1, 3, 8, 20]) {
      const { points, weights } = gaussLegendre(n);
      const integral = points.reduce((sum, t, q) => sum + weights[q] * t ** (2 * n - 1), 0);
      expect(integral).toBeCloseTo(1 / (2 * n), 13);
    }
  });
});

import { beforeAll, expect, it } from "vitest";
import type { ShapTree } from "#lib/explain/shap/treeProgram.js";
import { treeShap } from "#lib/explain/shap/treeShap.js";
import { xgboostTrees } from "#lib/explain/shap/xgboostTrees.js";
import { describeBesidePython, runPython } from "../../python.js";

interface Expected {
  readonly x: readonly (readonly (number | null)[])[];
  readonly values: readonly (readonly number[])[];
  readonly base: number;
}

interface Peers {
  readonly forest: Expected & { readonly trees: readonly Record<string, number[]>[] };
  readonly boosting: Expected & { readonly model: unknown };
}

/** The largest difference from what the peer says, its base value included where `base` is given. */
function difference(trees: readonly ShapTree[], expected: Expected, scale: number): number {
  const columns = expected.x[0].length;
  const data = Float32Array.from(expected.x.flat(), (value) => value ?? Number.NaN);
  const { values } = treeShap(trees, { rows: expected.x.length, columns, data });
  return expected.values
    .flat()
    .reduce((most, value, i) => Math.max(most, Math.abs(value - values[i] * scale)), 0);
}

describeBesidePython("treeShap", () => {
  let peers: Peers;
  beforeAll(() => {
    peers = runPython<Peers>("tests/explain/shap/peers.py", null);
  }, 120_000);

  it("equals shap on a forest of scikit-learn", () => {
    const { trees } = peers.forest;
    const own = trees.map(
      (tree): ShapTree => ({
        feature: Int32Array.from(tree.feature),
        threshold: Float64Array.from(tree.threshold),
        left: Int32Array.from(tree.left),
        right: Int32Array.from(tree.right),
        missingLeft: Uint8Array.from(tree.missing),
        cover: Float64Array.from(tree.cover),
        leaf: Float64Array.from(tree.leaf),
      }),
    );
    expect(difference(own, peers.forest, 1 / trees.length)).toBeLessThan(1e-6);
    const { base } = treeShap(own, { rows: 0, columns: 12, data: new Float32Array(0) });
    expect(base / trees.length).toBeCloseTo(peers.forest.base, 6);
  });

  it("equals XGBoost's own contributions, to the precision of its float32", () => {
    expect(difference(xgboostTrees(peers.boosting.model), peers.boosting, 1)).toBeLessThan(1e-4);
  });
});

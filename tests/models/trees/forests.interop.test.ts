import { beforeAll, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as tree } from "#lib/models/trees/decisionTree.js";
import { definition as extra } from "#lib/models/trees/extraTrees.js";
import { definition as forest } from "#lib/models/trees/randomForest.js";
import { fitContext, largestDifference } from "../../checks/estimator.js";
import { describeBesidePython, runPython } from "../../python.js";

interface Tree {
  readonly nodes: number;
  readonly proba: readonly (readonly number[])[];
}

describeBesidePython("trees beside scikit-learn", () => {
  const rng = Rng.root(11);
  const columns = 4;
  /** At most 255 values a column, so that bins lose nothing; fit for one best split at every node of 15 rows or more. */
  const matrix = (rows: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.integer(250) / 8));
  const X = matrix(1500);
  const T = matrix(400);
  const noisy = ([a, b, c]: readonly number[]): number =>
    a + 12 * Math.sin(b / 5) - c / 3 + 14 * rng.uniform();
  const y = X.map((row) => (noisy(row) > 22 ? 1 : 0));
  const weights = X.map(() => [0.5, 1, 2, 8][rng.integer(4)]);
  const alphas = [0.002, 0.005, 0.02];
  const names = [...new Set(weights.map(String))];
  const train: Rows = {
    X: { rows: X.length, columns, data: Float32Array.from(X.flat()) },
    features: Array.from({ length: columns }, (_, j) => ({ name: `x${j}`, kind: "number" })),
    y: Int32Array.from(y),
    classes: ["benign", "attack"],
    groups: { weight: { names, codes: Int32Array.from(weights, (w) => names.indexOf(String(w))) } },
  };
  let peer: Record<"wide" | "weighted" | "balanced" | "gain" | "monotone", Tree> & {
    readonly pruned: readonly Tree[];
    /** P(attack) of each row of T. */
    readonly extra: readonly number[];
    readonly extra_monotone: readonly number[];
    readonly oob: number;
  };
  beforeAll(() => {
    peer = runPython("tests/models/trees/peers.py", { X, T, y, weights, alphas, monotone: [0, 1, -1, 0] });
  });

  const trained = (definition: ModelDefinition, params: object): Promise<FittedClassifier> =>
    (definition.create(definition.params.parse(params) as never) as Classifier).fit(train, fitContext());

  async function expectSame(params: object, expected: Tree): Promise<void> {
    const model = await trained(tree, params);
    expect(model.summary.nodes).toBe(expected.nodes);
    const own = model.predictProba({ rows: T.length, columns, data: Float32Array.from(T.flat()) });
    expect(largestDifference(own.data, expected.proba.flat())).toBeLessThan(1e-6);
  }
  const wide = { max_depth: 5, min_leaf: 15 };

  it("are the same trees", () => expectSame(wide, peer.wide));
  it("with sample weights", () =>
    expectSame({ ...wide, sample_weight: { column: "weight" } }, peer.weighted));
  it("with class weights", () => expectSame({ ...wide, class_weight: "balanced" }, peer.balanced));
  it("with a least gain", () => expectSame({ min_leaf: 5, min_gain: 0.004 }, peer.gain));
  it("with monotone columns", () => expectSame({ ...wide, monotone: { x1: 1, x2: -1 } }, peer.monotone));
  it("pruned by cost and complexity", async () => {
    for (const [i, ccp_alpha] of alphas.entries())
      await expectSame({ min_leaf: 15, ccp_alpha }, peer.pruned[i]);
  });

  it("extra trees with monotone columns say what scikit-learn's say, as far as chance lets them", async () => {
    const size = { trees: 300, max_depth: 6, min_leaf: 5 };
    const said = async (params: object): Promise<number[]> => {
      const { data } = (await trained(extra, { ...size, ...params })).predictProba({
        rows: T.length,
        columns,
        data: Float32Array.from(T.flat()),
      });
      return T.map((_, i) => data[2 * i + 1]);
    };
    const apart = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, p, i) => sum + Math.abs(p - b[i]), 0) / a.length;
    const monotone = await said({ monotone: { x1: 1, x2: -1 } });
    expect(apart(monotone, peer.extra_monotone)).toBeLessThan(0.02);
    expect(apart(await said({}), peer.extra)).toBeLessThan(0.02);
    // The constraint tells: those without it are further away.
    expect(apart(monotone, peer.extra)).toBeGreaterThan(0.1);
  });

  it("have the out-of-bag accuracy of a random forest", async () => {
    const { summary } = await trained(forest, { trees: 100, oob: true });
    expect(Math.abs(Number(summary.oob_accuracy) - peer.oob)).toBeLessThan(0.01);
  });
});

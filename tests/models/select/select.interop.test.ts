import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { impurityImportance } from "#lib/models/trees/importance.js";
import { mutualInformation } from "#lib/numeric/mutualInformation.js";
import { describeBesidePython, runPython } from "../../python.js";

interface PythonTree {
  readonly feature: number[];
  readonly left: number[];
  readonly right: number[];
  readonly shares: number[][];
  readonly rows: number[];
}

describeBesidePython("scores of columns beside scikit-learn", () => {
  it("mutual information and impurity importance are the same to 1e-6", { timeout: 60_000 }, () => {
    const rng = Rng.root(2);
    const n = 400;
    const y = Array.from({ length: n }, () => rng.integer(3));
    const codes = [y, y.map((c) => (rng.uniform() < 0.7 ? c : 5)), y.map(() => rng.integer(9))];
    const rows = y.map((c) => [c + 2 * rng.uniform(), rng.uniform(), c * rng.uniform(), rng.uniform()]);
    const python = runPython<{ information: number[][]; trees: PythonTree[]; importances: number[] }>(
      "tests/models/select/sklearnSelect.py",
      { codes, rows, y },
    );
    const coded = codes.map((own) => ({ codes: Uint16Array.from(own), levels: 10 }));
    coded.forEach((a, i) => {
      coded.forEach((b, j) => {
        expect(Math.abs(mutualInformation(a, b) - python.information[i][j])).toBeLessThan(1e-12);
      });
    });
    const trees = python.trees.map(({ feature, left, right, shares, rows: cover }) => ({
      feature: Int32Array.from(feature, (f) => Math.max(f, -1)),
      threshold: new Float32Array(feature.length),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      missingLeft: new Uint8Array(feature.length),
      value: Float32Array.from(shares.flat()),
      cover: Float32Array.from(cover),
    }));
    impurityImportance(trees, 3, 4).forEach((x, j) => {
      expect(Math.abs(x - python.importances[j])).toBeLessThan(1e-6);
    });
  });
});

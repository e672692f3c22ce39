import { beforeAll, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Detector, Matrix, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as copod } from "#lib/models/oneclass/copod.js";
import { definition as ecod } from "#lib/models/oneclass/ecod.js";
import { definition as hbos } from "#lib/models/oneclass/hbos.js";
import { definition as mahalanobis } from "#lib/models/oneclass/mahalanobis.js";
import { definition as pca } from "#lib/models/oneclass/pca.js";
import { fitContext } from "../../checks/estimator.js";
import { describeBesidePython, runPython } from "../../python.js";

const columns = 7;

/** Two related columns, a long tail to either side, one mostly zero, a flag, and a constant. */
function made(rows: number, seed: number, spread: number): Matrix {
  const rng = Rng.root(seed);
  const data = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const a = (rng.uniform() + rng.uniform() + rng.uniform() - 1.5) * spread;
    const b = a * 2 + rng.uniform() * spread;
    const tail = Math.floor(-Math.log(1 - rng.uniform()) * 20 * spread) / 4;
    const sparse = rng.uniform() < 0.7 ? 0 : rng.integer(9);
    data.set(
      [a, b, tail, -tail * rng.uniform(), sparse, Number(rng.uniform() < 0.1), spread > 1 && i < 9 ? 4 : 3],
      i * columns,
    );
  }
  return { rows, columns, data };
}

type Golden = Readonly<Record<string, readonly number[]>>;

describeBesidePython("detectors beside scikit-learn, PyOD and the definition", () => {
  const benign = made(800, 1, 1);
  const scored = made(400, 2, 2);
  let golden: Golden;
  beforeAll(() => {
    const lists = ({ rows, data }: Matrix): number[][] =>
      Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
    golden = runPython("tests/models/oneclass/detectors.py", {
      benign: lists(benign),
      scored: lists(scored),
    });
  }, 180_000);

  const cases: readonly [name: string, definition: ModelDefinition, params: object][] = [
    ["pca", pca, { components: 3 }],
    ["pca_share", pca, { variance: 0.9 }],
    ["mahalanobis", mahalanobis, { ridge: 1e-3 }],
    ["hbos", hbos, {}],
    ["hbos_fine", hbos, { bins: 25, alpha: 0.3, tolerance: 0.1 }],
    ["ecod", ecod, {}],
    ["copod", copod, {}],
  ] as never;
  it.each(cases)("%s: the scores of 400 rows agree to 1e-6", async (name, definition, params) => {
    const rows: Rows = {
      X: benign,
      features: Array.from({ length: columns }, (_, j) => ({ name: `x${j}`, kind: "number" as const })),
      y: new Int32Array(benign.rows),
      classes: ["benign"],
    };
    const model = definition.create(definition.params.parse(params)) as Detector;
    const scores = (await model.fit(rows, fitContext())).score(scored);
    const theirs = golden[name];
    expect(scores.length).toBe(theirs.length);
    const worst = scores.reduce(
      (most, score, i) => Math.max(most, Math.abs(score - theirs[i]) / Math.max(1, Math.abs(theirs[i]))),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });
});

import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { FittedView } from "#lib/features/view.js";
import { definition as boosting } from "#lib/models/boosting/gradientBoosting.js";
import type { Classifier, Detector, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as isolation } from "#lib/models/oneclass/isolationForest.js";
import { definition as perceptron } from "#lib/models/online/perceptron.js";
import { type LabelledRows, type TrainTask, trainModel } from "#lib/models/train.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { madeRows } from "../checks/estimator.js";

const train = madeRows({ rows: 600 });
const validation = madeRows({ rows: 200, seed: 2 });
const labelled = (
  { X, y }: Rows,
  change: (y: number, i: number) => number = (each) => each,
): LabelledRows => ({
  X,
  y: Int32Array.from(y, change),
});
const view: FittedView = {
  name: "raw",
  columns: train.features.map(({ name, kind }) => ({
    name,
    type: kind === "category" ? "category" : "float32",
    unit: null,
    profile: "realistic",
    origin: "raw",
  })),
  levels: { service: ["dns", "ftp", "http", "smtp", "ssh"] },
  steps: [],
};

function task(definition: ModelDefinition, params: object, change: Partial<TrainTask> = {}): TrainTask {
  return {
    estimator: definition.create(definition.params.parse(params)) as Classifier | Detector,
    view,
    classes: ["benign", "attack"],
    train: labelled(train),
    validation: labelled(validation),
    decision: { rule: "max-f1" },
    rng: Rng.root(42),
    threads: 1,
    metadata: {},
    log: () => undefined,
    ...change,
  };
}

describe("trainModel", () => {
  it("stops by the validation rows, and gives the same bytes for any number of threads", async () => {
    const one = await trainModel(task(boosting, { trees: 200, early_stopping: 3 }));
    expect(one.history.length).toBeLessThan(200);
    expect(one.summary.rounds_kept).toBe(one.history.length - 3);
    const two = await trainModel(task(boosting, { trees: 200, early_stopping: 3 }, { threads: 2 }));
    expect([two.onnxSha256, two.threshold]).toEqual([one.onnxSha256, one.threshold]);
  });

  it("lets rows of a class that training lacks count as attacks for the threshold alone", async () => {
    const unknown = labelled(validation, (y, i) => (y === 1 && i % 2 === 0 ? -1 : y));
    const model = await trainModel(task(boosting, { trees: 5, early_stopping: null }));
    const same = await trainModel(
      task(boosting, { trees: 5, early_stopping: null }, { validation: unknown }),
    );
    expect([same.onnxSha256, same.threshold]).toEqual([model.onnxSha256, model.threshold]);
  });

  it("shows a detector benign rows only", async () => {
    const decision = { rule: "benign-quantile", contamination: 0.1 } as const;
    const all = await trainModel(task(isolation, { trees: 10 }, { decision }));
    const X = { ...train.X, data: train.X.data.slice() };
    train.y.forEach((y, i) => {
      if (y === 1) X.data.fill(1e6, i * X.columns, (i + 1) * X.columns - 1);
    });
    const poisoned = { X, y: train.y };
    const again = await trainModel(task(isolation, { trees: 10 }, { decision, train: poisoned }));
    expect(again.onnxSha256).toBe(all.onnxSha256);
    await expect(trainModel(task(isolation, {}, { train: labelled(train, () => 1) }))).rejects.toThrow(
      /no benign rows/,
    );
  });
});

describe("calibration", () => {
  const trained = (
    calibration: "none" | "platt" | "isotonic" | "temperature",
    change: Partial<TrainTask> = {},
  ) =>
    trainModel(
      task(
        boosting,
        { trees: 40, early_stopping: null },
        { decision: { rule: "max-f1", calibration }, ...change },
      ),
    );
  const scoresOf = async ({ onnx }: { onnx: Uint8Array }): Promise<number[]> => {
    const session = await OnnxSession.fromBytes(onnx, 1);
    const { data, columns } = await session.run(validation.X.data, validation.X.rows, validation.X.columns);
    await session.release();
    return Array.from(validation.y, (_, i) => 1 - data[i * columns]);
  };
  const flagged = (scores: readonly number[], threshold: number): boolean[] =>
    scores.map((score) => score >= threshold);

  it("stands in model.onnx, and leaves the decisions alone where it keeps the order", async () => {
    const none = await trained("none");
    const plain = await scoresOf(none);
    for (const method of ["platt", "temperature"] as const) {
      const model = await trained(method);
      const scores = await scoresOf(model);
      expect(model.calibration).toMatchObject({ method, rows: 200, out_of_fold: { folds: 5 } });
      expect(Math.max(...scores.map((score, i) => Math.abs(score - plain[i])))).toBeGreaterThan(0.01);
      expect(flagged(scores, model.threshold)).toEqual(flagged(plain, none.threshold));
    }
    expect(none.calibration).toEqual({ method: "none" });
  });

  it("gives the same bytes again, for any number of threads", async () => {
    const one = await trained("isotonic");
    const two = await trained("isotonic", { threads: 2 });
    expect([two.onnxSha256, two.threshold, two.calibration]).toEqual([
      one.onnxSha256,
      one.threshold,
      one.calibration,
    ]);
  });

  it("keeps the budget on validation where it is cross-fitted", async () => {
    for (const fpr of [0.01, 0.05, 0.2]) {
      const decision = { rule: "fpr-budget", fpr, calibration: "isotonic" } as const;
      const model = await trained("isotonic", { decision });
      const alarms = flagged(await scoresOf(model), model.threshold).filter(
        (flag, i) => flag && validation.y[i] === 0,
      );
      expect(alarms.length).toBeLessThanOrEqual(fpr * validation.y.filter((y) => y === 0).length);
    }
  });

  it("makes a probability of a margin", async () => {
    const margin = { estimator: perceptron.create(perceptron.params.parse({})) as Classifier };
    expect((await trained("none", margin)).margin).toBe(true);
    expect((await trained("platt", margin)).margin).toBeUndefined();
  });

  it("is refused for a detector", async () => {
    const decision = { rule: "fpr-budget", fpr: 0.1, calibration: "platt" } as const;
    await expect(trainModel(task(isolation, { trees: 5 }, { decision }))).rejects.toThrow(
      /calibration platt .* a detector has a score and no probability/,
    );
  });

  it("says when no threshold is what the rule asks for", async () => {
    const lines: string[] = [];
    const decision = { rule: "recall-at-precision", precision: 0.99 } as const;
    const upside = labelled(validation, (y) => 1 - y);
    const model = await trainModel(
      task(
        boosting,
        { trees: 5, early_stopping: null },
        { decision, validation: upside, log: (line) => lines.push(line) },
      ),
    );
    expect(model.thresholdNote).toMatch(/no threshold keeps a precision of 0.99/);
    expect(lines.join()).toContain("nothing is flagged");
  });
});

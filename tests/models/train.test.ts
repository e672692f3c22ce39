import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { FittedView } from "#lib/features/view.js";
import { definition as boosting } from "#lib/models/boosting/gradientBoosting.js";
import type { Classifier, Detector, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as isolation } from "#lib/models/oneclass/isolationForest.js";
import { type LabelledRows, type TrainTask, trainModel } from "#lib/models/train.js";
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

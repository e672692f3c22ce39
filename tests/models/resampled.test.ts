import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { resampleParams } from "#lib/features/resample/params.js";
import type { FittedView } from "#lib/features/view.js";
import type { Classifier, FittedClassifier, Rows } from "#lib/models/contract.js";
import { definition as logistic } from "#lib/models/linear/logistic.js";
import { definition as sgd } from "#lib/models/online/sgd.js";
import { type LabelledRows, type TrainTask, trainModel } from "#lib/models/train.js";
import { madeRows } from "../checks/estimator.js";

const train = madeRows({ rows: 400, category: false });
const validation = madeRows({ rows: 200, category: false, seed: 2 });
const rare = train.y.map((y, i) => (y === 1 && i % 4 !== 0 ? 0 : y));
const view: FittedView = {
  name: "raw",
  columns: train.features.map(({ name }) => ({
    name,
    type: "float32",
    unit: null,
    profile: "realistic",
    origin: "raw",
  })),
  levels: {},
  steps: [],
};

/** A classifier that keeps what it was fitted on. */
function spying(): { estimator: Classifier; seen: () => { train: Rows; validation: Rows | undefined } } {
  let seen: { train: Rows; validation: Rows | undefined } | undefined;
  const inner = logistic.create(logistic.params.parse({ l2: 1 })) as Classifier;
  return {
    estimator: {
      kind: "classifier",
      fit: async (rows, context): Promise<FittedClassifier> => {
        seen = { train: rows, validation: context.validation };
        return inner.fit(rows, context);
      },
    },
    seen: () => seen as never,
  };
}

function task(estimator: Classifier, change: Partial<TrainTask> = {}): TrainTask {
  return {
    estimator,
    view,
    classes: ["benign", "attack"],
    train: { X: train.X, y: rare },
    validation: { X: validation.X, y: validation.y },
    decision: { rule: "max-f1" },
    rng: Rng.root(42),
    threads: 1,
    metadata: {},
    log: () => undefined,
    ...change,
  };
}
const smote = resampleParams.parse({ smote: {} });

describe("resampling inside training", () => {
  it("adds to what the model is fitted on, and leaves validation rows as they are", async () => {
    const { estimator, seen } = spying();
    const model = await trainModel(task(estimator, { resample: smote }));
    const attacks = rare.filter((y) => y === 1).length;
    expect(model.resampled?.synthetic).toEqual({ attack: 400 - 2 * attacks });
    const rows = seen();
    expect(rows.train.X.rows).toBe(2 * (400 - attacks));
    expect(rows.train.X.data.slice(0, train.X.data.length)).toEqual(train.X.data);
    expect(rows.validation?.X.data).toEqual(validation.X.data);
    expect((await trainModel(task(estimator))).resampled).toBeUndefined();
  });

  it("makes the same rows whatever the validation rows are", async () => {
    const [one, other] = [spying(), spying()];
    await trainModel(task(one.estimator, { resample: smote }));
    const poisoned = { ...validation.X, data: validation.X.data.map((x) => x + 1e6) };
    await trainModel(
      task(other.estimator, {
        resample: smote,
        validation: { X: poisoned, y: validation.y.map((y) => 1 - y) },
      }),
    );
    expect(other.seen().train).toEqual(one.seen().train);
  });

  it("never makes a copy of a validation row", async () => {
    const { estimator, seen } = spying();
    await trainModel(task(estimator, { resample: resampleParams.parse({ oversample: {} }) }));
    const key = (X: Rows["X"], row: number): string => X.data.slice(row * 3, row * 3 + 3).join();
    const known = new Set(Array.from({ length: train.X.rows }, (_, row) => key(train.X, row)));
    const { X } = seen().train;
    for (let row = 0; row < X.rows; row++) expect(known.has(key(X, row))).toBe(true);
  });

  it("keeps the dataset of the row that a synthetic one leans on, for the mixer", async () => {
    const groups = {
      source: { names: ["a", "b"], codes: rare.map((_, i) => (i < 200 ? 0 : 1)) },
    };
    const mixer = { type: "sequential", batch_size_train: 1000 };
    const estimator = sgd.create(sgd.params.parse({ epochs: 1, mixer })) as Classifier;
    const part: LabelledRows = { X: train.X, y: rare, groups };
    const model = await trainModel(task(estimator, { train: part, resample: smote }));
    const { "mix.json": mix } = model.files ?? {};
    const { epochs } = mix as {
      epochs: { datasets: { name: string; train: number; validation: number }[] }[];
    };
    const [a, b] = epochs[0].datasets;
    expect(a.train + b.train).toBe(400 + (model.resampled?.synthetic.attack ?? 0));
    expect([a.train > 200, b.train > 200]).toEqual([true, true]);
  });
});

import { describe, expect, it } from "vitest";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import type { MixPlan } from "#lib/models/online/mixBatches.js";
import { definition as passiveAggressive } from "#lib/models/online/passiveAggressive.js";
import { definition as perceptron } from "#lib/models/online/perceptron.js";
import { definition as sgd } from "#lib/models/online/sgd.js";
import { checkClassifier, fitContext, madeRows, onnxHash } from "../../checks/estimator.js";

describe("sgd", () => checkClassifier(sgd, { epochs: 2 }, { native: false, rows: 1500 }));
describe("sgd, hinge and elastic net", () =>
  checkClassifier(
    sgd,
    { epochs: 1, loss: "hinge", penalty: "elastic-net", class_weight: "balanced" },
    { native: false, rows: 1500 },
  ));
describe("perceptron", () => checkClassifier(perceptron, { epochs: 2 }, { native: false, rows: 1500 }));
describe("passive-aggressive", () =>
  checkClassifier(passiveAggressive, { epochs: 2 }, { native: false, rows: 1500 }));

const validation = madeRows({ rows: 300, category: false, seed: 2 });
const withSources = (rows: Rows): Rows => ({
  ...rows,
  groups: { source: { codes: rows.y.map((_, i) => i % 2), names: ["a", "b"] } },
});
const train = withSources(madeRows({ rows: 1000, category: false }));

function trained(definition: ModelDefinition, params: object, rows = train): Promise<FittedClassifier> {
  const classifier = definition.create(definition.params.parse(params)) as Classifier;
  return classifier.fit(rows, { ...fitContext(), validation: withSources(validation) });
}

describe("fitting by mixed batches", () => {
  it("tells attack from benign, with a row of history a batch and the plan of every epoch", async () => {
    const model = await trained(sgd, { epochs: 2, mixer: { type: "random", batch_size_train: 250 } });
    const { data } = model.predictProba(validation.X);
    const right = validation.y.filter((y, i) => (data[i * 2 + 1] > 0.5 ? 1 : 0) === y).length;
    expect(right / 300).toBeGreaterThan(0.85);
    const history = model.history ?? [];
    expect(history.map(({ epoch, batch, rows }) => [epoch, batch, rows])).toEqual(
      [1, 2].flatMap((epoch) => [1, 2, 3, 4].map((batch) => [epoch, batch, 250])),
    );
    // Before anything is learned every row counts as benign.
    expect(history[0].train_error).toBeGreaterThan(0.15);
    expect(history[7].train_error).toBeLessThan(history[0].train_error);
    expect(history[7].validation_error).toBeLessThan(0.15);
    const { "mix.json": mix } = model.files ?? {};
    const { by, epochs } = mix as { by: string; epochs: MixPlan[] };
    expect([by, epochs.length]).toEqual(["source", 2]);
    expect(epochs[0].batches.reduce((sum, batch) => sum + batch.val_count, 0)).toBe(300);
    expect(epochs[0].batches).not.toEqual(epochs[1].batches);
  });

  it("is decided by the mixer", async () => {
    const mixers = ["sequential", "random", "balanced", "oversampled"];
    const hashes = await Promise.all(
      mixers.map(async (type) => onnxHash(await trained(sgd, { epochs: 1, mixer: { type } }), 3)),
    );
    expect(new Set(hashes).size).toBe(4);
  });

  it("learns nothing from validation rows", async () => {
    const alone = (sgd.create(sgd.params.parse({ epochs: 1 })) as Classifier).fit(train, fitContext());
    expect(onnxHash(await alone, 3)).toBe(onnxHash(await trained(sgd, { epochs: 1 }), 3));
  });

  it("stops by itself, unless told not to", async () => {
    const stopped = await trained(sgd, { epochs: 100, tol: 1000, n_iter_no_change: 2 });
    expect(stopped.summary.epochs).toBe(3);
    expect(stopped.history?.at(-1)?.epoch).toBe(3);
    expect((await trained(sgd, { epochs: 9, tol: null, n_iter_no_change: 2 })).summary.epochs).toBe(9);
  });

  it("needs two classes", async () => {
    const one = { ...train, y: new Int32Array(1000) };
    await expect(trained(perceptron, {}, one)).rejects.toThrow(
      /^perceptron: two classes are needed in the training part, it has only "benign"/,
    );
  });
});

describe("going on from an earlier model", () => {
  const learn = (params: object, state?: unknown): Promise<FittedClassifier> => {
    const context = { ...fitContext(), ...(state === undefined ? {} : { state }) };
    return (sgd.create(sgd.params.parse(params)) as Classifier).fit(train, context);
  };

  it("makes the model that all epochs at once make, through JSON", async () => {
    const whole = await learn({ epochs: 3 });
    const first = await learn({ epochs: 1 });
    const state = JSON.parse(JSON.stringify(first.state));
    const both = await learn({ epochs: 2 }, state);
    expect(onnxHash(both, 3)).toBe(onnxHash(whole, 3));
    expect(both.summary).toMatchObject({ rows_learned: 3000, epochs_before: 1 });
    expect(both.history?.[0].epoch).toBe(2);
    expect(both.state).toEqual(whole.state);
  });

  it("refuses a state that is none, of other columns or without the scaler", async () => {
    await expect(learn({}, { rows: 1 })).rejects.toThrow(/^sgd: continue_from: the state cannot be read/);
    const { state } = await learn({ epochs: 1, scaler: "none" });
    await expect(learn({}, state)).rejects.toThrow(/scaler: none, this one running.*Set scaler: none/);
    const other = { epochs: 1, rows: 9, scaler: null, predictors: [{ weights: [1], intercept: 0 }] };
    await expect(learn({ scaler: "none" }, other)).rejects.toThrow(
      /1 predictors over 1 columns, expected 1 over 3/,
    );
  });
});

import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { definition as boosting } from "#lib/models/boosting/gradientBoosting.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import { definition as isolation } from "#lib/models/oneclass/isolationForest.js";
import { definition as mlForest } from "#lib/models/trees/mlRandomForest.js";
import { definition as forest } from "#lib/models/trees/randomForest.js";
import { checkClassifier, checkDetector, fitContext, madeRows, runOnnx } from "../checks/estimator.js";

describe("random-forest keeps the contract", () => checkClassifier(forest, { trees: 20 }));
describe("gradient-boosting keeps the contract", () =>
  checkClassifier(boosting, { trees: 20, subsample: 0.8, columns: 0.7 }));
describe("ml-random-forest keeps the contract", () =>
  checkClassifier(mlForest, { rows: 120, trees: 5 }, { rows: 400 }));
describe("isolation-forest keeps the contract", () => checkDetector(isolation, { trees: 50 }));

function trained(definition: ModelDefinition, params: object, train: Rows): Promise<FittedClassifier> {
  return (definition.create(definition.params.parse(params)) as Classifier).fit(train, fitContext());
}

/** One numeric column. */
function line(values: readonly number[], y: readonly number[], classes = ["benign", "attack"]): Rows {
  return {
    X: { rows: values.length, columns: 1, data: Float32Array.from(values) },
    features: [{ name: "x", kind: "number" }],
    y: Int32Array.from(y),
    classes,
  };
}

const oneTree = { trees: 1, bootstrap: false, max_features: "all" };
const attackOf = (model: FittedClassifier, values: readonly number[]): number[] => {
  const X = { rows: values.length, columns: 1, data: Float32Array.from(values) };
  const { data } = model.predictProba(X);
  return values.map((_, i) => data[2 * i + 1]);
};

describe("random-forest", () => {
  it("cuts half way between two values", async () => {
    const model = await trained(forest, oneTree, line([1, 2, 5, 9], [0, 0, 1, 1]));
    expect(attackOf(model, [1, 3.5, 3.5001, 100])).toEqual([0, 0, 1, 1]);
  });

  it("gives the shares of a leaf, weighted by class when asked", async () => {
    const train = line([1, 1, 1, 1], [0, 0, 0, 1]);
    expect(attackOf(await trained(forest, oneTree, train), [1])).toEqual([0.25]);
    const balanced = await trained(forest, { ...oneTree, class_weight: "balanced" }, train);
    expect(attackOf(balanced, [1])).toEqual([0.5]);
  });

  it("learns where missing values belong, and sends unforeseen ones with the larger part", async () => {
    const learned = await trained(forest, oneTree, line([1, 2, 3, Number.NaN, Number.NaN], [1, 0, 0, 1, 1]));
    expect(attackOf(learned, [1, 2, Number.NaN])).toEqual([1, 0, 1]);
    const unforeseen = await trained(forest, oneTree, line([1, 2, 3], [1, 0, 0]));
    expect(attackOf(unforeseen, [Number.NaN])).toEqual([0]);
  });

  it("parts missing from present values when that is what matters", async () => {
    const model = await trained(forest, oneTree, line([1, 2, 3, Number.NaN], [0, 0, 0, 1]));
    expect(attackOf(model, [1, 1e30, Number.NaN])).toEqual([0, 0, 1]);
    const X = { rows: 3, columns: 1, data: Float32Array.of(1, 1e30, Number.NaN) };
    expect([...(await runOnnx(model, X)).data]).toEqual([1, 0, 1, 0, 0, 1]);
  });

  it("respects max_depth and min_leaf", async () => {
    const train = line([1, 2, 3, 4], [0, 1, 0, 1]);
    const shallow = await trained(forest, { ...oneTree, max_depth: 1 }, train);
    expect(shallow.summary.nodes).toBe(3);
    const wide = await trained(forest, { ...oneTree, min_leaf: 2 }, train);
    expect(attackOf(wide, [1, 4])).toEqual([0.5, 0.5]);
  });

  it("splits categories by their response, whatever their order", async () => {
    const train: Rows = {
      X: { rows: 8, columns: 1, data: Float32Array.of(0, 1, 2, 3, 0, 1, 2, 3) },
      features: [{ name: "service", kind: "category", levels: ["dns", "ftp", "http", "ssh"] }],
      y: Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1),
      classes: ["benign", "attack"],
    };
    const model = await trained(forest, oneTree, train);
    expect(model.summary.nodes).toBe(3);
    expect(attackOf(model, [0, 1, 2, 3])).toEqual([0, 1, 0, 1]);
  });

  it("grows a deep tree down to single rows", async () => {
    // Classes alternate, so that every cut parts one value from the rest at best.
    const values = Array.from({ length: 250 }, (_, i) => i);
    const deep = line(
      values,
      values.map((i) => i % 2),
    );
    expect((await trained(forest, oneTree, deep)).summary.nodes).toBe(499);
  });
});

describe("gradient-boosting", () => {
  it("takes a Newton step from the log-odds", async () => {
    // Two leaves of two certain rows: g = ∓1, h = 0.5, l2 = 1: a step of ±1/1.5.
    const params = { trees: 1, depth: 1, learning_rate: 1, min_child_weight: 0 };
    const model = await trained(boosting, params, line([1, 2, 5, 9], [0, 0, 1, 1]));
    const expected = 1 / (1 + Math.exp(-1 / 1.5));
    const [low, high] = attackOf(model, [1, 9]);
    expect(low).toBeCloseTo(1 - expected, 6);
    expect(high).toBeCloseTo(expected, 6);
  });

  it("does not split below min_child_weight or min_gain", async () => {
    const train = line([1, 2, 5, 9], [0, 0, 1, 1]);
    expect((await trained(boosting, { trees: 1 }, train)).summary.nodes).toBe(1);
    const bold = { trees: 1, depth: 1, min_child_weight: 0 };
    expect((await trained(boosting, bold, train)).summary.nodes).toBe(3);
    expect((await trained(boosting, { ...bold, min_gain: 5 }, train)).summary.nodes).toBe(1);
  });

  it("stops when validation gets worse, and keeps the best round", async () => {
    const train = madeRows({ rows: 400 });
    // Labels of the validation rows are the opposite of the truth: every round is worse than the last.
    const validation: Rows = { ...train, y: train.y.map((c) => 1 - c) };
    const model = await (boosting.create(boosting.params.parse({ early_stopping: 3 })) as Classifier).fit(
      train,
      {
        ...fitContext(),
        validation,
      },
    );
    expect(model.summary.rounds_kept).toBe(1);
    expect(model.history?.map((row) => row.round)).toEqual([1, 2, 3, 4]);
    const losses = model.history?.map((row) => row.validation_loss) ?? [];
    expect([...losses].sort((a, b) => a - b)).toEqual(losses);
  });

  it("writes a training loss that falls", async () => {
    const model = await trained(boosting, { trees: 10 }, madeRows({ rows: 400 }));
    const losses = model.history?.map((row) => row.train_loss) ?? [];
    expect([...losses].sort((a, b) => b - a)).toEqual(losses);
  });

  it("learns where missing values belong", async () => {
    const values = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? i : Number.NaN));
    const train = line(
      values,
      values.map((x) => (Number.isNaN(x) ? 1 : 0)),
    );
    const [present, missing] = attackOf(await trained(boosting, { trees: 30 }, train), [4, Number.NaN]);
    expect(present).toBeLessThan(0.1);
    expect(missing).toBeGreaterThan(0.9);
  });
});

describe("ml-random-forest", () => {
  it("draws no more than its cap, with every class", async () => {
    const made = madeRows({ rows: 400, classes: 3 });
    const model = await trained(mlForest, { rows: 60, trees: 3 }, made);
    expect(model.summary.rows).toBe(60);
    const rare = { ...made, y: made.y.map((_, i) => (i === 399 ? 2 : i % 2)) };
    expect((await trained(mlForest, { rows: 60, trees: 3 }, rare)).summary.rows).toBe(60);
  });

  it("tells two well separated classes apart", async () => {
    const values = Array.from({ length: 60 }, (_, i) => i);
    const model = await trained(
      mlForest,
      { rows: 60, trees: 5 },
      line(
        values,
        values.map((x) => (x < 30 ? 0 : 1)),
      ),
    );
    expect(attackOf(model, [5, 55])).toEqual([0, 1]);
  });
});

describe.each([forest, boosting, mlForest])("$type", (definition) => {
  it("refuses a class without rows, by name", async () => {
    await expect(trained(definition, {}, line([1, 2], [0, 0]))).rejects.toThrow(DataError);
    await expect(trained(definition, {}, line([1, 2], [0, 0]))).rejects.toThrow(/attack: 0/);
    await expect(trained(definition, {}, line([1, 2], [0, 0], ["benign"]))).rejects.toThrow(
      /two or more classes/,
    );
  });

  it("refuses unknown and impossible parameters, and has a default for every one", () => {
    expect(definition.params.safeParse({}).success).toBe(true);
    expect(definition.params.safeParse({ tree: 3 }).success).toBe(false);
    expect(definition.params.safeParse({ trees: 0 }).success).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { DataError, SchemaError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { definition as boosting } from "#lib/models/boosting/gradientBoosting.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import { modelParams } from "#lib/models/registry.js";
import { definition as tree } from "#lib/models/trees/decisionTree.js";
import { definition as extra } from "#lib/models/trees/extraTrees.js";
import { definition as forest } from "#lib/models/trees/randomForest.js";
import { fitContext, largestDifference, madeRows, onnxHash, runOnnx } from "../../checks/estimator.js";

function trained(
  definition: ModelDefinition,
  params: object,
  train: Rows,
  workers = 1,
): Promise<FittedClassifier> {
  const estimator = definition.create(definition.params.parse(params) as never) as Classifier;
  return estimator.fit(train, fitContext(workers));
}

/** One numeric column. */
function line(values: readonly number[], y: readonly number[]): Rows {
  return {
    X: { rows: values.length, columns: 1, data: Float32Array.from(values) },
    features: [{ name: "x", kind: "number" }],
    y: Int32Array.from(y),
    classes: ["benign", "attack"],
  };
}

/** The rows with a column of groups "weight", whose names are what the rows weigh. */
function weighed(rows: Rows, weights: readonly number[]): Rows {
  const names = [...new Set(weights.map(String))];
  return {
    ...rows,
    groups: { weight: { names, codes: Int32Array.from(weights, (w) => names.indexOf(String(w))) } },
  };
}

/** Each row as often as `copies` says. */
function repeated(rows: Rows, copies: readonly number[]): Rows {
  const from = copies.flatMap((count, row) => Array<number>(count).fill(row));
  const { columns, data } = rows.X;
  return {
    ...rows,
    X: {
      rows: from.length,
      columns,
      data: Float32Array.from(from.flatMap((row) => [...data.subarray(row * columns, (row + 1) * columns)])),
    },
    y: Int32Array.from(from, (row) => rows.y[row]),
  };
}

const attackOf = (model: FittedClassifier, values: readonly number[]): number[] => {
  const X = { rows: values.length, columns: 1, data: Float32Array.from(values) };
  const { data } = model.predictProba(X);
  return values.map((_, i) => data[2 * i + 1]);
};
const models: readonly ModelDefinition[] = [tree, forest, extra, boosting];

describe("decision-tree", () => {
  it("cuts half way between two values, down to pure leaves", async () => {
    const model = await trained(tree, {}, line([1, 2, 5, 9], [0, 1, 1, 0]));
    expect(attackOf(model, [1.5, 1.6, 7, 7.1])).toEqual([0, 1, 1, 0]);
    expect(model.summary).toMatchObject({ trees: 1, nodes: 5 });
  });

  it("does not split nodes below min_split, nor for less than min_gain", async () => {
    const rows = line([1, 2, 3, 4], [0, 0, 1, 0]);
    expect((await trained(tree, { min_split: 3 }, rows)).summary.nodes).toBe(3);
    // The best first cut takes the impurity from 3/8 to 1/4.
    expect((await trained(tree, { min_gain: 0.124 }, rows)).summary.nodes).toBeGreaterThan(1);
    expect((await trained(tree, { min_gain: 0.126 }, rows)).summary.nodes).toBe(1);
  });

  it("prunes the weakest link first", async () => {
    // Two groups, told apart by one cut; a single odd row in one of them costs two leaves more.
    const values = Array.from({ length: 40 }, (_, i) => i);
    const rows = line(
      values,
      values.map((x) => (x >= 20 !== (x === 5) ? 1 : 0)),
    );
    expect((await trained(tree, {}, rows)).summary.nodes).toBe(7);
    const pruned = await trained(tree, { ccp_alpha: 0.03 }, rows);
    expect(pruned.summary.nodes).toBe(3);
    expect(attackOf(pruned, [5, 30])).toEqual([Math.fround(Math.round(0.05 * 2 ** 23) / 2 ** 23), 1]);
    expect((await trained(tree, { ccp_alpha: 0.5 }, rows)).summary.nodes).toBe(1);
  });
});

describe("extra-trees", () => {
  it("draws its borders anywhere between the values of a node", async () => {
    const model = await trained(extra, { trees: 400 }, line([0, 100], [0, 1]));
    const [low, quarter, middle, high] = attackOf(model, [0, 25, 50, 100]);
    expect([low, high]).toEqual([0, 1]);
    expect(quarter).toBeGreaterThan(0.17);
    expect(quarter).toBeLessThan(0.33);
    expect(middle).toBeGreaterThan(0.42);
    expect(middle).toBeLessThan(0.58);
  });

  it("parts missing from present values", async () => {
    const model = await trained(extra, { trees: 20 }, line([3, 3, Number.NaN, Number.NaN], [0, 0, 1, 1]));
    expect(attackOf(model, [3, 1e30, Number.NaN])).toEqual([0, 0, 1]);
    const X = { rows: 2, columns: 1, data: Float32Array.of(3, Number.NaN) };
    expect([...(await runOnnx(model, X)).data]).toEqual([1, 0, 0, 1]);
  });
});

describe("sample weights", () => {
  const rows = madeRows({ rows: 240, missing: 0.1 });
  const copies = Array.from({ length: 240 }, (_, i) => [1, 2, 4][i % 3]);
  const whole = { min_leaf: 1, max_depth: 4 };

  it("count as so many copies of a row", async () => {
    const weight = { sample_weight: { column: "weight" } };
    const X = madeRows({ rows: 200, missing: 0.1, seed: 3 }).X;
    const own = await trained(tree, { ...whole, ...weight }, weighed(rows, copies));
    const same = await trained(tree, whole, repeated(rows, copies));
    // Weights are rounded to a 2^22nd of the largest.
    expect(largestDifference(own.predictProba(X).data, same.predictProba(X).data)).toBeLessThan(1e-6);
  });

  it("leave min_leaf a number of rows", async () => {
    const train = weighed(line([1, 2, 3, 4], [0, 1, 0, 1]), [50, 1, 1, 50]);
    const params = { sample_weight: { column: "weight" }, min_leaf: 2 };
    const model = await trained(tree, params, train);
    expect(model.summary.nodes).toBe(3);
    expect(attackOf(model, [1, 4])[0]).toBeCloseTo(1 / 51, 5);
  });

  it.each(models)("of 0 leave a row out ($type)", async (definition) => {
    // Rows of 8, 9 contradict the others, and weigh nothing.
    const values = [1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1];
    const y = [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
    const train = weighed(
      line(values, y),
      values.map((_, i) => (i < 6 ? 3 : 0)),
    );
    const params = definition === boosting ? { trees: 30, min_child_weight: 0 } : {};
    const model = await trained(definition, { ...params, sample_weight: { column: "weight" } }, train);
    const [low, high] = attackOf(model, [1, 2]);
    expect(low).toBeLessThan(0.2);
    expect(high).toBeGreaterThan(0.8);
  });

  it.each(models)("give the same bytes for any number of workers ($type)", async (definition) => {
    const many = madeRows({ rows: 5000, classes: 3 });
    const train = weighed(
      many,
      Array.from({ length: 5000 }, (_, i) => 0.1 + (i % 7)),
    );
    const params = { sample_weight: { column: "weight" }, ...(definition === tree ? {} : { trees: 22 }) };
    const small = definition === boosting ? { ...params, trees: 2 } : { ...params, max_depth: 4 };
    const hash = async (workers: number): Promise<string> =>
      onnxHash(await trained(definition, small, train, workers), 4);
    expect(await hash(2)).toBe(await hash(1));
  });

  it("make groups weigh the same, or what params say", async () => {
    const train: Rows = {
      ...line([1, 1, 1, 1], [0, 0, 0, 1]),
      groups: { source: { names: ["a", "b"], codes: Int32Array.of(0, 0, 0, 1) } },
    };
    const balanced = await trained(tree, { sample_weight: { by: "source" } }, train);
    expect(attackOf(balanced, [1])[0]).toBeCloseTo(0.5, 6);
    const said = await trained(tree, { sample_weight: { by: "source", weight: { b: 9 } } }, train);
    expect(attackOf(said, [1])[0]).toBeCloseTo(0.75, 6);
  });

  it("refuse names and values that are none", async () => {
    const train: Rows = {
      ...line([1, 2], [0, 1]),
      groups: { source: { names: ["site-a", "site-b"], codes: Int32Array.of(0, 1) } },
    };
    const by = { by: "source", weight: { "site-c": 1 } };
    await expect(trained(tree, { sample_weight: by }, train)).rejects.toThrow(
      /no training row has "site-c" in column "source".*Did you mean/,
    );
    await expect(trained(tree, { sample_weight: { column: "source" } }, train)).rejects.toThrow(
      /"site-a" in column "source" is no weight/,
    );
    await expect(trained(tree, { sample_weight: { by: "day" } }, train)).rejects.toThrow(DataError);
    const entry = { type: "random-forest", class_weight: "balanced", sample_weight: { by: "family" } };
    expect(modelParams.safeParse(entry).error?.issues[0].message).toMatch(/the same imbalance twice/);
    const other = { type: "majority", sample_weight: { by: "family" } };
    expect(modelParams.safeParse(other).error?.issues[0].message).toMatch(/cannot weigh single rows/);
  });
});

describe("out-of-bag scores", () => {
  it("are near those on rows that no tree saw, for any number of workers", async () => {
    for (const classes of [2, 3]) {
      const train = madeRows({ rows: 4000, classes });
      const params = { trees: 30, oob: true };
      const model = await trained(forest, params, train);
      const held = madeRows({ rows: 4000, classes, seed: 9 });
      const { data } = model.predictProba(held.X);
      const hits = held.y.reduce((sum, c, i) => {
        const row = data.subarray(i * classes, (i + 1) * classes);
        return sum + (row.indexOf(Math.max(...row)) === c ? 1 : 0);
      }, 0);
      const { oob_accuracy, oob_rows, oob_macro_f1, oob_log_loss, oob_roc_auc } = model.summary;
      expect(oob_rows).toBe(4000);
      expect(Math.abs(Number(oob_accuracy) - hits / 4000)).toBeLessThan(0.02);
      expect(Number(oob_macro_f1)).toBeGreaterThan(0.7);
      expect(Number(oob_log_loss)).toBeLessThan(1);
      expect(Number(oob_roc_auc)).toBeGreaterThan(0.9);
      expect((await trained(forest, params, train, 2)).summary).toEqual(model.summary);
    }
  });

  it("need a bag", () => {
    const issue = (entry: object) => modelParams.safeParse(entry).error?.issues[0];
    expect(issue({ type: "extra-trees", oob: true })).toMatchObject({ path: ["oob"] });
    expect(issue({ type: "extra-trees", oob: true, bootstrap: true })).toBeUndefined();
    expect(issue({ type: "decision-tree", oob: true })).toBeDefined();
  });
});

describe("monotone columns", () => {
  /** Noise with a trend against the one that is asked for: without a constraint no model keeps it. */
  const rng = Rng.root(4);
  const rows = 600;
  const data = Float32Array.from({ length: rows * 3 }, (_, i) =>
    i % 3 === 1 && rng.uniform() < 0.1 ? Number.NaN : rng.integer(40),
  );
  const train: Rows = {
    X: { rows, columns: 3, data },
    features: ["up", "down", "free"].map((name) => ({ name, kind: "number" })),
    y: Int32Array.from({ length: rows }, (_, i) =>
      Math.sin(data[3 * i] / 4) + Math.cos(data[3 * i + 2] / 5) + rng.uniform() > 0.6 ? 1 : 0,
    ),
    classes: ["benign", "attack"],
  };

  it.each(models)("rise and fall only as they may ($type)", async (definition) => {
    const size = definition === tree ? {} : { trees: 25 };
    const free = await trained(definition, size, train);
    const model = await trained(definition, { ...size, monotone: { up: 1, down: -1 } }, train, 2);
    /** Largest step against the direction, over a sweep of the column for many settings of the others. */
    const worst = async (fitted: FittedClassifier, column: number, direction: number): Promise<number> => {
      const sweep = new Float32Array(50 * 42 * 3);
      for (let i = 0; i < 50; i++)
        for (let step = 0; step < 42; step++) {
          sweep.set(data.subarray(3 * i, 3 * i + 3), 3 * (42 * i + step));
          sweep[3 * (42 * i + step) + column] = step - 1;
        }
      const X = { rows: 50 * 42, columns: 3, data: sweep };
      const scored = (await runOnnx(fitted, X)).data;
      let most = 0;
      for (let row = 1; row < X.rows; row++)
        if (row % 42 !== 0) most = Math.max(most, direction * (scored[2 * row - 1] - scored[2 * row + 1]));
      return most;
    };
    // The sigmoid of ONNX Runtime is monotone but for its last bit.
    const tolerance = definition === boosting ? 2e-7 : 0;
    for (const [column, direction] of [
      [0, 1],
      [1, -1],
    ]) {
      expect(await worst(model, column, direction)).toBeLessThanOrEqual(tolerance);
      expect(await worst(free, column, direction)).toBeGreaterThan(0.01);
    }
    expect(new Set(model.predictProba(train.X).data).size).toBeGreaterThan(4);
  });

  it.each(models)("are refused by name where there are none such ($type)", async (definition) => {
    const made = madeRows({ rows: 60 });
    await expect(trained(definition, { monotone: { bb: 1 } }, made)).rejects.toThrow(SchemaError);
    await expect(trained(definition, { monotone: { bb: 1 } }, made)).rejects.toThrow(
      /column "bb".*Did you mean/,
    );
    await expect(trained(definition, { monotone: { service: 1 } }, made)).rejects.toThrow(
      /"service", a category/,
    );
    const three = madeRows({ rows: 200, classes: 3 });
    await expect(trained(definition, { monotone: { a: 1 } }, three)).rejects.toThrow(/two classes.*found 3/);
    expect(definition.params.safeParse({ monotone: { a: 2 } }).success).toBe(false);
  });
});

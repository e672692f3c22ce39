import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { openExplainer } from "#lib/explain/shap/explainer.js";
import { buildFeatures } from "#lib/features/build.js";
import { fitViews } from "#lib/features/fit.js";
import { modelMatrix, windowsFor } from "#lib/features/modelMatrix.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import type { Classifier } from "#lib/models/contract.js";
import { definitionOf, modelParams } from "#lib/models/registry.js";
import { type ModelInfo, SavedModel } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { train } from "#lib/pipeline/stages/train.js";
import { Detector } from "#lib/serve/detector.js";
import { rowsOfPart } from "#lib/split/parts.js";
import { splitRecipe } from "#lib/split/recipe.js";
import { splitFlows } from "#lib/split/split.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { fitContext } from "../../checks/made.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();

/** Hosts whose flow is an attack when the one before it was large: nothing in the flow itself says so. */
function made(): Table {
  const rng = Rng.root(3);
  const hosts = 10;
  const rows = Array.from({ length: 900 }, (_, i) => ({ host: i % hosts, large: rng.uniform() < 0.4 }));
  const attack = rows.map((_, i) => i >= hosts && rows[i - hosts].large);
  const label = text(attack.map((is) => (is ? "dos" : "benign")));
  return Table.of({
    row_id: int64(rows.map((_, i) => i)),
    dataset: text(rows.map(() => "made")),
    ...{ label, family: label },
    orig_addr: text(rows.map(({ host }) => `10.0.0.${host}`)),
    start_us: int64(rows.map((_, i) => 1000 * i)),
    orig_bytes: float64(rows.map(({ large }) => (large ? 600 : 100) + 50 * rng.uniform())),
    resp_bytes: float64(rows.map(() => 100 * rng.uniform())),
    proto: text(rows.map((_, i) => (i % 3 === 0 ? "udp" : "tcp"))),
  });
}

const window = { length: 3 };
const network = { batch: 64, epochs: 12, learning_rate: 0.01, view: "scaled" };
const params = {
  seed: 42,
  task: { target: "binary" },
  splits: { random: splitRecipe.parse({ recipe: "stratified", test: 0.3, validation: 0.2 }) },
  models: {
    single: modelParams.parse({ type: "gradient-boosting", trees: 30 }),
    rows: modelParams.parse({ type: "gradient-boosting", trees: 30, window }),
    summary: modelParams.parse({ type: "random-forest", trees: 20, window: { ...window, as: "summary" } }),
    gru: modelParams.parse({ type: "gru", width: 8, window, ...network, embedding_output: true }),
    voting: modelParams.parse({
      type: "voting",
      window,
      models: [8, 6].map((width) => ({ type: "gru", width, batch: 64, epochs: 12, learning_rate: 0.01 })),
    }),
    cnn: modelParams.parse({
      type: "cnn",
      channels: [8],
      window: { length: 9, label: "majority" },
      ...network,
    }),
  },
  views: {
    raw: [],
    scaled: [{ impute: "median" }, { "one-hot": { unknown: "other" } }, { scale: "standard" }],
  },
  decision: { rule: "half" },
  threads: 1,
} as unknown as Params;

const flows = made();

async function project(name: string): Promise<(key: string) => StageIo> {
  const io = (key: string): StageIo => ({ ...diskIo(`${folder.path}/${name}`, key), log: () => undefined });
  const there = io("");
  const { table: parts } = splitFlows(flows, params.splits.random, Rng.root(1));
  const { table, schema } = buildFeatures(flows, { derived: [] });
  await there.writeTable("artifacts/flows.parquet", flows);
  await there.writeTable("artifacts/splits/random.parquet", parts);
  await there.writeTable("artifacts/features/random/features.parquet", table);
  there.writeJson("artifacts/features/random/schema.json", schema);
  there.writeJson(
    "artifacts/features/random/transform.json",
    await fitViews(params.views, TrainingRows.of(table, parts), schema),
  );
  there.writeJson("package-lock.json", {
    version: "1.0.0",
    packages: {
      "node_modules/onnxruntime-node": { version: "1" },
      "node_modules/ml-random-forest": { version: "2" },
    },
  });
  return io;
}

/** Share of test rows that a model of the split tells right. */
async function accuracy(io: (key: string) => StageIo, model: string): Promise<number> {
  await train.run(params, io(`random-${model}`));
  const at = io("").path(`artifacts/models/random/${model}`);
  const saved = await SavedModel.open(at, 1);
  const test = rowsOfPart(
    await io("").readTable("artifacts/splits/random.parquet", ["row_id", "part"]),
    "test",
  );
  const { table } = buildFeatures(flows, { derived: [] });
  const input = modelMatrix(table, saved.info.columns, saved.levels, windowsFor(flows, saved.info.window));
  const { score } = await saved.score(input(test));
  await saved.close();
  const labels = flows.strings("label");
  const right = [...test].filter((row, i) => score[i] >= 0.5 === (labels[row] === "dos"));
  return right.length / test.length;
}

describe("a model of windows", () => {
  it("knows what the flow before told, which no model of single flows does", async () => {
    const io = await project("accuracy");
    expect(await accuracy(io, "single")).toBeLessThan(0.75);
    expect(await accuracy(io, "rows")).toBeGreaterThan(0.95);
    expect(await accuracy(io, "gru")).toBeGreaterThan(0.95);
    const info = io("").readJson<ModelInfo>("artifacts/models/random/gru/model.json");
    expect(info.window).toEqual({ length: 3, as: "rows", label: "last" });
    expect(info.columns.map(({ name }) => name)).toEqual(["orig_bytes", "resp_bytes", "proto"]);
  });

  it("may be several networks that vote, in one model.onnx", async () => {
    const io = await project("voting");
    expect(await accuracy(io, "voting")).toBeGreaterThan(0.95);
    const bare = { type: "voting", models: [{ type: "gru" }, { type: "cnn" }] };
    expect(modelParams.safeParse(bare).error?.issues[0]).toMatchObject({
      path: ["window"],
      message: "voting reads windows of rows: add window: {length: 16}",
    });
    const summed = modelParams.safeParse({ ...bare, window: { length: 3, as: "summary" } });
    expect(summed.error?.issues[0].path).toEqual(["window", "as"]);
  });

  it("is told of a summary, and learns the label of most rows", async () => {
    const io = await project("summary");
    // Whether the flow itself or the one before was large does not follow from a summary, but from the last value it often does.
    expect(await accuracy(io, "summary")).toBeGreaterThan(0.7);
    expect(await accuracy(io, "cnn")).toBeLessThan(0.95);
  });

  it("scores the same rows alike in prediction, and explains them by column", async () => {
    const io = await project("predict");
    await train.run(params, io("random-gru"));
    const at = io("").path("artifacts/models/random/gru");
    const detector = await Detector.open(at, 1);
    const { scores } = await detector.score(flows.select(flows.names.filter((name) => name !== "label")));
    await detector.close();
    expect(scores.score).toHaveLength(flows.rows);
    const explainer = await openExplainer(at, { threads: 1, coalitions: 64, backgroundRows: 10 });
    const { table } = buildFeatures(flows, { derived: [] });
    const levels = Object.fromEntries(
      explainer.info.columns.map(({ name, levels: own = [] }) => [name, own]),
    );
    const X = modelMatrix(
      table,
      explainer.info.columns,
      levels,
      windowsFor(flows, window),
    )(Int32Array.of(500));
    const { values, base } = await explainer.explain(X);
    await explainer.close();
    expect(values).toHaveLength(3);
    expect(Math.abs(values[0])).toBeGreaterThan(Math.abs(values[1]) + Math.abs(values[2]));
    expect(base[0] + values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(scores.score[500], 5);
  });
});

describe("bad input of a model of windows, named before it is trained", () => {
  it("a window longer than any host's history", async () => {
    const io = await project("long");
    const long = { ...params.models.gru, window: { length: 91, as: "rows", label: "last" } as const };
    await expect(train.run({ ...params, models: { gru: long } } as Params, io("random-gru"))).rejects.toThrow(
      "features: no host has the 91 rows of a window: the longest history within a source and day has 90. " +
        "Set window.length of the model to 90 or less in params.yaml, or leave its window out.",
    );
    expect(existsSync(io("").path("artifacts/models/random/gru"))).toBe(false);
  });

  it("a class that training lacks, and rows of another width", async () => {
    const X = { rows: 2, columns: 4, data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const { params: own, create } = definitionOf("gru");
    const rows = {
      ...{ X, y: Int32Array.of(0, 1), classes: ["benign", "dos", "scan"], window: 2 },
      features: ["a", "b", "c", "d"].map((name) => ({ name, kind: "number" as const })),
    };
    const estimator = create(own.parse({ width: 4, epochs: 1 })) as Classifier;
    await expect(estimator.fit(rows, fitContext())).rejects.toThrow(
      /gru: the training rows need at least one row of each .* empty: scan/,
    );
    const two = { ...rows, classes: ["benign", "dos"] };
    const fitted = await estimator.fit(two, fitContext());
    expect(() => fitted.predictProba({ ...X, rows: 4, columns: 2 })).toThrow(
      /gru: the matrix has 2 columns, the model was fitted on 4/,
    );
  });

  it.each([
    [{ type: "transformer", positions: "rotary" }, /"learned"\|"sinusoidal"/],
    [{ type: "transformer", norm: "batch" }, /"first"\|"last"/],
    [{ type: "cnn", pooling: "average" }, /pooling/],
    [{ type: "cnn", kernel: 4 }, /an odd number was expected/],
    [{ type: "gru", watch: "accuracy" }, /"macro_f1"\|"loss"/],
  ])("an unknown option of a layer: %o", (entry, said) => {
    expect(modelParams.safeParse({ ...entry, window }).error?.issues[0].message).toMatch(said);
  });
});

describe("an embedding", () => {
  it("is a second output, from which the classes can be told, and of other models there is none", async () => {
    const io = await project("embedding");
    await train.run(params, io("random-gru"));
    await train.run(params, io("random-single"));
    const gru = await Detector.open(io("").path("artifacts/models/random/gru"), 1);
    expect(gru.info.embedding).toBe(8);
    const table = await gru.embed(flows);
    await gru.close();
    expect(table.names).toEqual(["row", ...Array.from({ length: 8 }, (_, j) => `e${j + 1}`)]);
    const attack = flows.strings("label").map((label) => label === "dos");
    // Some direction of it lies far apart for the two classes.
    const apart = table.names.slice(1).map((name) => {
      const values = [...table.numbers(name)];
      const mean = (of: boolean): number => {
        const own = values.filter((_, i) => attack[i] === of);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      };
      return Math.abs(mean(true) - mean(false));
    });
    expect(Math.max(...apart)).toBeGreaterThan(0.5);
    const single = await Detector.open(io("").path("artifacts/models/random/single"), 1);
    await expect(single.embed(flows)).rejects.toThrow(
      /embedding: model single \(gradient-boosting\) hands out none/,
    );
    await single.close();
  });
});

describe("a window in params.yaml", () => {
  it("is needed by a network that reads windows, and does not go with what works row by row", () => {
    const faults = (entry: object): string => modelParams.safeParse(entry).error?.issues[0].message ?? "";
    expect(faults({ type: "gru" })).toBe("gru reads windows of rows: add window: {length: 16}");
    expect(faults({ type: "gru", window: { length: 4, as: "summary" } })).toMatch(/and no summary of them/);
    expect(faults({ type: "logistic", window, resample: { oversample: {} } })).toMatch(
      /works on single rows/,
    );
    expect(faults({ type: "transformer", window, width: 10, heads: 4 })).toBe(
      "width 10 is no multiple of 4 heads",
    );
  });
});

import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { buildFeatures } from "#lib/features/build.js";
import { fitViews } from "#lib/features/fit.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import type { ViewParams } from "#lib/features/views.js";
import { modelParams } from "#lib/models/registry.js";
import type { FoldedModelInfo } from "#lib/onnx/foldedModel.js";
import { type ModelInfo, SavedModel } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { train } from "#lib/pipeline/stages/train.js";
import { foldColumns, partsOfFold } from "#lib/split/parts.js";
import { splitRecipe } from "#lib/split/recipe.js";
import { splitFlows } from "#lib/split/split.js";
import { float64, int64, type Table, Table as Tables, text } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const rows = 480;

/** Flows whose attacks send more; hosts are alike. */
function made(): Table {
  const rng = Rng.root(5);
  const attack = Array.from({ length: rows }, () => rng.uniform() < 0.4);
  const noise = (): number[] => attack.map(() => 100 * rng.uniform());
  return Tables.of({
    row_id: int64(attack.map((_, i) => i)),
    dataset: text(attack.map(() => "made")),
    label: text(attack.map((is) => (is ? "dos" : "benign"))),
    family: text(attack.map((is) => (is ? "dos" : "benign"))),
    host: text(attack.map((_, i) => `h${i % 8}`)),
    start_us: int64(attack.map((_, i) => i)),
    orig_bytes: float64(attack.map((is) => (is ? 60 : 0) + 100 * rng.uniform())),
    resp_bytes: float64(noise()),
    orig_packets: float64(noise()),
    proto: text(attack.map((_, i) => (i % 3 === 0 ? "udp" : "tcp"))),
  });
}

const views: ViewParams = {
  raw: [],
  halved: [{ keep: ["resp_bytes", "orig_packets"] }, { impute: "median" }, { scale: "standard" }],
  scaled: [{ impute: "median" }, { "one-hot": { unknown: "other" } }, { scale: "standard" }],
};
const grid = { method: "grid", over: { trees: [1, 12], max_depth: [1, 4] } };
const params = {
  seed: 42,
  task: { target: "binary" },
  splits: {
    random: splitRecipe.parse({ recipe: "stratified", test: 0.3, validation: 0.2 }),
    host: splitRecipe.parse({ recipe: "host", test: 0.3, validation: 0.2 }),
    past: splitRecipe.parse({ recipe: "time", test: 0.3, validation: 0.2, validation_by: "time" }),
    folds: splitRecipe.parse({ recipe: "kfold", kind: "stratified", folds: 2, validation: 0.2 }),
  },
  models: {
    validation: modelParams.parse({ type: "random-forest", seeds: [42, 43], search: grid }),
    folds: modelParams.parse({
      type: "logistic",
      view: "scaled",
      resample: { oversample: {} },
      select: { by: "mutual-information", keep: 2, repeats: 4 },
      search: {
        candidates: 4,
        over: { l2: { from: 0.01, to: 100, log: true } },
        by: "folds",
        metric: "log_loss",
      },
    }),
    around: modelParams.parse({
      type: "logistic",
      view: "raw",
      select: { by: "mutual-information", keep: 3, repeats: 4 },
      search: { method: "grid", over: { view: ["scaled", "halved"], "select.keep": [1, 2], l2: [1, 10] } },
    }),
    detector: modelParams.parse({
      type: "isolation-forest",
      search: {
        method: "grid",
        over: { trees: [5, 10] },
        by: "folds",
        folds: 2,
        metric: "roc_auc",
        rows: 90,
      },
    }),
    many: modelParams.parse({
      type: "random-forest",
      search: { ...grid, by: "folds", groups: "host", folds: 20 },
    }),
  },
  views,
  decision: { rule: "max-f1" },
  threads: 1,
} as unknown as Params;

/** A project with the artifacts of every split. */
async function project(name: string, change: (flows: Table, parts: string[]) => Table = (flows) => flows) {
  const logs: string[] = [];
  const io = (key: string): StageIo => ({
    ...diskIo(`${folder.path}/${name}`, key),
    log: (line) => void logs.push(line),
  });
  const there = io("");
  const flows = made();
  for (const [split, recipe] of Object.entries(params.splits)) {
    const { table: parts } = splitFlows(flows, recipe, Rng.root(1));
    const own = change(flows, parts.strings("part") as string[]);
    const { table, schema } = buildFeatures(own, { derived: [] });
    await there.writeTable("artifacts/flows.parquet", own);
    await there.writeTable(`artifacts/splits/${split}.parquet`, parts);
    await there.writeTable(`artifacts/features/${split}/features.parquet`, table);
    there.writeJson(`artifacts/features/${split}/schema.json`, schema);
    const fit = async (some: Table, at: string): Promise<void> =>
      there.writeJson(
        `artifacts/features/${split}/${at}transform.json`,
        await fitViews(views, TrainingRows.of(table, some), schema),
      );
    if (!parts.has(foldColumns[0])) await fit(parts, "");
    else for (const fold of [1, 2]) await fit(partsOfFold(parts, fold), `fold-${fold}/`);
  }
  there.writeJson("package-lock.json", {
    version: "1.0.0",
    packages: {
      "node_modules/onnxruntime-node": { version: "1" },
      "node_modules/ml-random-forest": { version: "2" },
    },
  });
  return { io, logs };
}

const textOf = async (io: StageIo, path: string): Promise<string> =>
  (await import("node:fs")).readFileSync(io.path(path), "utf8");

describe("train with a search", () => {
  it("tries every combination on validation rows and trains all seeds with the best", async () => {
    const { io, logs } = await project("grid");
    await train.run(params, io("random-validation"));
    const at = "artifacts/models/random/validation";
    const info = io("").readJson<ModelInfo>(`${at}/model.json`);
    const lines = (await textOf(io(""), `${at}/cv_results.csv`)).trim().split("\n");
    expect(lines[0]).toBe("candidate,param_trees,param_max_depth,mean,sd,validation,rank");
    expect(lines).toHaveLength(5);
    const best = lines
      .slice(1)
      .map((line) => line.split(","))
      .find((cells) => cells[6] === "1");
    expect(info.params).toMatchObject({ trees: Number(best?.[1]), max_depth: Number(best?.[2]) });
    expect(info.search).toMatchObject({
      chosen: { trees: 12, max_depth: 4 },
      candidates: 4,
      by: "validation",
      metric: "average_precision",
      stream: "42/search/random/validation",
      sd: null,
      best_in: 1,
    });
    expect(info.seeds.map(({ seed }) => seed)).toEqual([43]);
    expect(info.summary.trees).toBe(12);
    expect(logs.some((line) => line.includes("search: chosen trees 12, max_depth 4"))).toBe(true);
  });

  it("fits view, selection and resampling anew in every fold, and keeps the split's groups together", async () => {
    const { io } = await project("folds");
    await train.run(params, io("host-folds"));
    const at = "artifacts/models/host/folds";
    const info = io("").readJson<ModelInfo>(`${at}/model.json`);
    expect(info.search).toMatchObject({ groups: "host", metric: "log_loss", candidates: 4, failed: 0 });
    expect(info.search?.folds.map(({ name }) => name)).toEqual(["fold_1", "fold_2", "fold_3"]);
    expect(info.search?.folds.reduce((sum, fold) => sum + fold.held_out, 0)).toBe(info.data.train);
    expect(info.selection?.kept[0]).toBe("orig_bytes");
    expect(info.selection?.kept).toHaveLength(2);
    const lines = (await textOf(io(""), `${at}/selection.csv`)).trim().split("\n");
    expect(lines[0]).toBe("column,kept,place,score,selected_in");
    expect(lines.find((line) => line.startsWith("orig_bytes,"))).toMatch(/^orig_bytes,1,1,0\.\d+,1$/);
    const saved = await SavedModel.open(io("").path(at), 1);
    const width = info.columns.length;
    const X = { rows: 2, columns: width, data: new Float32Array(2 * width).fill(1) };
    expect((await saved.score(X)).score).toHaveLength(2);
    await saved.close();
  });

  it("goes forward in time where the split does: each fold is scored by models of the rows before it", async () => {
    const { io } = await project("past");
    await train.run(params, io("past-folds"));
    const { search } = io("").readJson<ModelInfo>("artifacts/models/past/folds/model.json");
    expect(search?.groups).toBe("time");
    // 480 rows, less 30% and of these 20%: 269 in four stretches.
    expect(search?.folds.map(({ train: before, held_out }) => [before, held_out])).toEqual([
      [68, 67],
      [135, 67],
      [202, 67],
    ]);
  });

  it("chooses the view and how many columns are kept, and fits with them", async () => {
    const { io } = await project("around");
    await train.run(params, io("random-around"));
    const info = io("").readJson<ModelInfo>("artifacts/models/random/around/model.json");
    // The view `halved` lacks the only column that tells.
    expect(info).toMatchObject({ view: "scaled", search: { candidates: 8, chosen: { view: "scaled" } } });
    expect(info.selection?.kept).toHaveLength(info.search?.chosen["select.keep"] as number);
    expect(info.params).toMatchObject({ l2: info.search?.chosen.l2 });
    expect(Object.keys(info.params)).not.toContain("select.keep");
    const lines = (await textOf(io(""), "artifacts/models/random/around/cv_results.csv")).split("\n");
    expect(lines[0]).toMatch(/param_view/);
    expect(lines[0]).toMatch(/param_select\.keep/);
  });

  it("scores detectors by the order of held-out rows, on so many training rows as it may", async () => {
    const { io } = await project("detector");
    await train.run(params, io("random-detector"));
    const { search } = io("").readJson<ModelInfo>("artifacts/models/random/detector/model.json");
    expect(search).toMatchObject({ by: "folds", groups: "content", metric: "roc_auc" });
    expect(search?.mean).toBeGreaterThan(0.5);
  });

  it("searches in every fold of a k-fold split by itself", async () => {
    const { io } = await project("kfold");
    await train.run(params, io("folds-validation"));
    const at = "artifacts/models/folds/validation";
    const info = io("").readJson<FoldedModelInfo>(`${at}/model.json`);
    expect(Object.keys(info.params)).not.toContain("trees");
    expect(info.folds.map(({ search }) => Object.keys(search?.chosen ?? {}))).toEqual([
      ["max_depth", "trees"],
      ["max_depth", "trees"],
    ]);
    expect(io("").exists(`${at}/fold-1/cv_results.csv`)).toBe(true);
  });

  it("gives the same bytes whatever the test rows are", async () => {
    const files = ["model.onnx", "cv_results.csv", "selection.csv"];
    const all: string[][] = [];
    for (const name of ["as-is", "changed"]) {
      const { io } = await project(name, (flows, parts) => {
        if (name === "as-is") return flows;
        const isTest = parts.map((part) => part === "test");
        return flows
          .with("orig_bytes", float64([...flows.numbers("orig_bytes")].map((x, i) => (isTest[i] ? -x : x))))
          .with("family", text(flows.strings("family").map((each, i) => (isTest[i] ? "scan" : each))))
          .with("label", text(flows.strings("label").map((each, i) => (isTest[i] ? "benign" : each))));
      });
      await train.run(params, io("host-folds"));
      all.push(await Promise.all(files.map((file) => textOf(io(""), `artifacts/models/host/folds/${file}`))));
    }
    expect(all[0]).toEqual(all[1]);
  });

  it("says how many groups there are when folds need more", async () => {
    const { io } = await project("few");
    await expect(train.run(params, io("random-many"))).rejects.toThrow(DataError);
    await expect(train.run(params, io("random-many"))).rejects.toThrow(
      "search: 20 folds by host need 20 groups in the training part; there are 8.",
    );
  });
});

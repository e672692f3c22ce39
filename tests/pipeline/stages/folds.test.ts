import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { CvDetails, CvMetrics } from "#lib/eval/result.js";
import { encode } from "#lib/features/encode.js";
import { modelParams } from "#lib/models/registry.js";
import type { FoldedModelInfo } from "#lib/onnx/foldedModel.js";
import { type ModelInfo, readModelInfo, SavedModel } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { evaluate } from "#lib/pipeline/stages/eval.js";
import { features } from "#lib/pipeline/stages/features.js";
import { split } from "#lib/pipeline/stages/split.js";
import { train } from "#lib/pipeline/stages/train.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const rows = 600;

/** Flows whose family follows from the bytes; `tunnel` is at host c alone. */
function made(): Table {
  const rng = Rng.root(5);
  const at = Array.from({ length: rows }, (_, i) => i);
  const host = at.map((i) => "abc"[i % 3]);
  const family = at.map(
    (i) => ["benign", "benign", "dos", host[i] === "c" ? "tunnel" : "scan"][rng.integer(4)],
  );
  const place = ["benign", "dos", "scan", "tunnel"];
  return Table.of({
    row_id: int64(at),
    dataset: text(at.map(() => "made")),
    host: text(host),
    label: text(family),
    family: text(family),
    proto: text(host),
    orig_bytes: float64(family.map((name) => 100 * place.indexOf(name) + 130 * rng.uniform())),
    resp_bytes: float64(family.map((_, i) => (i % 9 === 0 ? Number.NaN : 100 * rng.uniform()))),
  });
}

const params = {
  seed: 42,
  task: { target: "family" },
  features: { derived: [], context: null },
  views: {
    raw: [],
    scaled: [
      { impute: "median", indicator: true },
      { "one-hot": { unknown: "zero" } },
      { scale: "standard" },
    ],
  },
  splits: {
    cv: { recipe: "kfold", folds: 3, kind: "stratified", validation: 0.2 },
    hosts: { recipe: "kfold", folds: 3, kind: "grouped", by: "host", validation: 0.2 },
    nested: { recipe: "nested", outer: 2, inner: 3, kind: "stratified" },
  },
  models: {
    forest: modelParams.parse({
      type: "random-forest",
      trees: 8,
      seeds: [42, 43],
      decision: { rule: "max-f1", calibration: "isotonic" },
    }),
    logistic: modelParams.parse({ type: "logistic", l2: 1, view: "scaled" }),
    outlier: modelParams.parse({ type: "isolation-forest", trees: 10 }),
  },
  decision: { rule: "max-f1" },
  eval: { bootstrap: { resamples: 20, unit: "flow" } },
  threads: 1,
} as unknown as Params;

/** A project with flows, and its stages run for some splits and models. */
async function project(
  name: string,
  flows: Table,
  splits: readonly string[],
  models: readonly string[],
): Promise<StageIo> {
  const io = (key: string): StageIo => ({ ...diskIo(`${folder.path}/${name}`, key), log: () => undefined });
  await io("").writeTable("artifacts/flows.parquet", flows);
  const packages = {
    "node_modules/onnxruntime-node": { version: "1" },
    "node_modules/ml-random-forest": { version: "2" },
  };
  io("").writeJson("package-lock.json", { version: "1.0.0", packages });
  for (const key of splits) {
    await split.run(params, io(key));
    await features.run(params, io(key));
    for (const model of models) {
      await train.run(params, io(`${key}-${model}`));
      await evaluate.run(params, io(`${key}-${model}`));
    }
  }
  return io("");
}

describe("a k-fold split through split, features, train and eval", () => {
  let io: StageIo;
  beforeAll(async () => {
    io = await project("all", made(), ["cv", "hosts", "nested"], ["forest", "logistic", "outlier"]);
  }, 60_000);

  it("fits views on the training rows of each fold, and on nothing else", () => {
    expect(io.list("artifacts/features/cv")).toEqual([
      "features.parquet",
      "fold-1",
      "fold-2",
      "fold-3",
      "schema.json",
    ]);
    const levels = [1, 2, 3].map((fold) => {
      const views = io.readJson<Record<string, { realistic: { levels: { proto: string[] } } }>>(
        `artifacts/features/hosts/fold-${fold}/transform.json`,
      );
      return views.raw.realistic.levels.proto.join("");
    });
    expect(levels.toSorted()).toEqual(["ab", "ac", "bc"]);
  });

  it("trains a model a fold, and names them in one model.json", () => {
    expect(io.list("artifacts/models/cv/forest")).toEqual(["fold-1", "fold-2", "fold-3", "model.json"]);
    expect(io.list("artifacts/models/cv/forest/fold-1")).toEqual([
      "background.json",
      "model.json",
      "model.onnx",
      "seeds",
    ]);
    const { folds, ...whole } = io.readJson<FoldedModelInfo>("artifacts/models/cv/forest/model.json");
    expect(whole).not.toHaveProperty("threshold");
    for (const { fold, folder: own, threshold, onnx_sha256, train: n } of folds) {
      const info = io.readJson<ModelInfo>(`artifacts/models/cv/forest/${own}/model.json`);
      expect([info.fold, info.threshold, info.onnx_sha256, info.data.train]).toEqual([
        fold,
        threshold,
        onnx_sha256,
        n,
      ]);
    }
    expect(new Set(folds.map(({ onnx_sha256 }) => onnx_sha256)).size).toBe(3);
  });

  it("calibrates each of them, those of further seeds too, in the file that is scored with", async () => {
    const { folds } = io.readJson<FoldedModelInfo>("artifacts/models/cv/forest/model.json");
    expect(folds.map(({ calibration }) => calibration.method)).toEqual(Array(3).fill("isotonic"));
    const predictions = await io.readTable("artifacts/eval/cv/forest/predictions.parquet");
    const features = await io.readTable("artifacts/features/cv/features.parquet");
    const saved = await SavedModel.open(io.path("artifacts/models/cv/forest/fold-2"), 1);
    expect(saved.info.seeds.map(({ calibration }) => calibration?.method)).toEqual(["isotonic"]);
    const columns = saved.info.columns.map(({ name }) => name);
    const { score } = await saved.score(encode(features.select(columns), saved.info.columns, saved.levels));
    await saved.close();
    const fold = predictions.numbers("fold");
    const own = Array.from(fold.keys()).filter((row) => fold[row] === 2);
    expect(own.map((row) => predictions.numbers("score")[row])).toEqual(own.map((row) => score[row]));
  });

  it("is no model for predict: one line says so", () => {
    const path = io.path("artifacts/models/cv/forest");
    expect(() => readModelInfo(path)).toThrow(
      `model: ${path} holds the models of a k-fold split, which has no single model. Name one of its folds, ${path}/fold-1, or a model of a split with a test part.`,
    );
    expect(readModelInfo(`${path}/fold-1`).fold).toBe(1);
  });

  it("scores every row once, by the model that did not see it", async () => {
    const predictions = await io.readTable("artifacts/eval/cv/forest/predictions.parquet");
    const parts = await io.readTable("artifacts/splits/cv.parquet");
    expect(predictions.numbers("row_id")).toEqual(parts.numbers("row_id"));
    expect(predictions.numbers("fold")).toEqual(parts.numbers("fold"));
    expect(new Set(predictions.strings("part"))).toEqual(new Set(["cv"]));
    const { folds } = io.readJson<FoldedModelInfo>("artifacts/models/cv/forest/model.json");
    const decisions = predictions
      .numbers("score")
      .map((score, row) => Number(score >= folds[predictions.numbers("fold")[row] - 1].threshold));
    expect(predictions.numbers("decision")).toEqual(decisions);
  });

  it("measures cv.* over all rows and its spread over folds, and no test", () => {
    const metrics = io.readJson<CvMetrics>("reports/metrics/cv/forest.json");
    expect(Object.keys(metrics)).toEqual(["cv"]);
    const { cv } = metrics;
    expect(cv.n).toBe(rows);
    expect(cv.threshold).toBeNull();
    const { folds, seeds } = io.readJson<CvDetails>("reports/details/cv/forest.json");
    expect(folds.reduce((sum, fold) => sum + fold.metrics.tp, 0)).toBe(cv.tp);
    expect(folds.reduce((sum, fold) => sum + fold.metrics.fp, 0)).toBe(cv.fp);
    const recalls = folds.map((fold) => fold.metrics.recall ?? Number.NaN);
    const mean = recalls.reduce((a, b) => a + b) / 3;
    const std = Math.sqrt(recalls.reduce((sum, recall) => sum + (recall - mean) ** 2, 0) / 2);
    expect(cv.spread.recall.mean).toBeCloseTo(mean, 12);
    expect(cv.spread.recall.std).toBeCloseTo(std, 12);
    expect([cv.spread.recall.min, cv.spread.recall.max]).toEqual([
      Math.min(...recalls),
      Math.max(...recalls),
    ]);
    expect(seeds?.map(({ seed, cv: other }) => [seed, other.n])).toEqual([[43, rows]]);
    const outlier = io.readJson<CvMetrics>("reports/metrics/cv/outlier.json").cv;
    expect(outlier.spread.brier).toEqual({ mean: null, std: null, min: null, max: null, folds: 0 });
    expect(io.readJson<CvMetrics>("reports/metrics/nested/logistic.json").cv.n).toBe(rows);
  });

  it("knows a family as new that is in one fold alone, and gives it no probability there", async () => {
    const { cv, classes } = io.readJson<CvDetails>("reports/details/hosts/forest.json");
    expect(cv.families.map(({ family, seen }) => [family, seen])).toEqual([
      ["dos", true],
      ["scan", true],
      ["tunnel", false],
    ]);
    expect(classes).toEqual(["benign", "dos", "scan", "tunnel"]);
    const predictions = await io.readTable("artifacts/eval/hosts/forest/predictions.parquet");
    const hosts = (await io.readTable("artifacts/flows.parquet", ["host"])).strings("host");
    predictions.numbers("p_tunnel").forEach((p, row) => {
      expect(Number.isNaN(p)).toBe(hosts[row] === "c");
    });
    expect(
      predictions.strings("predicted").filter((name, row) => hosts[row] === "c" && name === "tunnel"),
    ).toEqual([]);
  });

  it("gives a fold's model the same bytes whatever its own rows are", async () => {
    const flows = made();
    const fold = (await io.readTable("artifacts/splits/hosts.parquet", ["fold"])).numbers("fold");
    const bent = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from(values, (value, row) => (fold[row] === 2 ? -7 * value : value));
    const names = flows.strings("family").map((name, row) => (fold[row] === 2 ? "dos" : name));
    const labels = names.map((name, row) => (fold[row] === 2 && row % 2 === 0 ? "benign" : name));
    const changed = flows
      .with("orig_bytes", float64(bent(flows.numbers("orig_bytes"))))
      .with("resp_bytes", float64(bent(flows.numbers("resp_bytes"))))
      .with("family", text(labels))
      .with("label", text(labels));
    const other = await project("changed", changed, ["hosts"], ["forest", "logistic", "outlier"]);
    for (const model of ["forest", "logistic", "outlier"]) {
      const sums = (from: StageIo): string[] =>
        from
          .readJson<FoldedModelInfo>(`artifacts/models/hosts/${model}/model.json`)
          .folds.map(({ onnx_sha256, threshold }) => `${onnx_sha256} ${threshold}`);
      const [before, after] = [sums(io), sums(other)];
      expect(after[1]).toBe(before[1]);
      expect(after[0]).not.toBe(before[0]);
    }
  }, 60_000);
});

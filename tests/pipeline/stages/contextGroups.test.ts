import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compareText } from "#lib/base/json.js";
import { Rng } from "#lib/base/rng.js";
import { defaultWindows } from "#lib/eval/overTime.js";
import { modelParams } from "#lib/models/registry.js";
import type { ModelInfo } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { evaluate } from "#lib/pipeline/stages/eval.js";
import { features } from "#lib/pipeline/stages/features.js";
import { split } from "#lib/pipeline/stages/split.js";
import { train } from "#lib/pipeline/stages/train.js";
import { Detector } from "#lib/serve/detector.js";
import { text } from "#lib/table/table.js";
import { someFlows, someParams } from "../../features/context/samples.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();

const flows = (() => {
  const mixed = someFlows(Rng.root(7), 300);
  const sources = mixed.strings("source") as string[];
  const rows = [...sources.keys()].sort((a, b) => compareText(sources[a], sources[b]));
  const some = mixed.take(Int32Array.from(rows)).with("row_id", mixed.column("row_id"));
  const sent = some.numbers("orig_bytes");
  const label = text(Array.from(sent, (bytes) => (bytes > 600 ? "dos" : "benign")));
  return some
    .with("dataset", text(Array.from(sent, () => "made")))
    .with("label", label)
    .with("family", label);
})();

const params = {
  seed: 42,
  task: { target: "binary" },
  features: { derived: [], context: someParams() },
  views: {
    raw: [],
    scaled: [
      { impute: "median", indicator: true },
      { log1p: ["us", "bytes"] },
      { "one-hot": { unknown: "zero" } },
      { scale: "standard" },
    ],
  },
  splits: {
    random: { recipe: "stratified", test: 0.3, validation: 0.2 },
    cv: { recipe: "kfold", folds: 2, kind: "stratified", validation: 0.2 },
  },
  decision: { rule: "max-f1" },
  eval: { bootstrap: { resamples: 5, unit: "flow" }, windows: defaultWindows },
  threads: 1,
} as unknown as Params;

/** Train and measure one model. @returns the project */
async function project(name: string, key: string, changes: object, entry: object): Promise<StageIo> {
  const io = (of: string): StageIo => ({ ...diskIo(`${folder.path}/${name}`, of), log: () => undefined });
  await io("").writeTable("artifacts/flows.parquet", flows);
  const packages = {
    "node_modules/onnxruntime-node": { version: "1" },
    "node_modules/ml-random-forest": { version: "2" },
  };
  io("").writeJson("package-lock.json", { version: "1.0.0", packages });
  const models = { model: modelParams.parse({ type: "logistic", view: "scaled", ...entry }) };
  const own = { ...params, ...changes, models } as Params;
  await split.run(own, io(key));
  await features.run(own, io(key));
  await train.run(own, io(`${key}-model`));
  await evaluate.run(own, io(`${key}-model`));
  return io("");
}

const bytesOf = (io: StageIo, path: string): Buffer => readFileSync(io.path(path));

describe("a model of some groups of context", () => {
  const groups = ["damped", "arrivals"] as const;

  it.each([
    ["random", "random/model"],
    ["cv", "cv/model/fold-2"],
  ])("is the model that it would be if features.context had no others (split %s)", async (key, path) => {
    const some = await project(`some-${key}`, key, {}, { context: groups });
    const context = someParams({ groups });
    const only = await project(`only-${key}`, key, { features: { derived: [], context } }, {});
    const model = `artifacts/models/${path}/model.onnx`;
    expect(bytesOf(some, model)).toEqual(bytesOf(only, model));
    const info = some.readJson<ModelInfo>(`artifacts/models/${path}/model.json`);
    expect(info).toMatchObject({ context: { ...context, groups: ["arrivals", "damped"] } });
    const { length } = info.columns.filter(({ name }) => name.startsWith("ctx_"));
    expect(length).toBe(11 + 2 * 11); // arrivals, and damped for two lambdas
  });

  it("scores flows by themselves as it did when it was measured", async () => {
    const io = await project("serve", "random", {}, { context: ["arrivals"] });
    const detector = await Detector.open(io.path("artifacts/models/random/model"), 1);
    const { scores } = await detector.score(flows);
    await detector.close();
    const measured = await io.readTable("artifacts/eval/random/model/predictions.parquet", [
      "row_id",
      "score",
    ]);
    expect(measured.rows).toBeGreaterThan(100);
    const again = Array.from(measured.numbers("row_id"), (row) => scores.score[row]);
    expect(again).toEqual([...measured.numbers("score")]);
  });
});

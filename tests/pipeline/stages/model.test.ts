import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { Rng } from "#lib/base/rng.js";
import type { Details, Metrics } from "#lib/eval/result.js";
import type { ViewParams } from "#lib/features/views.js";
import { modelParams } from "#lib/models/registry.js";
import type { ModelInfo } from "#lib/onnx/savedModel.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { evaluate } from "#lib/pipeline/stages/eval.js";
import { train } from "#lib/pipeline/stages/train.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { writeSplit } from "../../models/madeSplit.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const rows = 900;
const families = ["benign", "dos", "scan", "tunnel"];

/** Flows whose family follows from the bytes; `tunnel` is in the test part only. */
function made(): { flows: Table; split: Table } {
  const rng = Rng.root(5);
  const parts = Array.from({ length: rows }, (_, i) => ["train", "train", "validation", "test"][i % 4]);
  const family = Array.from(parts, (part) => {
    const drawn = rng.integer(part === "test" ? 5 : 4);
    return families[Math.max(0, drawn - 1)];
  });
  const ids = int64(Array.from({ length: rows }, (_, i) => i));
  const bytes = family.map((name) => 100 * families.indexOf(name) + 130 * rng.uniform());
  const flows = Table.of({
    row_id: ids,
    dataset: text(family.map(() => "made")),
    label: text(family),
    family: text(family),
    orig_bytes: float64(bytes),
    resp_bytes: float64(bytes.map(() => 100 * rng.uniform())),
    proto: text(bytes.map((_, i) => (i % 3 === 0 ? "udp" : "tcp"))),
    orig_port: int64(bytes.map((_, i) => i)),
  });
  return { flows, split: Table.of({ row_id: ids, part: text(parts) }) };
}

const views: ViewParams = {
  raw: [],
  scaled: [{ impute: "median", indicator: true }, { "one-hot": { unknown: "other" } }],
};
const params = {
  seed: 42,
  task: { target: "family" },
  models: {
    forest: modelParams.parse({ type: "random-forest", trees: 12, seeds: [42, 43] }),
    oracle: modelParams.parse({ type: "gradient-boosting", trees: 5, profile: "oracle" }),
    outlier: modelParams.parse({ type: "isolation-forest", trees: 20 }),
    smote: modelParams.parse({ type: "random-forest", trees: 5, resample: { smote: { by: "family" } } }),
    mlp: modelParams.parse({ type: "mlp", hidden: [8], epochs: 4, seeds: [42, 43] }),
    autoencoder: modelParams.parse({ type: "autoencoder", hidden: [4], epochs: 3 }),
    online: modelParams.parse({ type: "sgd", view: "scaled", mixer: { type: "oversampled", by: "dataset" } }),
  },
  decision: { rule: "fpr-budget", fpr: 0.05 },
  eval: { bootstrap: { resamples: 50, unit: "flow" } },
  threads: 1,
} as unknown as Params;

/** A project with a split's artifacts in a folder of its own. */
async function project(name: string, { flows, split } = made()): Promise<(key: string) => StageIo> {
  const io = (key: string): StageIo => ({ ...diskIo(`${folder.path}/${name}`, key), log: () => undefined });
  await writeSplit(io(""), flows, split, views);
  return io;
}

const infoOf = (io: StageIo, model: string): ModelInfo =>
  io.readJson(`artifacts/models/site/${model}/model.json`);

describe("train and eval, target family", () => {
  it("train a model a seed, freeze a threshold within its budget, and measure novel families apart", async () => {
    const io = await project("family");
    await train.run(params, io("site-forest"));
    await evaluate.run(params, io("site-forest"));
    const info = infoOf(io(""), "forest");
    expect(info.classes).toEqual(["benign", "dos", "scan"]);
    expect(info.seeds.map(({ seed }) => seed)).toEqual([43]);
    expect(io("").list("artifacts/models/site/forest")).toEqual([
      "background.json",
      "model.json",
      "model.onnx",
      "seeds",
    ]);

    const metrics: Metrics = io("").readJson("reports/metrics/site/forest.json");
    expect(metrics.validation.fpr).toBeLessThanOrEqual(0.05);
    expect(metrics.validation.threshold).toBe(info.threshold);
    expect(metrics.test.threshold).toBe(info.threshold);
    expect(metrics.test.macro_f1).toBeGreaterThan(0.5); // no row can be found to be a tunnel
    expect(metrics.test.macro_f1).toBeLessThan(0.75);

    const details: Details = io("").readJson("reports/details/site/forest.json");
    expect(details.test.confusion.classes).toEqual(["benign", "dos", "scan", "tunnel"]);
    expect(details.test.families.map(({ family, seen }) => [family, seen])).toEqual([
      ["dos", true],
      ["scan", true],
      ["tunnel", false],
    ]);
    expect(details.seeds?.map(({ seed, test }) => [seed, test.n])).toEqual([[43, metrics.test.n]]);

    const predictions = await io("").readTable("artifacts/eval/site/forest/predictions.parquet");
    expect(predictions.names.slice(-4)).toEqual(["predicted", "p_benign", "p_dos", "p_scan"]);
    const flagged = predictions.numbers("score").map((score) => (score >= info.threshold ? 1 : 0));
    expect([...predictions.numbers("decision")]).toEqual([...flagged]);
    predictions.numbers("score").forEach((score, i) => {
      expect(score).toBeCloseTo(1 - predictions.numbers("p_benign")[i], 6);
    });
  });

  it("give the oracle its ports, and a detector no macro-F1 over families", async () => {
    const io = await project("others");
    for (const key of ["site-oracle", "site-outlier"]) {
      await train.run(params, io(key));
      await evaluate.run(params, io(key));
    }
    expect(infoOf(io(""), "oracle").columns.map(({ name }) => name)).toContain("orig_port");
    expect(infoOf(io(""), "outlier").columns.map(({ name }) => name)).not.toContain("orig_port");
    expect(infoOf(io(""), "outlier").classes).toEqual([]);
    const { test }: Metrics = io("").readJson("reports/metrics/site/outlier.json");
    expect([test.macro_f1, test.weighted_f1, test.brier]).toEqual([null, null, null]);
    expect(test.roc_auc).toBeGreaterThan(0.5);
  });

  it("train the same bytes whatever the test rows are, and whatever the number of threads", async () => {
    const { flows, split } = made();
    const isTest = split.strings("part").map((part) => part === "test");
    const changed = flows
      .with("orig_bytes", float64([...flows.numbers("orig_bytes")].map((x, i) => (isTest[i] ? -x : x))))
      .with("family", text(flows.strings("family").map((name, i) => (isTest[i] ? "dos" : name))))
      .with("label", text(flows.strings("label").map((name, i) => (isTest[i] ? "dos" : name))));
    const hashes: string[][] = [];
    for (const [name, table, threads] of [
      ["plain", flows, 1],
      ["changed", changed, 2],
    ] as const) {
      const io = await project(name, { flows: table, split });
      for (const model of ["forest", "oracle", "outlier", "smote", "online"])
        await train.run({ ...params, threads }, io(`site-${model}`));
      hashes.push(
        ["forest", "oracle", "outlier", "smote", "online"].map((model) => {
          const { data, ...info } = infoOf(io(""), model);
          return hashBytes(JSON.stringify([info, data.train_families]));
        }),
      );
    }
    expect(hashes[1]).toEqual(hashes[0]);
  });

  it("keep checkpoints of networks until all that they train is written, and go on from them", async () => {
    const undisturbed = await project("undisturbed");
    const io = await project("disturbed");
    const checkpoints = (key: string): string[] => io("").list(`.nidslab/checkpoints/${key}`);
    for (const model of ["mlp", "autoencoder"]) {
      const key = `site-${model}`;
      await train.run(params, undisturbed(key));
      const fails = { ...io(key), writeText: () => expect.unreachable("the disk is full") };
      await expect(train.run(params, fails)).rejects.toThrow("the disk is full");
      expect(checkpoints(key).length).toBe(model === "mlp" ? 2 : 1); // one a seed
      const lines: string[] = [];
      await train.run(params, { ...io(key), log: (line) => lines.push(line) });
      expect(lines.filter((line) => line.includes("goes on after epoch")).length).toBe(
        model === "mlp" ? 2 : 1,
      );
      expect(checkpoints(key)).toEqual([]);
      expect(infoOf(io(""), model)).toEqual(infoOf(undisturbed(""), model));
      const [csv, whole] = [io, undisturbed].map((of) =>
        readFileSync(of("").path(`artifacts/models/site/${model}/history.csv`), "utf8"),
      );
      expect(csv).toBe(whole);
      const [head, ...epochs] = csv.trimEnd().split("\n");
      const f1 = model === "mlp" ? "validation_macro_f1," : "";
      expect(head).toBe(`epoch,train_loss,validation_loss,${f1}learning_rate,best_epoch,stopped`);
      expect(epochs.map((line) => line.split(",").at(-1))).toEqual(
        epochs.map((_, i) => (i === epochs.length - 1 ? "epochs" : "")),
      );
    }
  });
});

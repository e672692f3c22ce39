import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJson, writeJson } from "#lib/base/files.js";
import { clustersOff } from "#lib/explain/clusters/result.js";
import { crossOff } from "#lib/explain/cross/result.js";
import { leaksOff } from "#lib/explain/leaks/result.js";
import type { Params } from "#lib/pipeline/params.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { report } from "#lib/pipeline/stages/report.js";
import { ParquetWriter } from "#lib/table/parquet/writer.js";
import { parquetInfo, readParquet, readParquetBatches, writeParquet } from "#lib/table/parquet.js";
import { float64, Table, text } from "#lib/table/table.js";
import { sampleInput } from "./sample.js";
import { sampleExplanation } from "./sampleExplanation.js";

const root = mkdtempSync(join(tmpdir(), "nidslab-report-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const path = (relative: string): string => join(root, relative);
const io: StageIo = {
  key: "",
  path,
  readTable: (relative, columns) => readParquet(path(relative), columns),
  columnsOf: async (relative) => (await parquetInfo(path(relative))).columns.map(({ name }) => name),
  readBatches: (relative, columns) => readParquetBatches(path(relative), columns),
  writeTable: (relative, table) => writeParquet(path(relative), table),
  openTable: (relative, columns) => ParquetWriter.open(path(relative), columns),
  readJson: (relative) => readJson(path(relative), "Run nidslab repro."),
  writeJson: (relative, value) => writeJson(path(relative), value),
  writeText: (relative, content) => {
    mkdirSync(dirname(path(relative)), { recursive: true });
    writeFileSync(path(relative), content);
  },
  exists: (relative) => existsSync(path(relative)),
  list: (relative) => (existsSync(path(relative)) ? readdirSync(path(relative)).sort() : []),
  remove: (relative) => rmSync(path(relative), { recursive: true, force: true }),
  cost: () => {},
  log: () => {},
};

const { settings, results, ingest, audit, splits, paired } = sampleInput();
const params = {
  seed: settings.seed,
  task: { target: "binary" },
  run: { ...settings.run, notebooks: [] },
  splits: settings.splits,
  models: settings.models,
  decision: settings.decision,
  eval: { bootstrap: { resamples: 1000, unit: "flow", interval: "percentile" } },
  report: { headline: settings.headline },
} as unknown as Params;

beforeAll(async () => {
  writeJson(path("artifacts/ingest.json"), ingest);
  writeJson(path("artifacts/audit.json"), audit);
  for (const [name, file] of Object.entries(paired)) writeJson(path(`reports/paired/${name}.json`), file);
  writeJson(path("reports/cross.json"), crossOff);
  writeJson(path("reports/clusters.json"), clustersOff);
  writeJson(path("reports/leaks.json"), leaksOff("site"));
  for (const model of [...settings.run.models, "gone"])
    writeJson(path(`reports/explain/${model}.json`), sampleExplanation(model));
  for (const [name, card] of Object.entries(splits)) writeJson(path(`artifacts/splits/${name}.json`), card);
  const predictions = Table.of({
    part: text(["test", "test", "test", "validation"]),
    family: text(["benign", "PortScan", "DNS-Tunnel", "benign"]),
    score: float64([0.1, 0.9, 0.4, 0.2]),
  });
  for (const { split, model, metrics, details, file } of [
    ...results,
    { ...results[0], model: "gone" },
    { ...results[0], split: "old" },
  ]) {
    writeJson(path(`reports/metrics/${split}/${model}.json`), metrics);
    writeJson(path(`reports/details/${split}/${model}.json`), details);
    writeJson(path(`artifacts/models/${split}/${model}/model.json`), file);
    writeFileSync(path(`artifacts/models/${split}/${model}/model.onnx`), new Uint8Array(40_200));
    mkdirSync(path(`artifacts/eval/${split}/${model}`), { recursive: true });
    await writeParquet(path(`artifacts/eval/${split}/${model}/predictions.parquet`), predictions);
  }
  for (const name of ["splits/old.json", "splits/old.parquet", "features/old/schema.json"])
    io.writeText(`artifacts/${name}`, "");
  for (const split of ["site", "random"]) io.writeText(`artifacts/features/${split}/schema.json`, "");
  io.writeText("reports/figures/roc-old.svg", "<svg/>");
  io.writeText("reports/cards/gone.md", "");
  io.writeText(
    "artifacts/models/site/boosting/history.csv",
    "round,train_loss,validation_loss\n1,0.9,0.8\n2,0.5,0.6\n",
  );
  await report.run(params, io);
});

describe("the report stage", () => {
  it("writes what surface.md promises", () => {
    expect(io.list("reports")).toEqual([
      "best.json",
      "cards",
      "clusters.json",
      "comparison.csv",
      "comparison.md",
      "comparison.tex",
      "cross.json",
      "data-card.json",
      "details",
      "explain",
      "figures",
      "leaks.json",
      "metrics",
      "paired",
      "report.html",
      "report.md",
    ]);
    expect(readJson(path("reports/best.json"), "")).toMatchObject({
      split: "site",
      model: "boosting",
      path: "artifacts/models/site/boosting",
    });
    expect(readJson(path("reports/data-card.json"), "")).toEqual({ ingest, splits });
  });

  it("deletes what names outside of run left, and nothing else", () => {
    for (const folder of ["artifacts/eval", "artifacts/models", "reports/metrics", "reports/details"]) {
      expect(io.list(folder)).toEqual(["random", "site"]);
      expect(io.list(`${folder}/site`).map((name) => name.replace(".json", ""))).toEqual([
        "boosting",
        "isolation",
        "logistic",
      ]);
    }
    expect(io.list("artifacts/splits")).toEqual(["random.json", "site.json"]);
    expect(io.list("artifacts/features")).toEqual(["random", "site"]);
    expect(io.exists("reports/figures/roc-old.svg")).toBe(false);
    expect(io.list("reports/explain")).toEqual(["boosting.json", "isolation.json", "logistic.json"]);
    expect(io.list("reports/cards")).toEqual(["boosting.md", "isolation.md", "logistic.md"]);
    expect(io.list("artifacts/models/site/boosting")).toEqual(["history.csv", "model.json", "model.onnx"]);
  });

  it("shows the size of the model's file and the scores of its test rows only", () => {
    const md = readFileSync(path("reports/report.md"), "utf8");
    expect(md).toContain(
      "| boosting | gradient-boosting | depth 6, learning rate 0.1, trees 100 | a flow | 27 | 40.2 kB |",
    );
    expect(md).toContain(
      "Learning curve of boosting over 2 rounds, at the end: train loss 0.500, validation loss 0.600.",
    );
    expect(md).toContain("Histograms of the score of benign, attacks, families seen, attacks, new families");
  });

  it("writes the same bytes when it runs again", async () => {
    const before = io
      .list("reports/figures")
      .map((name) => readFileSync(path(`reports/figures/${name}`), "utf8"));
    const html = readFileSync(path("reports/report.html"), "utf8");
    await report.run(params, io);
    expect(
      io.list("reports/figures").map((name) => readFileSync(path(`reports/figures/${name}`), "utf8")),
    ).toEqual(before);
    expect(readFileSync(path("reports/report.html"), "utf8")).toBe(html);
  });

  it("says which file is missing", async () => {
    rmSync(path("reports/details/site/isolation.json"));
    await expect(report.run(params, io)).rejects.toThrow(/isolation\.json is not there\. Run nidslab repro/);
  });
});

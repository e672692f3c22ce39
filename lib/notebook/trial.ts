import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Details, Metrics } from "../eval/result.js";
import type { FeatureSchema } from "../features/schema.js";
import { diskIo } from "../pipeline/diskIo.js";
import type { Params } from "../pipeline/params.js";
import type { StageIo } from "../pipeline/stage.js";
import { evaluate } from "../pipeline/stages/eval.js";
import { fitFeatures } from "../pipeline/stages/features.js";
import { split as splitStage } from "../pipeline/stages/split.js";
import { train } from "../pipeline/stages/train.js";
import { parseHistory } from "../report/history.js";
import type { ModelFile, Result, TrainingHistory } from "../report/results.js";
import { hasFolds } from "../split/recipe.js";
import type { SplitFacts } from "../split/report.js";
import type { Table } from "../table/table.js";

/** A model trained for one notebook, with all that the graph would have kept of it. */
export interface Trial extends Result {
  /** How the rows were divided. */
  readonly facts: SplitFacts;
  /** `row_id`, `part`, `label`, `family`, `score`, `decision` of validation and test rows. */
  readonly predictions: Table;
  /** Of what trains in rounds or epochs; else null. */
  readonly history: TrainingHistory | null;
}

/**
 * Train and measure one model on one split that params.yaml defines, whether or not they are in `run`: the graph's own
 * stages over its own flows and columns, in a folder of their own that is gone afterwards. What the graph has made stays
 * as it is, and a model that it has trained comes out the same.
 * @throws DataError for a name that is not defined, a k-fold split, or results of ingest and features that are not there
 */
export async function runTrial(root: string, params: Params, split: string, model: string): Promise<Trial> {
  defined("splits", split, params.splits);
  defined("models", model, params.models);
  if (hasFolds(params.splits[split])) {
    throw new DataError(`notebook: "${split}" is a k-fold split and has no test part. Try another split.`);
  }
  const trials = join(root, "runs", "trials");
  mkdirSync(trials, { recursive: true });
  const folder = mkdtempSync(join(trials, `${split}-${model}-`));
  const io = (key: string): StageIo => besideIo(root, folder, key);
  try {
    if (!params.run.splits.includes(split)) await divide(params, root, folder, io(split));
    const key = `${split}-${model}`;
    await train.run(params, io(key));
    await evaluate.run(params, io(key));
    return await readTrial(io(key), split, model);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function defined(section: "splits" | "models", name: string, known: object): void {
  const names = Object.keys(known);
  if (names.includes(name)) return;
  throw new DataError(
    `notebook: "${name}" is not under ${section} in params.yaml (has: ${names.join(", ")}).${didYouMean(name, names)}`,
  );
}

/** Rows of a split that the graph does not have. The feature columns are those of any split; only views are fitted anew. */
async function divide(params: Params, root: string, folder: string, io: StageIo): Promise<void> {
  await splitStage.run(params, io);
  const from = join(root, "artifacts/features", params.report.headline);
  const own = `artifacts/features/${io.key}`;
  mkdirSync(join(folder, own), { recursive: true });
  for (const name of ["features.parquet", "schema.json"]) {
    if (!existsSync(join(from, name))) {
      throw new DataError(
        `notebook: ${join("artifacts/features", params.report.headline, name)} is not there. Run nidslab repro first.`,
      );
    }
    copyFileSync(join(from, name), join(folder, own, name));
  }
  await fitFeatures(params, io, io.readJson<FeatureSchema>(`${own}/schema.json`));
}

async function readTrial(io: StageIo, split: string, model: string): Promise<Trial> {
  const place = `${split}/${model}`;
  const file = io.path(`artifacts/models/${place}/history.csv`);
  return {
    split,
    model,
    metrics: io.readJson<Metrics>(`reports/metrics/${place}.json`),
    details: io.readJson<Details>(`reports/details/${place}.json`),
    file: io.readJson<ModelFile>(`artifacts/models/${place}/model.json`),
    onnxBytes: statSync(io.path(`artifacts/models/${place}/model.onnx`)).size,
    facts: io.readJson<SplitFacts>(`artifacts/splits/${split}.json`),
    predictions: await io.readTable(`artifacts/eval/${place}/predictions.parquet`),
    history: existsSync(file) ? { split, model, ...parseHistory(readFileSync(file, "utf8"), file) } : null,
  };
}

/** Files of the project, of which nothing is changed: what is written, or was, lies in `folder`. */
function besideIo(root: string, folder: string, key: string): StageIo {
  const io = diskIo(root, key);
  const written = (relative: string): string => join(folder, relative);
  const found = (relative: string): string =>
    existsSync(written(relative)) || relative.startsWith(".nidslab/")
      ? written(relative)
      : join(root, relative);
  const making = (relative: string): string => {
    mkdirSync(dirname(written(relative)), { recursive: true });
    return written(relative);
  };
  return {
    key,
    path: found,
    readTable: (relative, columns, optional) => io.readTable(found(relative), columns, optional),
    columnsOf: (relative) => io.columnsOf(found(relative)),
    readBatches: (relative, columns, optional) => io.readBatches(found(relative), columns, optional),
    writeTable: (relative, table) => io.writeTable(making(relative), table),
    openTable: (relative, columns) => io.openTable(making(relative), columns),
    readJson: (relative) => io.readJson(found(relative)),
    writeJson: (relative, value) => io.writeJson(making(relative), value),
    writeText: (relative, text) => io.writeText(making(relative), text),
    exists: (relative) => io.exists(found(relative)),
    list: (relative) => io.list(found(relative)),
    remove: (relative) => io.remove(written(relative)),
    cost: () => {},
    log: () => {},
  };
}

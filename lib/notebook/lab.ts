import { statSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.js";
import { readJson } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import type { IngestFacts } from "../dataset/ingest.js";
import type { PairedFile } from "../eval/pairedResult.js";
import type { CvDetails, CvMetrics, Details, Metrics } from "../eval/result.js";
import { type Params, readParams } from "../pipeline/params.js";
import { settingsOf } from "../pipeline/stages/report.js";
import {
  type Champion,
  championOf,
  type FoldedResult,
  type ModelFile,
  type ReportInput,
  type Result,
} from "../report/results.js";
import { hasFolds } from "../split/recipe.js";
import type { SplitFacts } from "../split/report.js";
import { readParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";
import { findRoot } from "./root.js";

const hint = "Run nidslab repro first: it makes what notebooks read.";

/**
 * Read what the graph has made, from a notebook: settings, flows, splits, and how every model did. Nothing is computed
 * or changed here. A missing result is a DataError that says what to run.
 */
export interface Lab {
  /** The project's folder. */
  readonly root: string;
  /** params.yaml, checked. */
  readonly params: Params;
  readonly seed: number;
  /** The canonical rows, artifacts/flows.parquet: these columns, or all. */
  flows(columns?: readonly string[]): Promise<Table>;
  /** What ingest read, kept, dropped and repaired. */
  ingest(): IngestFacts;
  /** How a split was made: rows by part and family, novel and untested families, shared content. */
  split(name: string): SplitFacts;
  /** `row_id` and `part` of every row. */
  parts(split: string): Promise<Table>;
  /** Metrics, details and settings of one model on one split. */
  evaluation(split: string, model: string): Result;
  /** Those of every model of run.models, in its order. */
  evaluations(split: string): readonly Result[];
  /** Out-of-fold metrics of one model on a k-fold split, which has no test part. */
  crossValidation(split: string, model: string): FoldedResult;
  /** Score and decision of every validation and test row. */
  predictions(split: string, model: string): Promise<Table>;
  /** The model that the headline split's validation part chose. */
  champion(): Champion;
  /** Everything that the report is made of, for its tables: `comparisonTable(lab.report(), lab.champion())`. */
  report(): ReportInput;
}

/**
 * Open the project that the notebook lies in.
 * @param start a folder of the project; default: the folder that the notebook runs in
 * @throws DataError outside a project, ParamsError when params.yaml is not right
 */
export function openLab(start: string = process.cwd()): Lab {
  const root = findRoot(start);
  const params = readParams(join(root, "params.yaml"));
  const json = <T>(path: string): T => readJson<T>(join(root, path), hint);
  const table = (path: string, columns?: readonly string[]): Promise<Table> =>
    readParquet(join(root, path), columns, { hint });
  const known = (kind: "splits" | "models", name: string): string => {
    const names = params.run[kind];
    if (names.includes(name)) return name;
    throw new DataError(
      `notebook: "${name}" is not in run.${kind} of params.yaml (has: ${names.join(", ")}).${didYouMean(name, names)}`,
    );
  };
  const isFolded = (split: string): boolean => hasFolds(params.splits[split]);
  const evaluation = (split: string, model: string): Result => {
    const place = `${known("splits", split)}/${known("models", model)}`;
    if (isFolded(split)) {
      throw new DataError(
        `notebook: "${split}" is a k-fold split and has no test part. Use lab.crossValidation("${split}", "${model}").`,
      );
    }
    const file = json<ModelFile>(`artifacts/models/${place}/model.json`);
    const metrics = json<Metrics>(`reports/metrics/${place}.json`);
    const details = json<Details>(`reports/details/${place}.json`);
    const onnxBytes = statSync(join(root, `artifacts/models/${place}/model.onnx`)).size;
    return { split, model, metrics, details, file, onnxBytes };
  };
  const evaluations = (split: string): readonly Result[] =>
    params.run.models.map((model) => evaluation(split, model));
  const crossValidation = (split: string, model: string): FoldedResult => {
    const place = `${known("splits", split)}/${known("models", model)}`;
    if (!isFolded(split)) {
      throw new DataError(
        `notebook: "${split}" is no k-fold split. Use lab.evaluation("${split}", "${model}").`,
      );
    }
    const metrics = json<CvMetrics>(`reports/metrics/${place}.json`);
    return { split, model, metrics, details: json<CvDetails>(`reports/details/${place}.json`) };
  };
  const champion = (): Champion => {
    const { headline } = params.report;
    return championOf(evaluations(headline), headline, params.run.models);
  };
  const split = (name: string): SplitFacts => json(`artifacts/splits/${known("splits", name)}.json`);
  const ingest = (): IngestFacts => json("artifacts/ingest.json");
  return {
    root,
    params,
    seed: params.seed,
    flows: (columns) => table("artifacts/flows.parquet", columns),
    ingest,
    split,
    parts: (name) => table(`artifacts/splits/${known("splits", name)}.parquet`),
    evaluation,
    evaluations,
    crossValidation,
    predictions: (name, model) =>
      table(`artifacts/eval/${known("splits", name)}/${known("models", model)}/predictions.parquet`),
    champion,
    report: () => ({
      settings: settingsOf(params),
      results: params.run.splits.filter((name) => !isFolded(name)).flatMap(evaluations),
      folded: params.run.splits
        .filter(isFolded)
        .flatMap((name) => params.run.models.map((model) => crossValidation(name, model))),
      ingest: ingest(),
      audit: json("artifacts/audit.json"),
      splits: Object.fromEntries(params.run.splits.map((name) => [name, split(name)])),
      cross: null,
      leaks: null,
      clusters: null,
      paired: Object.fromEntries(
        params.run.splits.map((name) => [name, json<PairedFile>(`reports/paired/${name}.json`)]),
      ),
      scores: null,
      explained: [],
      histories: [],
    }),
  };
}

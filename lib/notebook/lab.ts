import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.js";
import { readJson } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import type { IngestFacts } from "../dataset/ingest.js";
import type { PairedFile } from "../eval/pairedResult.js";
import type { CvDetails, CvMetrics, Details, Metrics } from "../eval/result.js";
import type { AuditFacts } from "../explain/audit/facts.js";
import type { CrossResult } from "../explain/cross/result.js";
import type { LeaksResult } from "../explain/leaks/result.js";
import type { ModelExplanation } from "../explain/modelExplanation.js";
import { type Params, readParams } from "../pipeline/params.js";
import { settingsOf } from "../pipeline/stages/report.js";
import { parseHistory } from "../report/history.js";
import {
  type Champion,
  championOf,
  type FoldedResult,
  type ModelFile,
  type ReportInput,
  type Result,
  type TrainingHistory,
} from "../report/results.js";
import { hasFolds } from "../split/recipe.js";
import type { SplitFacts } from "../split/report.js";
import { readParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";
import { type ClusterLab, openClusters } from "./clusters.js";
import { findRoot } from "./root.js";
import { runTrial, type Trial } from "./trial.js";

const hint = "Run nidslab repro first: it makes what notebooks read.";

/**
 * Read what the graph has made, from a notebook: settings, flows, splits, and how every model did; none of it is changed
 * here. A missing result is a DataError that says what to run. `trial` and `clusters` compute, by the code of the stages.
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
  /**
   * Train and measure a model of params.yaml on a split of it, in `run` or not, by the graph's own stages; nothing of the
   * graph's is touched. It takes as long as they do.
   */
  trial(split: string, model: string): Promise<Trial>;
  /** How a model learned, by round or epoch. @throws DataError for a model that does not train so */
  history(split: string, model: string): TrainingHistory;
  /** The models of a split in pairs on the same rows. */
  paired(split: string): PairedFile;
  /** Why a model decides as it does, on the headline split. */
  explanation(model: string): ModelExplanation;
  /** What is wrong, odd or telling in the raw files. */
  audit(): AuditFacts;
  /** Trained in one domain, tested in another. @throws DataError where `cross` is null, as the two below */
  cross(): CrossResult;
  /** One model on data that would flatter it. */
  leaks(): LeaksResult;
  /** The clusters that the graph found, and the flows that they are of. */
  clusters(): Promise<ClusterLab>;
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
  const history = (split: string, model: string): TrainingHistory => {
    const path = `artifacts/models/${known("splits", split)}/${known("models", model)}/history.csv`;
    if (!existsSync(join(root, path))) {
      throw new DataError(
        `notebook: ${path} is not there: ${model} does not train in rounds or epochs. Name another model, or run nidslab repro.`,
      );
    }
    return { split, model, ...parseHistory(readFileSync(join(root, path), "utf8"), path) };
  };
  /** What a stage wrote that params.yaml may turn off. */
  const switched = <T extends { readonly off: string | null }>(path: string): T => {
    const result = json<T>(path);
    if (result.off === null) return result;
    throw new DataError(
      `notebook: ${path} is empty: ${result.off}. Take that section from the default params.yaml and run nidslab repro.`,
    );
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
    trial: (name, model) => runTrial(root, params, name, model),
    history,
    paired: (name) => json(`reports/paired/${known("splits", name)}.json`),
    explanation: (model) => json(`reports/explain/${known("models", model)}.json`),
    audit: () => json("artifacts/audit.json"),
    cross: () => switched("reports/cross.json"),
    leaks: () => switched("reports/leaks.json"),
    clusters: async () => openClusters(root, params, switched("reports/clusters.json")),
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

import type { Rng } from "../base/rng.js";
import type { DecisionRule } from "../eval/decision.js";
import { evaluatePart } from "../eval/evaluate.js";
import type { Bootstrap } from "../eval/intervals.js";
import type { Interval, MetricName } from "../eval/result.js";
import { fittedView } from "../features/fittedView.js";
import { modelMatrix, windowsFor } from "../features/modelMatrix.js";
import type { FeatureColumn } from "../features/schema.js";
import type { ViewStep } from "../features/views.js";
import { majorityLabels } from "../features/windows/labels.js";
import type { Classifier, Detector } from "../models/contract.js";
import { ofWindows } from "../models/entryView.js";
import { definitionOf, type ModelParams, ownParams } from "../models/registry.js";
import { groupColumns, groupsOf } from "../models/rowGroups.js";
import { selectColumns } from "../models/select/select.js";
import { type LabelledRows, scoreBytes, trainModel } from "../models/train.js";
import { type Table, type TextColumn, takeColumn } from "../table/table.js";

/** Rows that models are tried on: `row_id` is the row's number in both tables. */
export interface TrialRows {
  /** `family`, the columns that a model groups rows by, and those that tell windows. */
  readonly flows: Table;
  /** `row_id` and the feature columns, nothing fitted. */
  readonly features: Table;
  /** 1 for attack, 0 for benign, a row. */
  readonly isAttack: Uint8Array;
}

/** A model of params.yaml with all that decides how it is fitted. */
export interface TrialModel {
  readonly name: string;
  readonly entry: ModelParams;
  /** The steps of its view. */
  readonly steps: readonly ViewStep[];
  readonly decision: DecisionRule;
  readonly threads: number;
  /** Absolute path of a file of the project, for a model that is read from one. */
  readonly path: (relative: string) => string;
}

/** Rows to fit on and to choose the threshold on. */
export interface TrialParts {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

/** A fitted model with its frozen threshold. */
export interface Trial {
  readonly threshold: number;
  readonly isProbability: boolean;
  readonly isMargin: boolean;
  readonly trainingFamilies: readonly string[];
  /** Scores of rows; higher is more of an attack. */
  score(rows: Int32Array): Promise<Float64Array>;
}

const classes = ["benign", "attack"];

/**
 * Fit a model as `train` does (view fitted on the training rows, threshold chosen on the validation rows, scores from the
 * ONNX bytes), on any rows and columns, attack against benign, and save nothing.
 * @param labels what the model is told of each row; the truth when left out
 * @throws DataError when the parts lack a class that the model or the threshold needs
 */
export async function fitTrial(
  data: TrialRows,
  columns: readonly FeatureColumn[],
  model: TrialModel,
  parts: TrialParts,
  rng: Rng,
  labels: Uint8Array = data.isAttack,
): Promise<Trial> {
  const { entry, steps, decision, threads, path } = model;
  const definition = definitionOf(entry.type);
  const ofRow = await fittedView(
    data.features,
    columns,
    entry.view,
    steps,
    parts.train,
    (row) => labels[row] !== 0,
  );
  const fitted = ofWindows(entry, ofRow);
  const windows = windowsFor(data.flows, entry.window);
  const matrixOf = modelMatrix(data.features, columns, fitted.levels, windows);
  const grouped = groupColumns(entry);
  const part = (rows: Int32Array): LabelledRows => ({
    X: matrixOf(rows),
    y: Int32Array.from(rows, (row) => labels[row]),
    ...(grouped.length === 0 ? {} : { groups: groupsOf(data.flows, rows, grouped) }),
  });
  const own = part(parts.train);
  const train =
    windows !== null && entry.window?.label === "majority"
      ? { ...own, y: majorityLabels(windows, labels, parts.train) }
      : own;
  const view =
    entry.select === undefined
      ? fitted
      : (
          await selectColumns({
            select: { ...entry.select, repeats: 0 },
            ...{ view: fitted, train, classes, rng: rng.fork("select"), threads, log: () => undefined },
          })
        ).view;
  const trained = await trainModel({
    estimator: definition.create(ownParams(entry) as never) as Classifier | Detector,
    view,
    classes,
    train,
    validation: part(parts.validation),
    ...(entry.resample === undefined ? {} : { resample: entry.resample }),
    decision,
    rng,
    threads,
    path,
    metadata: {},
    log: () => undefined,
  });
  const isMargin = trained.margin === true;
  return {
    threshold: trained.threshold,
    isProbability: definition.kind === "classifier" && !isMargin,
    isMargin,
    trainingFamilies: familiesOf(data, parts.train),
    score: (rows) => scoreBytes(trained.onnx, matrixOf(rows), definition.kind, threads),
  };
}

/** The metrics that trials are compared by. */
export const trialMetrics = ["macro_f1", "roc_auc", "average_precision", "recall", "fpr"] as const;
export type TrialMetric = (typeof trialMetrics)[number] & MetricName;

/** Metrics with their 95% intervals; macro_f1, recall and fpr are at the trial's frozen threshold. */
export type TrialMetrics = Readonly<Record<TrialMetric, Interval>>;

/** Measure a trial on rows that it was not fitted on. */
export async function measureTrial(
  trial: Trial,
  data: TrialRows,
  rows: Int32Array,
  bootstrap: Bootstrap,
): Promise<TrialMetrics> {
  return metricsOfScores(trial, data, rows, await trial.score(rows), bootstrap);
}

/** The same for several sets of rows, which are scored together. @returns metrics by name of the set */
export async function measureTrials(
  trial: Trial,
  data: TrialRows,
  sets: ReadonlyMap<string, Int32Array>,
  bootstrap: (name: string) => Bootstrap,
): Promise<Map<string, TrialMetrics>> {
  const all = new Int32Array([...sets.values()].reduce((sum, rows) => sum + rows.length, 0));
  let end = 0;
  for (const rows of sets.values()) {
    all.set(rows, end);
    end += rows.length;
  }
  const scores = await trial.score(all);
  let at = 0;
  return new Map(
    Array.from(sets, ([name, rows]) => {
      const own = scores.subarray(at, at + rows.length);
      at += rows.length;
      return [name, metricsOfScores(trial, data, rows, own, bootstrap(name))];
    }),
  );
}

function metricsOfScores(
  trial: Trial,
  data: TrialRows,
  rows: Int32Array,
  scores: Float64Array,
  bootstrap: Bootstrap,
): TrialMetrics {
  const { details } = evaluatePart({
    isAttack: Uint8Array.from(rows, (row) => data.isAttack[row]),
    scores,
    threshold: trial.threshold,
    isProbability: trial.isProbability,
    isMargin: trial.isMargin,
    family: takeColumn(data.flows.text("family"), rows) as TextColumn,
    trainingFamilies: trial.trainingFamilies,
    classes: null,
    subset: null,
    bootstrap,
  });
  const picked = trialMetrics.map((name) => [name, details.intervals[name]] as const);
  return Object.fromEntries(picked) as TrialMetrics;
}

/** Attack families of the rows. */
function familiesOf({ flows, isAttack }: TrialRows, rows: Int32Array): string[] {
  const { codes, dictionary } = flows.text("family");
  const seen = new Set<number>();
  for (const row of rows) if (isAttack[row] === 1 && codes[row] >= 0) seen.add(codes[row]);
  return [...seen].map((code) => dictionary[code]);
}

import { DataError, ParamsError } from "../base/errors.js";
import { hashBytes } from "../base/hash.js";
import type { Rng } from "../base/rng.js";
import { fitCalibration } from "../eval/calibration/calibration.js";
import { type DecisionRule, uncalibrated } from "../eval/decision.js";
import { chooseThreshold } from "../eval/threshold.js";
import type { ResampleParams } from "../features/resample/params.js";
import type { ResampleCounts } from "../features/resample/resample.js";
import { applyView, type FittedView, viewFeatures } from "../features/view.js";
import type { Checkpoints } from "../nn/training/checkpoint.js";
import type { CalibrationInfo } from "../onnx/calibrationInfo.js";
import { OnnxSession, type Output } from "../onnx/session.js";
import type { Matrix } from "../table/matrix.js";
import { mapRows, takeRows } from "../table/matrixRows.js";
import { assembleOnnx } from "./assemble.js";
import type { Classifier, Detector, FittedClassifier, FittedDetector, Groups, Rows } from "./contract.js";
import { resampledRows } from "./resampled.js";

/** Labelled rows before the view: raw numbers and category codes, as model.onnx gets them. */
export interface LabelledRows {
  readonly X: Matrix;
  /** Class index of each row; -1 for a class that training does not have. */
  readonly y: Int32Array;
  /** What mixers and resampling go by, where the model needs it (rowGroups.ts). */
  readonly groups?: Readonly<Record<string, Groups>>;
}

export interface TrainTask {
  readonly estimator: Classifier | Detector;
  readonly view: FittedView;
  /** `classes[0]` is "benign". */
  readonly classes: readonly string[];
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  /** What is done to the training rows first. */
  readonly resample?: ResampleParams;
  readonly decision: DecisionRule;
  /** The trainer's state of the model to go on from; `view` is that model's then. */
  readonly state?: unknown;
  readonly rng: Rng;
  readonly threads: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly checkpoints?: Checkpoints;
  /** Absolute path of a file of the project. */
  readonly path?: (relative: string) => string;
}

/** A frozen model: fitted, in ONNX, its threshold chosen on validation scores of that very ONNX file. */
export interface TrainedModel {
  readonly onnx: Uint8Array;
  readonly onnxSha256: string;
  /** Operations of model.onnx for one flow. */
  readonly operations: number;
  readonly threshold: number;
  /** Where no threshold is what the rule asks for. */
  readonly thresholdNote?: string;
  readonly calibration: CalibrationInfo;
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
  readonly history: readonly Readonly<Record<string, number>>[];
  /** What resampling did, where it was asked for. */
  readonly resampled?: ResampleCounts;
  /** Scores are margins put between 0 and 1, and no probabilities. */
  readonly margin?: true;
  /** Numbers of its embedding, where it has one. */
  readonly embedding?: number;
  /** JSON files for the model's folder, by name. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** What the trainer needs to go on from it. */
  readonly state?: unknown;
}

/**
 * Fit on training rows, calibrate and choose the threshold on validation rows, export. Detectors see benign training
 * rows only.
 * @throws DataError when a part lacks what the model needs, ParamsError when a detector is to be calibrated
 */
export async function trainModel(task: TrainTask): Promise<TrainedModel> {
  const { estimator } = task;
  const rows = preparedRows({ ...task, kind: estimator.kind });
  const { resampled } = rows;
  const context = {
    ...{ rng: task.rng, workers: task.threads, log: task.log },
    ...(task.state === undefined ? {} : { state: task.state }),
    ...(task.checkpoints === undefined ? {} : { checkpoints: task.checkpoints }),
    ...(task.path === undefined ? {} : { path: task.path }),
  };
  const fitted =
    estimator.kind === "detector"
      ? await estimator.fit(rows.train, context)
      : await estimator.fit(rows.train, { ...context, validation: rows.validation });
  const { onnx, calibration, ...chosen } = await decide(task, fitted, task.train.X.columns);
  if (chosen.thresholdNote !== undefined) task.log(`decision: ${chosen.thresholdNote}`);
  return {
    onnx,
    onnxSha256: hashBytes(onnx),
    calibration,
    ...chosen,
    summary: fitted.summary,
    history: fitted.history ?? [],
    ...(resampled === undefined ? {} : { resampled }),
    ...(fitted.embedding === undefined ? {} : { embedding: fitted.embedding.columns }),
    ...(fitted.kind === "classifier" && fitted.margin && calibration.method === "none"
      ? { margin: true as const }
      : {}),
    ...(fitted.kind === "classifier" && fitted.files !== undefined ? { files: fitted.files } : {}),
    ...(fitted.state === undefined ? {} : { state: fitted.state }),
  };
}

/** What decides the rows that an estimator gets. */
type Preparation = Pick<
  TrainTask,
  "view" | "classes" | "train" | "validation" | "resample" | "rng" | "log"
> & { readonly kind: "classifier" | "detector" };

/** Rows as an estimator takes them. */
export interface PreparedRows {
  readonly train: Rows;
  /** Left out of a detector's fit. */
  readonly validation?: Rows;
  /** What resampling did, where it was asked for. */
  readonly resampled?: ResampleCounts;
}

/** Training rows after resampling and the view, benign ones alone for a detector, and validation rows after the view. */
export function preparedRows(task: Preparation): PreparedRows {
  const { kind, view, classes } = task;
  const { rows: train, counts: resampled } =
    task.resample === undefined
      ? { rows: task.train, counts: undefined }
      : resampledRows(task.resample, task.train, classes, view, task.rng.fork("resample"), task.log);
  const rowsOf = (part: LabelledRows): Rows => ({
    X: mapRows(part.X, (rows) => applyView(view, rows)),
    features: viewFeatures(view),
    y: part.y,
    classes,
    ...(view.window?.as === "rows" ? { window: view.window.length } : {}),
    ...(part.groups === undefined ? {} : { groups: part.groups }),
  });
  if (kind === "detector") return { train: rowsOf(onlyBenign(train)) };
  return {
    train: rowsOf(train),
    validation: rowsOf(knownClasses(task.validation)),
    ...(resampled === undefined ? {} : { resampled }),
  };
}

/** Scores of a model that is not saved yet, from the bytes that would be: 1 − P(benign), or the anomaly score. */
export async function scoreBytes(
  onnx: Uint8Array,
  X: Matrix,
  kind: "classifier" | "detector",
  threads: number,
): Promise<Float64Array> {
  return scoresOf(await runBytes(onnx, X, threads), kind);
}

/**
 * The model as one ONNX file, calibrated where that is asked for, and its threshold. Both are fitted on what the file
 * itself says of the validation rows.
 */
async function decide(
  { decision, validation, view, metadata, rng, threads }: TrainTask,
  fitted: FittedClassifier | FittedDetector,
  columns: number,
): Promise<Pick<TrainedModel, "onnx" | "operations" | "threshold" | "thresholdNote" | "calibration">> {
  const { calibration: method = "none" } = decision;
  const run = (onnx: Uint8Array): Promise<Output> => runBytes(onnx, validation.X, threads);
  let { bytes: onnx, operations } = assembleOnnx(fitted, view, columns, metadata);
  let output = await run(onnx);
  let calibration: CalibrationInfo = { method: "none" };
  let outOfFold: Float64Array | null = null;
  if (method !== "none") {
    if (fitted.kind === "detector") throw new ParamsError(`decision: ${uncalibrated(method)}`);
    const fit = fitCalibration(method, output, validation.y, fitted.classes, rng.fork("calibration"));
    ({ info: calibration, outOfFold } = fit);
    ({ bytes: onnx, operations } = assembleOnnx(fitted, view, columns, metadata, fit.calibrator));
    output = await run(onnx);
  }
  const { threshold, note } = chooseThreshold(
    decision,
    {
      isAttack: Uint8Array.from(validation.y, (y) => (y === 0 ? 0 : 1)),
      scores: scoresOf(output, fitted.kind),
      isProbability: fitted.kind === "classifier",
    },
    outOfFold,
  );
  return { onnx, operations, threshold, calibration, ...(note === undefined ? {} : { thresholdNote: note }) };
}

async function runBytes(onnx: Uint8Array, X: Matrix, threads: number): Promise<Output> {
  const session = await OnnxSession.fromBytes(onnx, threads);
  const output = await session.runMatrix(X);
  await session.release();
  return output;
}

/** Higher means attack: 1 − P(benign), or the anomaly score. */
function scoresOf({ data, rows, columns }: Output, kind: "classifier" | "detector"): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const first = data[i * columns];
    return kind === "detector" ? first : 1 - first;
  });
}

function onlyBenign(part: LabelledRows): LabelledRows {
  const kept = pickRows(part, (y) => y === 0);
  if (kept.y.length === 0) {
    throw new DataError(
      "train: the training part has no benign rows; a detector is fitted on benign rows. Choose another split.",
    );
  }
  return kept;
}

/** Validation rows of a class that training lacks cannot guide the fit. They still count for the threshold. */
function knownClasses(part: LabelledRows): LabelledRows {
  return pickRows(part, (y) => y >= 0);
}

/** The rows that are kept, with their groups. @param keep told the class and the place of a row */
export function pickRows(part: LabelledRows, keep: (y: number, row: number) => boolean): LabelledRows {
  const index: number[] = [];
  part.y.forEach((y, i) => {
    if (keep(y, i)) index.push(i);
  });
  if (index.length === part.y.length) return part;
  const groups: Record<string, Groups> = {};
  for (const [name, { names, codes }] of Object.entries(part.groups ?? {}))
    groups[name] = { names, codes: Int32Array.from(index, (i) => codes[i]) };
  return { X: takeRows(part.X, Int32Array.from(index)), y: Int32Array.from(index, (i) => part.y[i]), groups };
}

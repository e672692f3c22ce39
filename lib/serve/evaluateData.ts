import { join, relative, resolve } from "node:path";
import { type FlowInput, readFlows, type Unreadable } from "../dataset/readFlows.js";
import { defaultWindows } from "../eval/overTime.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { contentHash } from "../table/contentHash.js";
import type { Table } from "../table/table.js";
import { Detector } from "./detector.js";
import { type Evaluation, evaluateFlows } from "./evaluation.js";
import { type EvaluationCount, recordEvaluation } from "./evaluationLog.js";
import { type LabelledRows, labelledRows } from "./labelledRows.js";
import { modelColumnKinds } from "./modelColumnKinds.js";
import { type TrainedRows, trainedRows } from "./trainedRows.js";

/** A stored model on other labelled data: what `nidslab evaluate --json` prints. */
export interface EvaluationOutput extends Pick<Evaluation, "metrics" | "details"> {
  readonly model: {
    readonly folder: string;
    readonly split: string;
    readonly name: string;
    readonly type: string;
    readonly profile: string;
    readonly onnx_sha256: string;
    /** The dataset that it was trained on. */
    readonly dataset: string;
  };
  readonly data: {
    readonly path: string;
    /** Of the labelled rows' content, not of their files. */
    readonly sha256: string;
    readonly rows_read: number;
    /** Rows that were measured. */
    readonly rows: number;
    readonly unreadable: number;
    /** Rows left out, by label. */
    readonly unlabelled: Readonly<Record<string, number>>;
    /** Columns of the model that the data lack. */
    readonly filled: readonly string[];
    /** Rows of attacks that the model does not know, by name. */
    readonly unknown: Readonly<Record<string, number>>;
  };
  /** Rows that the model was trained on or whose threshold was chosen on; null where that cannot be told. */
  readonly trained_on: TrainedRows | null;
  /** On this machine, this time included. */
  readonly evaluations: EvaluationCount;
}

export interface EvaluateDataOptions {
  /** Of the model. */
  readonly folder: string;
  /** Of the labelled data: what ingest reads, or canonical Parquet. */
  readonly path: string;
  /** The project: where evaluations are counted, and where the rows that the model was trained on may lie. */
  readonly root: string;
  /** The data are a plain table, and this column has its labels. */
  readonly target?: string;
  readonly fillMissing?: boolean;
  /** Of the bootstrap; 0: no intervals. */
  readonly resamples: number;
  readonly threads: number;
}

/**
 * Measure a stored model at its frozen threshold on labelled data, and count that it was done (runs/evaluations.jsonl).
 * @throws DataError, FormatError or SchemaError when the model or the data cannot be read, do not fit, or have no labels
 */
export async function evaluateData(options: EvaluateDataOptions): Promise<{
  readonly output: EvaluationOutput;
  readonly predictions: Table;
  /** Rows that could not be read. */
  readonly dropped: readonly Unreadable[];
}> {
  const { path, root, target, resamples } = options;
  const detector = await Detector.open(options.folder, options.threads);
  try {
    const { info } = detector;
    const table = target === undefined ? undefined : modelColumnKinds(info);
    const input = await readFlows(path, { dialect: "auto", files: null, table, target });
    const rows = labelledRows(input, path);
    const { metrics, details, predictions, unknown, filled } = await evaluateFlows(detector, rows.flows, {
      ...{ fillMissing: options.fillMissing ?? false, absent: input.absent, resamples },
      windows: defaultWindows,
    });
    const data = { ...dataFacts(path, input, rows), filled, unknown };
    const output: EvaluationOutput = {
      model: modelFacts(info, options.folder),
      data,
      trained_on: await trainedRows(root, info, rows.flows),
      evaluations: recordEvaluation(join(root, "runs", "evaluations.jsonl"), {
        ...{ data: data.sha256, rows: data.rows, model: info.onnx_sha256, threshold: info.threshold },
        name: `${info.split}/${info.name}`,
      }),
      ...{ metrics, details },
    };
    return { output, predictions, dropped: input.dropped };
  } finally {
    await detector.close();
  }
}

function modelFacts(info: ModelInfo, folder: string): EvaluationOutput["model"] {
  const { split, name, type, profile, onnx_sha256, data } = info;
  const shown = relative(process.cwd(), resolve(folder)).replaceAll("\\", "/") || ".";
  return { folder: shown, split, name, type, profile, onnx_sha256, dataset: data.dataset };
}

/** Columns that say where a row was found, and nothing of what it holds. */
const places: readonly string[] = ["row_id", "input_row", "source", "dataset", "site", "day"];

function dataFacts(
  path: string,
  { rowsRead, dropped }: FlowInput,
  { flows, unlabelled }: LabelledRows,
): Omit<EvaluationOutput["data"], "filled" | "unknown"> {
  return {
    path,
    sha256: contentHash(flows.select(flows.names.filter((name) => !places.includes(name)))),
    rows_read: rowsRead,
    rows: flows.rows,
    unreadable: dropped.reduce((sum, { count }) => sum + count, 0),
    unlabelled,
  };
}

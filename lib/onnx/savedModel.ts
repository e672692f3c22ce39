import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError, FormatError, SchemaError } from "../base/errors.js";
import { readJson } from "../base/files.js";
import { canonicalJson } from "../base/json.js";
import type { Matrix } from "../table/matrix.js";
import { schemaHash } from "../table/schemaHash.js";
import type { CalibrationInfo } from "./calibrationInfo.js";
import { isFolded } from "./foldedModel.js";
import type { OnnxFacts } from "./inspect.js";
import type { SearchInfo } from "./searchInfo.js";
import type { SelectionInfo } from "./selectionInfo.js";
import { OnnxSession } from "./session.js";

/** A column that a model takes, in the order of its input matrix. */
export interface ModelColumn {
  readonly name: string;
  readonly type: "float32" | "category";
  readonly unit: string | null;
  /** Of a category: the levels by code. A level that is not among them has code -1, a missing one NaN. */
  readonly levels?: readonly string[];
}

/** model.json: all that is needed to use model.onnx without any other file. */
export interface ModelInfo {
  readonly type: string;
  readonly kind: "classifier" | "detector";
  readonly split: string;
  /** Of a k-fold split: which of its models this is. */
  readonly fold?: number;
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Where parameters were searched: how `params` came about. */
  readonly search?: SearchInfo;
  readonly view: string;
  /** Where columns of the view were selected. */
  readonly selection?: SelectionInfo;
  readonly profile: "realistic" | "oracle";
  /** How its columns of origin context are computed (features.context); null when it takes none, or none were there. */
  readonly context?: Readonly<Record<string, unknown>> | null;
  /** Rows that it sees together; without it a row by itself. Its matrix has the columns of every row of a window. */
  readonly window?: { readonly length: number; readonly as: string; readonly label: string };
  /** `classes[0]` is "benign". */
  readonly classes: readonly string[];
  /** What a score above the threshold means. */
  readonly positive: "attack";
  readonly columns: readonly ModelColumn[];
  readonly schema_hash: string;
  /** What its columns were made of, where that is not all of the flows' columns. */
  readonly column_set?: string;
  readonly decision: { readonly rule: string; readonly [parameter: string]: unknown };
  readonly threshold: number;
  /** Where no threshold is what the rule asks for. */
  readonly threshold_note?: string;
  readonly calibration: CalibrationInfo;
  /** Scores of a classifier that are margins put between 0 and 1; without it they are probabilities. */
  readonly scores?: "margin";
  /** Numbers of its second output, `embedding`. */
  readonly embedding?: number;
  readonly onnx_sha256: string;
  readonly onnx_bytes: number;
  /** Operations of model.onnx for one flow (operations.ts); models of older versions lack it. */
  readonly operations?: number;
  readonly seed: number;
  /** Models of further training seeds, in seeds/<seed>.onnx. */
  readonly seeds: readonly {
    readonly seed: number;
    readonly threshold: number;
    readonly calibration?: CalibrationInfo;
    readonly onnx_sha256: string;
  }[];
  readonly data: {
    readonly dataset: string;
    readonly flows_sha256: string;
    readonly train: number;
    readonly validation: number;
    readonly train_families: readonly string[];
    /** Where the training rows were resampled, by class; `train` counts the real rows before it. */
    readonly removed?: Readonly<Record<string, number>>;
    readonly copies?: Readonly<Record<string, number>>;
    readonly synthetic?: Readonly<Record<string, number>>;
    /** Neighbours that SMOTE used where a group has no more than k rows. */
    readonly reduced_k?: Readonly<Record<string, number>>;
  };
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
  /** SHA-256 of state.json, of what can be continued. */
  readonly state_sha256?: string;
  /** The model that it went on from. */
  readonly continued_from?: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly licence: string;
  readonly source: string;
  readonly limits: string;
}

/** The second output of a model that has one. */
export const EMBEDDING = "embedding";

/** Scores of n rows, from the model's own output. */
export interface Scores {
  /** n: 1 − P(benign), or the anomaly score; higher means attack. */
  readonly score: Float64Array;
  /** n × k, of a classifier. */
  readonly probabilities: Matrix | null;
}

/** The most probable class of each row; the first of equal ones. Empty for a detector. */
export function mostProbable({ probabilities }: Scores): Int32Array {
  if (probabilities === null) return new Int32Array(0);
  const { rows, columns, data } = probabilities;
  return Int32Array.from({ length: rows }, (_, i) => {
    let best = 0;
    for (let c = 1; c < columns; c++) if (data[i * columns + c] > data[i * columns + best]) best = c;
    return best;
  });
}

/** A model folder (model.json, model.onnx) ready to score. */
export class SavedModel {
  private constructor(
    readonly info: ModelInfo,
    private readonly session: OnnxSession,
  ) {}

  /**
   * Open a model folder: read model.json, check the SHA-256 of model.onnx, load it, see that both say the same of the
   * columns.
   * @param seed one of `info.seeds`, for the models of further seeds
   * @throws DataError when there is no model, FormatError when a file is damaged, SchemaError when the two differ
   */
  static async open(folder: string, threads: number, seed?: number): Promise<SavedModel> {
    const info = readModelInfo(folder);
    const extra =
      seed === undefined || seed === info.seed ? undefined : info.seeds.find((entry) => entry.seed === seed);
    const file = extra === undefined ? "model.onnx" : `seeds/${extra.seed}.onnx`;
    const sha256 = extra === undefined ? info.onnx_sha256 : extra.onnx_sha256;
    const session = await OnnxSession.fromFile(join(folder, file), sha256, threads);
    try {
      checkColumns(info, session.facts, join(folder, file));
    } catch (error) {
      await session.release();
      throw error;
    }
    return new SavedModel(info, session);
  }

  /** The levels of the category columns, by column. */
  get levels(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(this.info.columns.map((column) => [column.name, column.levels ?? []]));
  }

  /** Score the rows of `X`, whose columns are `info.columns`, those of each row of a window where it takes windows. */
  async score(X: Matrix): Promise<Scores> {
    this.checkWidth(X);
    const output = await this.session.run(X.data, X.rows, X.columns);
    const score = new Float64Array(X.rows);
    const step = output.columns;
    if (this.info.kind === "detector") {
      for (let i = 0; i < X.rows; i++) score[i] = output.data[i * step];
      return { score, probabilities: null };
    }
    for (let i = 0; i < X.rows; i++) score[i] = 1 - output.data[i * step];
    return { score, probabilities: output };
  }

  /**
   * Where the model puts the rows of `X` (as score's) before it tells classes apart, for maps.
   * @returns n × info.embedding
   * @throws DataError when the model has no embedding
   */
  async embed(X: Matrix): Promise<Matrix> {
    const { name, type, embedding } = this.info;
    if (embedding === undefined) {
      throw new DataError(
        `embedding: model ${name} (${type}) hands out none. Train a network (mlp, cnn, gru, lstm, transformer, autoencoder, ` +
          "deep-svdd) with embedding_output: true.",
      );
    }
    this.checkWidth(X);
    return this.session.run(X.data, X.rows, X.columns, EMBEDDING);
  }

  private checkWidth(X: Matrix): void {
    const width = widthOf(this.info);
    if (X.columns !== width) {
      throw new DataError(
        `onnx: model ${this.info.name} takes ${width} columns, the rows have ${X.columns}.`,
      );
    }
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/** Columns of a model's matrix. */
export function widthOf({ columns, window }: Pick<ModelInfo, "columns" | "window">): number {
  return columns.length * (window?.length ?? 1);
}

/** @throws SchemaError when model.onnx was made for other columns than model.json lists */
function checkColumns(info: ModelInfo, { metadata, width }: OnnxFacts, file: string): void {
  const listed = widthOf(info);
  const other =
    width !== null && width !== listed
      ? `takes ${width} columns, model.json lists ${listed}`
      : metadata.columns !== undefined && metadata.columns !== canonicalJson(info.columns)
        ? "was made for other columns, types or levels than model.json lists"
        : undefined;
  if (other === undefined) return;
  throw new SchemaError(
    `onnx: ${file} ${other}: the two files are not of one model. Restore both or run nidslab repro.`,
  );
}

/** Read and check model.json. @throws DataError, FormatError, SchemaError */
export function readModelInfo(folder: string): ModelInfo {
  const path = join(folder, "model.json");
  if (!existsSync(path)) {
    throw new DataError(
      `model: ${path} is not there. Run nidslab repro, or name a folder that holds model.json and model.onnx.`,
    );
  }
  const info = readJson<ModelInfo>(path, "Run nidslab repro.");
  if (isFolded(info ?? {})) {
    throw new DataError(
      `model: ${folder} holds the models of a k-fold split, which has no single model. Name one of its folds, ` +
        `${join(folder, "fold-1")}, or a model of a split with a test part.`,
    );
  }
  for (const key of ["kind", "classes", "columns", "threshold", "onnx_sha256"] as const) {
    if (info?.[key] === undefined)
      throw new FormatError(
        `model: ${path} has no "${key}": it is not a model.json of this kit. Restore it or run nidslab repro.`,
      );
  }
  const found = schemaHash(info.columns);
  if (info.schema_hash && info.schema_hash !== found) {
    throw new SchemaError(
      `model: ${path} lists columns whose schema hash is ${found.slice(0, 12)}…, and records ` +
        `${info.schema_hash.slice(0, 12)}…: its columns were changed. Restore it or run nidslab repro.`,
    );
  }
  return info;
}

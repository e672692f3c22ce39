import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.js";
import { readJson } from "../base/files.js";
import type { Rng } from "../base/rng.js";
import { quantile } from "../base/statistics.js";
import type { Matrix } from "../table/matrix.js";
import { rowsInMemory } from "../table/matrixRows.js";
import type { ModelColumn } from "./savedModel.js";

/** What is usual in a column, among benign training rows. */
export type UsualValues =
  | {
      readonly name: string;
      /** 5%, 50% and 95% of the values that are there; null where none is. */
      readonly p05: number | null;
      readonly p50: number | null;
      readonly p95: number | null;
      /** Share of rows without a value. */
      readonly missing: number;
    }
  | {
      readonly name: string;
      /** Share of each level that at least one row has, the commonest first. */
      readonly levels: readonly { readonly level: string; readonly share: number }[];
      readonly missing: number;
    };

/**
 * background.json of a model's folder: what its rows are compared with when they are explained.
 * Deterministic; the numbers are those of the matrix that enters model.onnx.
 */
export interface Background {
  /** Which rows were drawn: those that the model was fitted on, before any resampling. */
  readonly of: "training rows" | "benign training rows";
  /** Drawn rows, in their order: one number a column of model.json (categories as codes), null where it is missing. */
  readonly sample: readonly (readonly (number | null)[])[];
  readonly usual: readonly UsualValues[];
  /** Benign training rows that `usual` was counted in. */
  readonly benign: number;
}

/** Rows that stand for all in background.json, and most rows that quantiles are taken of. */
const SAMPLE = 200;
const MOST = 20_000;

/**
 * @param X training rows as they enter model.onnx, n × columns, or n × length·columns of windows
 * @param isBenign whether a row of X is benign
 * @param benignOnly the model was fitted on benign rows alone
 */
export function makeBackground(
  X: Matrix,
  columns: readonly ModelColumn[],
  isBenign: (row: number) => boolean,
  benignOnly: boolean,
  rng: Rng,
): Background {
  const benign = Int32Array.from({ length: X.rows }, (_, row) => row).filter(isBenign);
  const fitted = benignOnly ? benign : Int32Array.from({ length: X.rows }, (_, row) => row);
  const usualRows = drawn(benign, MOST, rng.fork("usual"));
  const usual = rowsInMemory(X, usualRows);
  const sample = rowsInMemory(X, drawn(fitted, SAMPLE, rng.fork("sample")));
  return {
    of: benignOnly ? "benign training rows" : "training rows",
    sample: Array.from({ length: sample.rows }, (_, row) =>
      Array.from(sample.data.subarray(row * X.columns, (row + 1) * X.columns), shortest),
    ),
    usual: columns.map((column, j) =>
      usualValues(
        column,
        // Of a window, its last row.
        Float32Array.from(usualRows, (_, row) => usual.data[(row + 1) * X.columns - columns.length + j]),
      ),
    ),
    benign: usualRows.length,
  };
}

/** At most `most` of the rows, in rising order. */
function drawn(rows: Int32Array, most: number, rng: Rng): Int32Array {
  if (rows.length <= most) return rows;
  return rng
    .sample(rows.length, most)
    .sort()
    .map((at) => rows[at]);
}

/** The shortest decimal that reads back as the same float32; null for NaN. */
function shortest(value: number): number | null {
  if (Number.isNaN(value)) return null;
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return text;
  }
  return Number(value.toPrecision(9));
}

function usualValues({ name, type, levels = [] }: ModelColumn, values: Float32Array): UsualValues {
  const share = (count: number): number => (values.length === 0 ? 0 : count / values.length);
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = share(values.length - present.length);
  if (type === "category") {
    const counts = levels.map((level, code) => ({
      level,
      share: share(present.reduce((n, value) => n + (value === code ? 1 : 0), 0)),
    }));
    const seen = counts.filter((each) => each.share > 0);
    return { name, levels: seen.toSorted((a, b) => b.share - a.share), missing };
  }
  const at = (q: number): number | null =>
    present.length === 0 ? null : shortest(Math.fround(quantile(present, q)));
  return { name, p05: at(0.05), p50: at(0.5), p95: at(0.95), missing };
}

/** Read background.json of a model's folder. @throws DataError when the model was trained before there was one */
export function readBackground(folder: string): Background {
  const path = join(folder, "background.json");
  if (!existsSync(path)) {
    throw new DataError(
      `model: ${path} is not there: the model was trained by an earlier version, which kept no rows to compare with. ` +
        "Train it again: nidslab repro.",
    );
  }
  return readJson<Background>(path, "Run nidslab repro.");
}

/** The drawn rows as a matrix. */
export function backgroundRows({ sample }: Background): Matrix {
  const columns = sample[0]?.length ?? 0;
  const data = new Float32Array(sample.length * columns);
  sample.forEach((row, i) => {
    row.forEach((value, j) => {
      data[i * columns + j] = value ?? Number.NaN;
    });
  });
  return { rows: sample.length, columns, data };
}

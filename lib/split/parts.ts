import { DataError } from "../base/errors.js";
import { int64, Table, type TextColumn } from "../table/table.js";
import { type Part, partNames } from "./recipe.js";
import { rowsWhere } from "./rows.js";

/** Places of the parts in partNames. */
export const [TRAIN, VALIDATION, TEST, UNUSED] = partNames.keys();

/** Row numbers of one part of a split table (columns `row_id`, which counts from 0, and `part`), ascending. */
export function rowsOfPart(parts: Table, part: Part): Int32Array {
  const { codes, dictionary } = parts.text("part");
  const wanted = dictionary.indexOf(part);
  return wanted < 0 ? new Int32Array(0) : rowsWhere(parts.rows, (row) => codes[row] === wanted);
}

/** The columns of a split table that say how each fold of a k-fold split divides the rows. */
export const foldColumns = ["fold", "validation_folds"] as const;

/** Folds 1…k of a split table; empty for a split with a test part. */
export function foldsOf(split: Table): readonly number[] {
  if (!split.has("fold")) return [];
  let last = 0;
  for (const fold of split.numbers("fold")) if (fold > last) last = fold;
  return Array.from({ length: last }, (_, i) => i + 1);
}

/**
 * How one fold divides the rows: its own rows are the test part, the others training or, where they say so, validation.
 * @param split columns `row_id`, `fold` (missing where a row is unused) and `validation_folds`, a number whose bit i - 1
 * is set where the row is validation of fold i
 * @returns `row_id` and `part`
 */
export function partsOfFold(split: Table, fold: number): Table {
  if (!foldsOf(split).includes(fold)) throw new DataError(`split: there is no fold ${fold}.`);
  const codes = foldParts(split.numbers("fold"), split.numbers("validation_folds"), fold);
  return Table.of({ row_id: split.column("row_id"), part: partColumn(codes) });
}

/** The part of each row in one fold, as its place in partNames. @param folds 1…k; NaN or 0: unused */
export function foldParts(folds: ArrayLike<number>, masks: ArrayLike<number>, fold: number): Int32Array {
  const parts = new Int32Array(folds.length).fill(UNUSED);
  for (let row = 0; row < parts.length; row++) {
    if (folds[row] === fold) parts[row] = TEST;
    else if (folds[row] > 0) parts[row] = (masks[row] >>> (fold - 1)) & 1 ? VALIDATION : TRAIN;
  }
  return parts;
}

/** Places in partNames as a text column. */
export function partColumn(codes: Int32Array): TextColumn {
  return { kind: "text", codes, dictionary: partNames };
}

/** Fold numbers as a column; 0 is missing. */
export function foldColumn(folds: Int32Array): ReturnType<typeof int64> {
  return int64(Float64Array.from(folds, (fold) => (fold === 0 ? Number.NaN : fold)));
}

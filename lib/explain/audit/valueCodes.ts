import type { RankKernel } from "../../table/rows/ranks.js";
import { type Column, lengthOf } from "../../table/table.js";

/** The values of a column as codes, equal values with equal ones. */
export interface ValueCodes {
  /** Of each row; 0 is missing. */
  readonly codes: Int32Array;
  /** Codes are below it. */
  readonly count: number;
  /** Of numbers, whose codes ascend with them: the value of each code (that of code 0 is NaN). Of texts null. */
  readonly numeric: Float64Array | null;
}

/** @param kernel ranks numbers; the codes last until it is used again */
export function valueCodes(column: Column, kernel: RankKernel): ValueCodes {
  if (column.kind === "number") {
    const { codes, distinct } = kernel.ranks(column.values);
    return { codes, count: distinct.length, numeric: distinct };
  }
  const codes = new Int32Array(lengthOf(column));
  for (let row = 0; row < codes.length; row++) codes[row] = column.codes[row] + 1;
  return { codes, count: column.dictionary.length + 1, numeric: null };
}

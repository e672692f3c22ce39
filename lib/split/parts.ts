import type { Table } from "../table/table.js";
import type { Part } from "./recipe.js";

/** Row numbers of one part of a split table (columns `row_id`, which counts from 0, and `part`), ascending. */
export function rowsOfPart(parts: Table, part: Part): Int32Array {
  const { codes, dictionary } = parts.text("part");
  const wanted = dictionary.indexOf(part);
  const rows: number[] = [];
  if (wanted >= 0) {
    codes.forEach((code, row) => {
      if (code === wanted) rows.push(row);
    });
  }
  return Int32Array.from(rows);
}

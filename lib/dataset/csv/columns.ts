import { type Column, mappedCodes, type TextColumn } from "../../table/table.js";
import type { StoredColumn } from "../canonical.js";
import type { CsvField } from "./spec.js";

/** A text column in the words of the field. */
export function worded(column: TextColumn, word: CsvField["word"]): TextColumn {
  if (word === undefined) return column;
  const words = column.dictionary.map(word);
  const dictionary = [...new Set(words.filter((each) => each !== null))];
  const map = words.map((each) => (each === null ? -1 : dictionary.indexOf(each)));
  return { kind: "text", codes: mappedCodes(column.codes, map), dictionary };
}

/** A text without the single quotes that ARFF may put around it. */
export function unquoted(text: string): string {
  return /^'.*'$/.test(text) ? text.slice(1, -1).trim() : text;
}

/** A number column in the unit of the field; texts stay. */
export function scaled(
  column: Column,
  type: StoredColumn["type"],
  scale = 1,
  adjust?: CsvField["adjust"],
): Column {
  if (column.kind === "text" || type === "text") return column;
  if (scale === 1 && adjust === undefined) return { kind: "number", type, values: column.values };
  const divisor = scale < 1 ? Math.round(1 / scale) : 1;
  const values = new Float64Array(column.values.length);
  for (let row = 0; row < values.length; row++) {
    const value = column.values[row];
    const own = scale < 1 ? value / divisor : value * scale;
    values[row] = adjust === undefined ? own : adjust(own);
  }
  return { kind: "number", type, values };
}

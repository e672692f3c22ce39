import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { didYouMean } from "../base/nearest.js";
import { cell, type Table } from "../table/table.js";

/** A column as codes of its distinct values, whatever its type; -1 is missing. Values are sorted text. */
export interface Coded {
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** @throws DataError when flows.parquet has no such column */
export function codedColumn(flows: Table, name: string): Coded {
  if (!flows.has(name)) {
    const hidden = new Set(["row_id", "label_original", "is_attack"]);
    const has = flows.names.filter((known) => !hidden.has(known));
    throw new DataError(
      `split: column "${name}" is not in artifacts/flows.parquet (has: ${shortList(has, 10)}).` +
        `${didYouMean(name, has)} Choose another split.recipe in params.yaml or a dataset with such a column.`,
    );
  }
  const column = flows.column(name);
  if (column.kind === "number") {
    const texts = Array.from({ length: flows.rows }, (_, row) => cell(column, row));
    const values = [...new Set(texts.filter((value) => value !== null))].map(String).sort(compareText);
    const index = new Map(values.map((value, code) => [value, code]));
    return {
      codes: Int32Array.from(texts, (value) => (value === null ? -1 : (index.get(String(value)) ?? -1))),
      values,
    };
  }
  const used = new Set(column.codes);
  const values = column.dictionary.filter((_, code) => used.has(code)).sort(compareText);
  const rank = column.dictionary.map((value) => values.indexOf(value));
  return { codes: column.codes.map((code) => (code < 0 ? -1 : rank[code])), values };
}

/** Codes of values that must be there. @throws DataError that lists the values there are */
export function codesOf(coded: Coded, wanted: readonly (string | number)[], where: string): Set<number> {
  return new Set(
    wanted.map((value) => {
      const code = coded.values.indexOf(String(value));
      if (code >= 0) return code;
      throw new DataError(
        `split: ${where}: "${value}" does not occur in the data (values: ${shortList(
          coded.values.filter((v) => v !== "\0"),
          20,
        )}). Correct it in params.yaml.`,
      );
    }),
  );
}

function shortList(names: readonly string[], limit: number): string {
  return names.slice(0, limit).join(", ") + (names.length > limit ? ", …" : "");
}

/** Row numbers of each code, in row order. */
export function rowsByCode(codes: Int32Array, rows: Iterable<number>): Map<number, number[]> {
  const map = new Map<number, number[]>();
  for (const row of rows) {
    const list = map.get(codes[row]);
    if (list === undefined) map.set(codes[row], [row]);
    else list.push(row);
  }
  return map;
}

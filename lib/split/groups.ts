import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { didYouMean } from "../base/nearest.js";
import type { Column, Table } from "../table/table.js";

/** A column as codes of its distinct values, whatever its type; -1 is missing. Values are sorted text. */
export interface Coded {
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** Columns that a message does not offer for grouping. */
const hidden = new Set(["row_id", "label_original", "is_attack"]);

/** The error for a column that flows.parquet does not have. */
export function missingColumn(name: string, names: readonly string[]): DataError {
  const has = names.filter((known) => !hidden.has(known));
  return new DataError(
    `split: column "${name}" is not in artifacts/flows.parquet (has: ${shortList(has, 10)}).` +
      `${didYouMean(name, has)} Choose another split.recipe in params.yaml or a dataset with such a column.`,
  );
}

/** @throws DataError when flows.parquet has no such column */
export function codedColumn(flows: Table, name: string): Coded {
  if (!flows.has(name)) throw missingColumn(name, flows.names);
  const { codes, values } = firstAppearance(flows.column(name));
  return sorted(codes, values);
}

/** Several columns as one: a value is `a/1`; a row that lacks one of them has none. One name: that column. */
export function jointColumn(flows: Table, names: readonly string[]): Coded {
  const columns = names.map((name) => codedColumn(flows, name));
  return columns.reduce((a, b) => {
    const known = new Map<number, number>();
    const values: string[] = [];
    const codes = a.codes.map((code, row) => {
      const other = b.codes[row];
      if (code < 0 || other < 0) return -1;
      const pair = code * b.values.length + other;
      let index = known.get(pair);
      if (index === undefined) {
        index = values.push(`${a.values[code]}/${b.values[other]}`) - 1;
        known.set(pair, index);
      }
      return index;
    });
    return sorted(codes, values);
  });
}

/** Codes by first appearance, and the text of each; of a text column its own, with values that may not occur. */
function firstAppearance(column: Column): { codes: Int32Array; values: readonly string[] } {
  if (column.kind === "text") return { codes: column.codes, values: column.dictionary };
  const known = new Map<number, number>();
  const codes = new Int32Array(column.values.length);
  for (let row = 0; row < codes.length; row++) {
    const value = column.values[row];
    let code = Number.isNaN(value) ? -1 : known.get(value);
    if (code === undefined) {
      code = known.size;
      known.set(value, code);
    }
    codes[row] = code;
  }
  return { codes, values: Array.from(known.keys(), String) };
}

/** The same codes, numbered in the order of their text; values that do not occur are dropped. */
function sorted(codes: Int32Array, values: readonly string[]): Coded {
  const used = new Uint8Array(values.length);
  for (const code of codes) if (code >= 0) used[code] = 1;
  const order = values.map((_, code) => code).filter((code) => used[code] === 1);
  order.sort((a, b) => compareText(values[a], values[b]));
  const rank = new Int32Array(values.length);
  order.forEach((code, place) => {
    rank[code] = place;
  });
  return {
    codes: codes.map((code) => (code < 0 ? -1 : rank[code])),
    values: order.map((code) => values[code]),
  };
}

/**
 * Codes of values that must be there.
 * @param sizes rows of each code that count; a value without any is not there
 * @throws DataError that lists the values there are
 */
export function codesOf(
  { values }: Coded,
  wanted: readonly (string | number)[],
  where: string,
  sizes?: ArrayLike<number>,
): Set<number> {
  const has = (code: number): boolean => sizes === undefined || sizes[code] > 0;
  return new Set(
    wanted.map((value) => {
      const code = values.indexOf(String(value));
      if (code >= 0 && has(code)) return code;
      const there = values.filter((_, c) => has(c));
      throw new DataError(
        `split: ${where}: "${value}" does not occur in the data (values: ${shortList(there, 20)}).` +
          `${didYouMean(String(value), there)} Correct it in params.yaml.`,
      );
    }),
  );
}

/** The first names of a list, and an ellipsis where there are more. */
export function shortList(names: readonly string[], limit: number): string {
  return names.slice(0, limit).join(", ") + (names.length > limit ? ", …" : "");
}

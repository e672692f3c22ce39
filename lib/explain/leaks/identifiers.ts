import { hashBytes } from "../../base/hash.js";
import type { FeatureColumn } from "../../features/schema.js";
import { type Column, float32, type Table } from "../../table/table.js";

/** Columns of flows.parquet that say which flow a row is and not what it does. */
export const identifierColumns = [
  ...["start_us", "end_us", "uid", "orig_addr", "orig_port", "resp_addr", "resp_port"],
] as const;

/** An identifier as a number that a model can learn from. */
export interface IdentifierFeature {
  readonly column: FeatureColumn;
  readonly values: Column;
}

/**
 * What an earlier system would have fed: ports as numbers, addresses and ids as 24 bits of their SHA-256, times as seconds
 * since the first flow. Columns that the flows lack, or that are features already, are left out.
 * @param known names of the features
 */
export function identifierFeatures(flows: Table, known: ReadonlySet<string>): IdentifierFeature[] {
  return identifierColumns
    .filter((name) => flows.has(name) && !known.has(name))
    .map((name) => ({
      column: { name: `id_${name}`, type: "float32", unit: "id", profile: "oracle", origin: "raw" },
      values: float32(numbersOf(flows.column(name), name.endsWith("_us"))),
    }));
}

function numbersOf(column: Column, isTime: boolean): Float32Array {
  if (column.kind === "text") {
    const codes = column.dictionary.map((text) => Number.parseInt(hashBytes(text).slice(0, 6), 16));
    return Float32Array.from(column.codes, (code) => (code < 0 ? Number.NaN : codes[code]));
  }
  if (!isTime) return Float32Array.from(column.values);
  let first = Number.POSITIVE_INFINITY;
  for (const value of column.values) if (value < first) first = value;
  return Float32Array.from(column.values, (value) => (value - first) / 1e6);
}

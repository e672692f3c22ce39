import { hashBytes } from "../base/hash.js";
import { canonicalJson, compareText } from "../base/json.js";
import type { Column, Table } from "./table.js";

/**
 * SHA-256 of what a table holds: the names, kinds and values of its columns, whatever their order and however they are stored.
 * The same rows in another order have another hash.
 */
export function contentHash(table: Table): string {
  const names = [...table.names].sort(compareText);
  return hashBytes(
    canonicalJson([table.rows, ...names.map((name) => [name, columnHash(table.column(name))])]),
  );
}

function columnHash(column: Column): string {
  if (column.kind === "number") {
    // Every missing value is the same one.
    const values = Float64Array.from(column.values, (value) =>
      Number.isNaN(value) ? Number.NaN : value + 0,
    );
    return hashBytes(new Uint8Array(values.buffer));
  }
  const used = new Set<number>();
  for (const code of column.codes) if (code >= 0) used.add(code);
  const words = [...new Set(Array.from(used, (code) => column.dictionary[code]))].sort(compareText);
  const place = new Map(words.map((word, i) => [word, i]));
  const codes = column.codes.map((code) => (code < 0 ? -1 : (place.get(column.dictionary[code]) ?? -1)));
  return hashBytes(`${canonicalJson(words)}${hashBytes(new Uint8Array(codes.buffer))}`);
}

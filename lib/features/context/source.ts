import type { Table } from "../../table/table.js";

/** What tells sources apart: no context and no window crosses from one to another. */
export const place = ["dataset", "source", "site", "day"];

/** A number for each combination of dataset, source, site and day. */
export function sourceCodes(table: Table): Int32Array {
  let codes = new Int32Array(table.rows);
  for (const name of place.filter((name) => table.has(name))) {
    const column = table.column(name);
    const known = new Map<string, number>();
    const finer = new Int32Array(table.rows);
    for (let row = 0; row < table.rows; row++) {
      const value = column.kind === "text" ? column.codes[row] : column.values[row];
      const key = `${codes[row]} ${value}`;
      const code = known.get(key) ?? known.size;
      known.set(key, code);
      finer[row] = code;
    }
    codes = finer;
  }
  return codes;
}

/** The same by name, which stays from one table to the next. */
export function sourceNames(table: Table): string[] {
  const columns = place.filter((name) => table.has(name)).map((name) => table.strings(name));
  return Array.from({ length: table.rows }, (_, row) => columns.map((column) => column[row] ?? "").join(" "));
}

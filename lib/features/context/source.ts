import { cell, type Table } from "../../table/table.js";

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

/** The same numbers for one batch after another: a source keeps its number. */
export class SourceNumbers {
  private readonly known = new Map<string, number>();

  of(batch: Table): Int32Array {
    const columns = place.filter((name) => batch.has(name)).map((name) => batch.column(name));
    const numbers = new Map<number, number>();
    return sourceCodes(batch).map((code, row) => {
      const number =
        numbers.get(code) ?? this.number(JSON.stringify(columns.map((column) => cell(column, row))));
      numbers.set(code, number);
      return number;
    });
  }

  private number(source: string): number {
    const number = this.known.get(source) ?? this.known.size;
    this.known.set(source, number);
    return number;
  }
}

/** The same by name, which stays from one table to the next. */
export function sourceNames(table: Table): string[] {
  const columns = place.filter((name) => table.has(name)).map((name) => table.strings(name));
  return Array.from({ length: table.rows }, (_, row) => columns.map((column) => column[row] ?? "").join(" "));
}

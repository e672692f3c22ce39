import { SchemaError } from "../base/errors.js";
import { type Column, float64, int64, Table, text } from "./table.js";

/**
 * A column of values of any kind. Numbers and bigints (null, undefined and NaN are missing) become int64 when all are
 * whole and safe, else float64; dates int64 microseconds, UTC; everything else text: booleans true and false, objects
 * as JSON. A column without a value is float64.
 */
export function columnOf(values: readonly unknown[]): Column {
  const numbers: number[] = [];
  for (const value of values) {
    if (value === null || value === undefined) numbers.push(Number.NaN);
    else if (typeof value === "number" || typeof value === "bigint") numbers.push(Number(value));
    else if (value instanceof Date) numbers.push(value.getTime() * 1000);
    else return text(values.map(textOf));
  }
  const known = numbers.filter((x) => !Number.isNaN(x));
  return known.length > 0 && known.every(Number.isSafeInteger) ? int64(numbers) : float64(numbers);
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * Plain rows as a table: a column a key, in order of first appearance; a row without it has a missing value.
 * `table.objects()` is the way back. See `columnOf` for the types.
 * @throws SchemaError when a row is no object
 */
export function fromRows(rows: readonly object[]): Table {
  const odd = rows.findIndex((row) => typeof row !== "object" || row === null || Array.isArray(row));
  if (odd >= 0)
    throw new SchemaError(
      `fromRows: row ${odd + 1} is no object: rows like {bytes: 10, service: "dns"} were expected.`,
    );
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name): [string, Column] => [
    name,
    columnOf(rows.map((row) => (row as Record<string, unknown>)[name])),
  ]);
  return Table.of(new Map(columns));
}

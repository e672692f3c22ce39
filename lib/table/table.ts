import { SchemaError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";

/** Numbers; NaN is a missing value. `int64` holds safe integers (times in microseconds) in doubles. */
export interface NumberColumn {
  readonly kind: "number";
  readonly type: "float32" | "float64" | "int64";
  readonly values: Float32Array | Float64Array;
}

/** Text, coded by a dictionary; code -1 is a missing value. */
export interface TextColumn {
  readonly kind: "text";
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
}

export type Column = NumberColumn | TextColumn;

/** Named columns of equal length. Immutable: every method returns a new table and copies no column that it keeps. */
export class Table {
  readonly names: readonly string[];

  private constructor(
    readonly rows: number,
    private readonly columns: ReadonlyMap<string, Column>,
  ) {
    this.names = [...columns.keys()];
  }

  /** @throws SchemaError when columns differ in length */
  static of(columns: Readonly<Record<string, Column>> | ReadonlyMap<string, Column>): Table {
    const map = columns instanceof Map ? new Map(columns) : new Map(Object.entries(columns));
    let rows = -1;
    for (const [name, column] of map) {
      const length = lengthOf(column);
      if (rows === -1) rows = length;
      if (length !== rows)
        throw new SchemaError(`table: column "${name}" has ${length} rows, the others ${rows}.`);
    }
    return new Table(Math.max(rows, 0), map);
  }

  has(name: string): boolean {
    return this.columns.has(name);
  }

  /** @throws SchemaError when there is no such column */
  column(name: string): Column {
    const column = this.columns.get(name);
    if (column === undefined) {
      throw new SchemaError(
        `table: no column "${name}" (has: ${this.names.join(", ")}).${didYouMean(name, this.names)}`,
      );
    }
    return column;
  }

  /** Values of a number column. @throws SchemaError when it is text or not there */
  numbers(name: string): Float32Array | Float64Array {
    const column = this.column(name);
    if (column.kind !== "number")
      throw new SchemaError(`table: column "${name}" is text, numbers were expected.`);
    return column.values;
  }

  /** A text column. @throws SchemaError when it holds numbers or is not there */
  text(name: string): TextColumn {
    const column = this.column(name);
    if (column.kind !== "text")
      throw new SchemaError(`table: column "${name}" holds numbers, text was expected.`);
    return column;
  }

  /** The text of every row, null where it is missing. */
  strings(name: string): (string | null)[] {
    const { codes, dictionary } = this.text(name);
    return Array.from(codes, (code) => (code < 0 ? null : dictionary[code]));
  }

  select(names: readonly string[]): Table {
    return new Table(this.rows, new Map(names.map((name) => [name, this.column(name)])));
  }

  /** With one more column, or one replaced. */
  with(name: string, column: Column): Table {
    return Table.of(new Map([...this.columns, [name, column]]));
  }

  /** The rows at `index`, in that order. */
  take(index: ArrayLike<number>): Table {
    const taken = new Map<string, Column>();
    for (const [name, column] of this.columns) taken.set(name, takeColumn(column, index));
    return new Table(index.length, taken);
  }

  /** Rows as plain objects, for showing; missing values are null. */
  objects(limit: number = this.rows): Record<string, number | string | null>[] {
    return Array.from({ length: Math.min(limit, this.rows) }, (_, row) => {
      const object: Record<string, number | string | null> = {};
      for (const [name, column] of this.columns) object[name] = cell(column, row);
      return object;
    });
  }
}

/*
 * Loops over the codes of rows, alone and over typed arrays only: a function a row is several times slower, and a loop inside
 * something longer is compiled again whenever that is.
 */

/** Codes by what `map` has for each; -1 stays. */
export function mappedCodes(codes: Int32Array, map: ArrayLike<number>): Int32Array {
  const table = new Int32Array(map);
  const own = new Int32Array(codes.length);
  for (let row = 0; row < own.length; row++) own[row] = codes[row] < 0 ? -1 : table[codes[row]];
  return own;
}

/** Numbers by what `map` has for each code, of which none is missing. */
export function mappedNumbers(codes: Int32Array, map: Float64Array): Float64Array {
  const own = new Float64Array(codes.length);
  for (let row = 0; row < own.length; row++) own[row] = map[codes[row]];
  return own;
}

/** Rows by code, of which there are `distinct`; -1 is not counted. */
export function codeCounts(codes: Int32Array, distinct: number): Int32Array {
  const counts = new Int32Array(distinct);
  for (let row = 0; row < codes.length; row++) if (codes[row] >= 0) counts[codes[row]]++;
  return counts;
}

/** Number of rows of a column. */
export function lengthOf(column: Column): number {
  return column.kind === "number" ? column.values.length : column.codes.length;
}

/** The rows at `index`, in that order. */
export function takeColumn(column: Column, index: ArrayLike<number>): Column {
  const n = index.length;
  if (column.kind === "text") {
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) codes[i] = column.codes[index[i]];
    return { kind: "text", codes, dictionary: column.dictionary };
  }
  const values = column.values instanceof Float32Array ? new Float32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = column.values[index[i]];
  return { kind: "number", type: column.type, values };
}

/** One value; null where it is missing. */
export function cell(column: Column, row: number): number | string | null {
  if (column.kind === "text") return column.codes[row] < 0 ? null : column.dictionary[column.codes[row]];
  const value = column.values[row];
  return Number.isNaN(value) ? null : value;
}

export function float64(values: Float64Array | readonly number[]): NumberColumn {
  return { kind: "number", type: "float64", values: Float64Array.from(values) };
}

export function float32(values: Float32Array | readonly number[]): NumberColumn {
  return {
    kind: "number",
    type: "float32",
    values: values instanceof Float32Array ? values : Float32Array.from(values),
  };
}

/** Safe integers; NaN is missing. */
export function int64(values: ArrayLike<number>): NumberColumn {
  return { kind: "number", type: "int64", values: Float64Array.from(values) };
}

/** Code strings by a dictionary in order of first appearance; null and undefined are missing. */
export function text(values: Iterable<string | null | undefined>): TextColumn {
  const builder = new TextBuilder();
  for (const value of values) builder.push(value ?? null);
  return builder.finish();
}

/** Grows a text column value by value. */
export class TextBuilder {
  private readonly index = new Map<string, number>();
  private codes = new Int32Array(1024);
  private length = 0;

  push(value: string | null): void {
    if (this.length === this.codes.length) {
      const grown = new Int32Array(this.length * 2);
      grown.set(this.codes);
      this.codes = grown;
    }
    let code = -1;
    if (value !== null) {
      const known = this.index.get(value);
      if (known === undefined) {
        code = this.index.size;
        this.index.set(value, code);
      } else code = known;
    }
    this.codes[this.length++] = code;
  }

  finish(): TextColumn {
    return { kind: "text", codes: this.codes.slice(0, this.length), dictionary: [...this.index.keys()] };
  }
}

/** Grows a number column value by value. */
export class NumberBuilder {
  private values = new Float64Array(1024);
  private length = 0;

  constructor(private readonly type: "float64" | "int64") {}

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  finish(): NumberColumn {
    return { kind: "number", type: this.type, values: this.values.slice(0, this.length) };
  }
}

/** Rows of several tables with the same columns, one after the other. */
export function concatTables(tables: readonly Table[]): Table {
  if (tables.length === 1) return tables[0];
  const names = tables[0].names;
  return Table.of(
    new Map(
      names.map((name) => [
        name,
        concatColumns(
          tables.map((table) => table.column(name)),
          name,
        ),
      ]),
    ),
  );
}

function concatColumns(columns: readonly Column[], name: string): Column {
  const rows = columns.reduce((sum, column) => sum + lengthOf(column), 0);
  const first = columns[0];
  if (first.kind === "text") {
    const index = new Map<string, number>();
    const codes = new Int32Array(rows);
    let at = 0;
    for (const column of columns) {
      if (column.kind !== "text")
        throw new SchemaError(`table: column "${name}" is text in one table and numbers in another.`);
      const map = column.dictionary.map((value) => {
        const known = index.get(value) ?? index.size;
        index.set(value, known);
        return known;
      });
      for (const code of column.codes) codes[at++] = code < 0 ? -1 : map[code];
    }
    return { kind: "text", codes, dictionary: [...index.keys()] };
  }
  const values = first.type === "float32" ? new Float32Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const column of columns) {
    if (column.kind !== "number")
      throw new SchemaError(`table: column "${name}" is text in one table and numbers in another.`);
    values.set(column.values, at);
    at += column.values.length;
  }
  return { kind: "number", type: first.type, values };
}

import { existsSync } from "node:fs";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { codeOf, DataError, FormatError, messageOf, NidslabError, SchemaError } from "../base/errors.js";
import { replaceFile } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { type Column, Table } from "./table.js";

const CHUNK = 2048;
/** Above so many distinct texts (ids, addresses) an enum costs more than the strings: DuckDB's time for it is quadratic. */
const ENUM_LIMIT = 2000;

let shared: Promise<DuckDBConnection> | undefined;

/** The process's DuckDB (in memory, one thread, so that rows keep their order); loaded at the first use. */
export function duckdb(): Promise<DuckDBConnection> {
  shared ??= (async () => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    return instance.connect();
  })();
  return shared;
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Write a table as Parquet (zstd), atomically; the same table gives the same bytes.
 * Text of few distinct values travels as DuckDB enums, so that writing costs a copy of the codes and not of the strings.
 */
export async function writeParquet(path: string, table: Table): Promise<void> {
  if (table.names.length === 0)
    throw new DataError(`write: ${path}: a table without columns cannot be stored.`);
  const connection = await duckdb();
  const api = await import("@duckdb/node-api");
  const staging = "staging";
  const plans = table.names.map((name) => plan(name, table.column(name), api));
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${staging} (${plans.map((p) => `${identifier(p.name)} ${p.sql}`).join(", ")})`,
  );
  const appender = await connection.createAppender(staging);
  for (let start = 0; start < table.rows; start += CHUNK) {
    const count = Math.min(CHUNK, table.rows - start);
    const chunk = api.DuckDBDataChunk.create(
      plans.map((p) => p.type),
      count,
    );
    plans.forEach((p, i) => {
      fillVector(chunk, i, p, start, count);
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await replaceFile(path, async (temporary) => {
    await connection.run(
      `COPY ${staging} TO ${quoted(temporary)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
  });
  await connection.run(`DROP TABLE ${staging}`);
}

interface Plan {
  readonly name: string;
  readonly sql: string;
  readonly type: import("@duckdb/node-api").DuckDBType;
  readonly column: Column;
}

function plan(name: string, column: Column, api: typeof import("@duckdb/node-api")): Plan {
  if (column.kind === "number") {
    if (column.type === "float32") return { name, sql: "FLOAT", type: api.FLOAT, column };
    if (column.type === "int64") return { name, sql: "BIGINT", type: api.BIGINT, column };
    return { name, sql: "DOUBLE", type: api.DOUBLE, column };
  }
  if (column.dictionary.length > ENUM_LIMIT) return { name, sql: "VARCHAR", type: api.VARCHAR, column };
  // An enum needs at least one value; a column of nothing but nulls has none.
  const values = column.dictionary.length > 0 ? column.dictionary : [""];
  const sql = `ENUM(${values.map(quoted).join(", ")})`;
  return { name, sql, type: api.ENUM(values), column };
}

/** The parts of DuckDB's vectors that are used here: the values as a typed array, and which of them are valid. */
interface RawVector {
  items: Float32Array | Float64Array | BigInt64Array | Uint8Array | Uint16Array | Uint32Array;
  validity: { setItemValid(index: number, valid: boolean): void; itemValid(index: number): boolean };
  setItem(index: number, value: string | null): void;
  flush(): void;
}

function fillVector(chunk: DuckDBDataChunk, index: number, p: Plan, start: number, count: number): void {
  const vector = chunk.getColumnVector(index) as unknown as RawVector;
  const { items, validity } = vector;
  if (p.column.kind === "text" && p.sql === "VARCHAR") {
    const { codes, dictionary } = p.column;
    for (let i = 0; i < count; i++) {
      const code = codes[start + i];
      vector.setItem(i, code < 0 ? null : dictionary[code]);
    }
  } else if (p.column.kind === "text") {
    const codes = p.column.codes;
    for (let i = 0; i < count; i++) {
      const code = codes[start + i];
      if (code < 0) validity.setItemValid(i, false);
      else (items as Uint32Array)[i] = code;
    }
  } else if (p.column.type === "int64") {
    const values = p.column.values;
    for (let i = 0; i < count; i++) {
      const value = values[start + i];
      if (Number.isNaN(value)) validity.setItemValid(i, false);
      else (items as BigInt64Array)[i] = BigInt(value);
    }
  } else {
    const values = p.column.values;
    for (let i = 0; i < count; i++) {
      const value = values[start + i];
      if (Number.isNaN(value)) validity.setItemValid(i, false);
      else (items as Float64Array)[i] = value;
    }
  }
  vector.flush();
}

/**
 * Read a Parquet file (columns `names`, or all; of `optional` those that it has). Text is coded in the order of first
 * appearance; integers and booleans become numbers.
 * @throws DataError when the file is not there (`hint` says what to do), FormatError when it is not Parquet,
 *   SchemaError when a column of `names` is not in it
 */
export async function readParquet(
  path: string,
  names?: readonly string[],
  options: { readonly optional?: readonly string[]; readonly hint?: string } = {},
): Promise<Table> {
  if (!existsSync(path))
    throw new DataError(`read: ${path} is not there. ${options.hint ?? "Run nidslab repro first."}`);
  const connection = await duckdb();
  const source = `read_parquet(${quoted(path)})`;
  try {
    const there = (await connection.stream(`SELECT * FROM ${source} LIMIT 0`)).columnNames();
    const wanted =
      names === undefined
        ? there
        : [...names, ...(options.optional ?? []).filter((name) => there.includes(name))];
    const absent = wanted.find((name) => !there.includes(name));
    if (absent !== undefined) {
      throw new SchemaError(
        `read: column "${absent}" is not in ${path} (has: ${there.join(", ")}).${didYouMean(absent, there)}`,
      );
    }
    const result = await connection.stream(`SELECT ${wanted.map(identifier).join(", ")} FROM ${source}`);
    const readers = wanted.map((name, i) => new ColumnReader(String(result.columnType(i)), name));
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      readers.forEach((reader, i) => {
        reader.add(chunk, i);
      });
    }
    return Table.of(new Map(wanted.map((name, i) => [name, readers[i].finish()])));
  } catch (cause) {
    if (cause instanceof NidslabError || codeOf(cause) !== undefined) throw cause;
    const message = messageOf(cause).split("\n")[0];
    throw new FormatError(
      `read: ${path} is not a readable Parquet file (${message}). Run the stage that makes it again.`,
      { cause },
    );
  }
}

class ColumnReader {
  private parts: (Float64Array | Float32Array | Int32Array)[] = [];
  private readonly dictionary = new Map<string, number>();
  private readonly mode: "text" | "float32" | "float64" | "int64";

  constructor(
    private readonly type: string,
    name: string,
  ) {
    if (type === "VARCHAR" || type.startsWith("ENUM")) this.mode = "text";
    else if (type === "FLOAT") this.mode = "float32";
    else if (type === "DOUBLE") this.mode = "float64";
    else if (/^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type) || type === "BOOLEAN") this.mode = "int64";
    else throw new FormatError(`column "${name}" has type ${type}; numbers and text can be read.`);
  }

  add(chunk: DuckDBDataChunk, index: number): void {
    const n = chunk.rowCount;
    if (this.mode === "text") {
      const codes = new Int32Array(n);
      const values = chunk.getColumnValues(index) as (string | null)[];
      for (let i = 0; i < n; i++) codes[i] = this.code(values[i]);
      this.parts.push(codes);
      return;
    }
    const vector = chunk.getColumnVector(index) as unknown as RawVector;
    const out = this.mode === "float32" ? new Float32Array(n) : new Float64Array(n);
    if (this.type === "BOOLEAN") {
      const values = chunk.getColumnValues(index) as (boolean | null)[];
      for (let i = 0; i < n; i++) out[i] = values[i] === null ? Number.NaN : Number(values[i]);
    } else {
      const { items, validity } = vector;
      for (let i = 0; i < n; i++) out[i] = validity.itemValid(i) ? Number(items[i]) : Number.NaN;
    }
    this.parts.push(out);
  }

  private code(value: string | null): number {
    if (value === null) return -1;
    const known = this.dictionary.get(value);
    if (known !== undefined) return known;
    this.dictionary.set(value, this.dictionary.size);
    return this.dictionary.size - 1;
  }

  finish(): Column {
    const rows = this.parts.reduce((sum, part) => sum + part.length, 0);
    if (this.mode === "text") {
      return {
        kind: "text",
        codes: joined(this.parts, new Int32Array(rows)),
        dictionary: [...this.dictionary.keys()],
      };
    }
    const values = joined(
      this.parts,
      this.mode === "float32" ? new Float32Array(rows) : new Float64Array(rows),
    );
    return { kind: "number", type: this.mode, values: values as Float64Array };
  }
}

function joined<T extends Int32Array | Float32Array | Float64Array>(
  parts: readonly (Int32Array | Float32Array | Float64Array)[],
  target: T,
): T {
  let at = 0;
  for (const part of parts) {
    target.set(part, at);
    at += part.length;
  }
  return target;
}

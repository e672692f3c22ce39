import { existsSync } from "node:fs";
import { codeOf, DataError, FormatError, messageOf, NidslabError, SchemaError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { DuckFile } from "./parquet/duckFile.js";
import {
  type ParquetColumn,
  type ParquetFile,
  ROW_GROUP_ROWS,
  type UnreadableColumn,
} from "./parquet/format.js";
import { OwnFile } from "./parquet/ownFile.js";
import type { Table } from "./table.js";

export { type ParquetColumn, ParquetWriter, writeParquet } from "./parquet/writer.js";

export interface ReadParquetOptions {
  /** Columns that are read when the file has them. */
  readonly optional?: readonly string[];
  /** What to do when the file is not there. */
  readonly hint?: string;
  /** Without `names`: leave out columns of types that cannot be used (`parquetInfo` lists them) and throw no error. */
  readonly skipUnreadable?: boolean;
}

/** What a Parquet file holds. */
export interface ParquetInfo {
  rows: number;
  columns: ParquetColumn[];
  /** Columns that cannot be read. */
  unreadable: UnreadableColumn[];
}

/**
 * Read a Parquet file (columns `names`, or all; of `optional` those that it has). Text is coded in the order of first
 * appearance. Integers and booleans become int64, times and dates int64 microseconds (UTC), decimals float64; integers
 * beyond 2^53 are rounded to the nearest double.
 * @throws DataError when the file is not there (`hint` says what to do), FormatError when it is not Parquet or a column
 *   has a type that cannot be used, SchemaError when a column of `names` is not in it
 */
export async function readParquet(
  path: string,
  names?: readonly string[],
  options: ReadParquetOptions = {},
): Promise<Table> {
  const file = await open(path, options.hint);
  try {
    return await file.table(chosen(path, file, names, options));
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

/**
 * Batches of rows in the order of the file, for what must not hold a whole file: at most `batchRows` rows each, and of
 * a file without rows one empty batch. Every batch has dictionaries of its own. Options and errors as of `readParquet`.
 */
export async function* readParquetBatches(
  path: string,
  names?: readonly string[],
  options: ReadParquetOptions & { readonly batchRows?: number } = {},
): AsyncGenerator<Table> {
  const file = await open(path, options.hint);
  try {
    const columns = chosen(path, file, names, options);
    if (file.rows === 0) yield await file.table(columns);
    else yield* file.batches(columns, options.batchRows ?? ROW_GROUP_ROWS);
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    await file.close();
  }
}

/** Rows and columns of a Parquet file. @throws DataError when it is not there, FormatError when it is not Parquet */
export async function parquetInfo(
  path: string,
  options: { readonly hint?: string } = {},
): Promise<ParquetInfo> {
  const file = await open(path, options.hint);
  await file.close();
  const { rows, columns, unreadable } = file;
  return { rows, columns: [...columns], unreadable: [...unreadable] };
}

async function open(path: string, hint = "Run nidslab repro first."): Promise<ParquetFile> {
  if (!existsSync(path)) throw new DataError(`read: ${path} is not there. ${hint}`);
  try {
    return (await OwnFile.open(path)) ?? (await DuckFile.open(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function chosen(
  path: string,
  file: ParquetFile,
  names: readonly string[] | undefined,
  { optional = [], skipUnreadable = false }: ReadParquetOptions,
): ParquetColumn[] {
  const columns = new Map(file.columns.map((column) => [column.name, column]));
  const types = new Map(file.unreadable.map(({ name, type }) => [name, type]));
  const there = [...columns.keys(), ...types.keys()];
  const wanted =
    names === undefined
      ? skipUnreadable
        ? columns.keys()
        : there
      : [...names, ...optional.filter((name) => there.includes(name))];
  return [...new Set(wanted)].map((name) => {
    const column = columns.get(name);
    if (column !== undefined) return column;
    if (types.has(name)) {
      throw new FormatError(
        `read: column "${name}" of ${path} has type ${types.get(name)}; numbers and text can be read.`,
      );
    }
    throw new SchemaError(
      `read: column "${name}" is not in ${path} (has: ${there.join(", ")}).${didYouMean(name, there)}`,
    );
  });
}

/** Errors of readers say what was damaged; here they get the file's name. System errors have theirs. */
function unreadable(path: string, cause: unknown): unknown {
  if ((cause instanceof NidslabError && cause.message.startsWith("read: ")) || codeOf(cause) !== undefined)
    return cause;
  const message = messageOf(cause).split("\n")[0];
  return new FormatError(
    `read: ${path} is not a readable Parquet file (${message}). Run the stage that makes it again.`,
    { cause },
  );
}

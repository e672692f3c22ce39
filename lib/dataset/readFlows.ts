import { existsSync, statSync } from "node:fs";
import { DataError } from "../base/errors.js";
import { localPath } from "../base/files.js";
import type { Tallied } from "../base/tally.js";
import type { RowCounts } from "../flow/rowReader.js";
import { readParquet } from "../table/parquet.js";
import { concatTables, int64, type Table } from "../table/table.js";
import { canonicalBatch, hasValue, storedColumns, unfilledColumns } from "./canonical.js";
import type { Dialect } from "./dialect.js";
import { rawFiles } from "./files.js";
import { headOf, isParquet } from "./head.js";
import { placesOf } from "./ingest.js";
import { FileLabels, keepAll } from "./labels.js";
import type { WantedColumns } from "./plain/columns.js";
import { plainDialect } from "./plain/dialect.js";
import { knownFiles, type ReadOptions } from "./read.js";
import { dialects } from "./registry.js";

/** Flows to be scored. */
export interface FlowInput {
  /**
   * `input_row` (number of the row among all data rows of the input, from 0; unreadable rows leave gaps), `source`, the
   * label columns (missing where there is no usable label), then the columns of flows.parquet that the input has.
   */
  readonly table: Table;
  /** Whether every row has a label. */
  readonly labelled: boolean;
  /** Data rows in the input, unreadable ones included. */
  readonly rowsRead: number;
  /** Rows that could not be read, by file and reason. */
  readonly dropped: readonly Unreadable[];
  /** Columns of the input that flows.parquet does not have. */
  readonly ignored: readonly string[];
  /** Columns that some file of the input lacks; its rows have them as missing values. */
  readonly absent: readonly string[];
}

/** Rows of one file that could not be read for one reason. */
export interface Unreadable extends Tallied {
  readonly file: string;
  readonly reason: string;
}

export interface ReadFlowsOptions extends ReadOptions {
  /** The input is a plain table (CSV, TSV, Parquet) of which a model takes these columns. */
  readonly table?: WantedColumns;
  /** Of a plain table: the column with its labels. */
  readonly target?: string;
}

/**
 * Read what ingest reads (a file or a folder of a known dialect) or canonical Parquet, labelled or not, for scoring.
 * Several paths are read one after the other and must be of one kind.
 * @throws DataError when a path is not there, FormatError when a file cannot be read
 */
export async function readFlows(
  paths: string | readonly string[],
  options: ReadFlowsOptions = { dialect: "auto", files: null },
): Promise<FlowInput> {
  const inputs: FlowInput[] = [];
  let offset = 0;
  for (const path of typeof paths === "string" ? [paths] : paths) {
    const input = await readOne(localPath(path), options, offset);
    inputs.push(input);
    offset += input.rowsRead;
  }
  if (inputs.length === 1) return inputs[0];
  const names = inputs[0].table.names.filter((name) => inputs.every(({ table }) => table.has(name)));
  return {
    table: concatTables(inputs.map(({ table }) => table.select(names))),
    labelled: inputs.every((input) => input.labelled),
    rowsRead: offset,
    dropped: inputs.flatMap(({ dropped }) => dropped),
    ignored: distinct(inputs.flatMap(({ ignored }) => ignored)),
    absent: distinct(inputs.flatMap(({ absent }) => absent)),
  };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}

async function readOne(path: string, options: ReadFlowsOptions, offset: number): Promise<FlowInput> {
  if (!existsSync(path)) {
    throw new DataError(
      `read: ${path} is not there. Name a file or folder that nidslab datasets says can be read.`,
    );
  }
  if (await isCanonical(path)) return fromParquet(path, offset);
  const own =
    options.table === undefined
      ? undefined
      : await plainDialect(
          rawFiles(path, options.files),
          { target: options.target ?? null },
          path,
          options.table,
        );
  const known = await knownFiles(path, { ...options, own });
  const places = placesOf(known, path);
  const columns = storedColumns(known.dialects);
  const tables: Table[] = [];
  const dropped: Unreadable[] = [];
  const ignored: string[] = [];
  const files: { dialect: Dialect; counts: RowCounts }[] = [];
  let before = offset;
  for (const [i, file] of known.files.entries()) {
    const reader = file.dialect.open(file.path);
    const labels = FileLabels.of(file.dialect, file.name, keepAll);
    for await (const batch of reader.batches()) {
      const rows = int64(batch.inputRows.map((row) => row + before));
      tables.push(
        canonicalBatch(batch.table, labels.apply(batch), places[i], columns, true).with("input_row", rows),
      );
    }
    const { counts } = reader;
    before += counts.rowsRead;
    ignored.push(...counts.ignoredColumns);
    files.push({ dialect: file.dialect, counts });
    for (const [reason, tallied] of Object.entries(counts.dropped.toJSON()))
      dropped.push({ file: file.name, reason, ...tallied });
  }
  const all = concatTables(tables);
  const unfilled = unfilledColumns(files, (name) => hasValue(all.column(name)));
  const table = inputFirst(all.select(all.names.filter((name) => !unfilled.includes(name))));
  return {
    table,
    labelled: isLabelled(table),
    rowsRead: before - offset,
    dropped,
    ignored: distinct(ignored),
    absent: distinct(files.flatMap(({ counts }) => counts.absentColumns)),
  };
}

/** Whether a path is Parquet that is no copy of a known dialect's file. */
async function isCanonical(path: string): Promise<boolean> {
  if (!statSync(path).isFile() || !isParquet(path)) return false;
  const head = await headOf(path);
  return dialects.every((dialect) => dialect.recognise(head) !== true);
}

async function fromParquet(path: string, offset: number): Promise<FlowInput> {
  const table = await readParquet(path);
  if (table.rows === 0) throw new DataError(`read: ${path} has no rows, so there is nothing to score.`);
  const rows = int64(Float64Array.from({ length: table.rows }, (_, row) => row + offset));
  return {
    table: inputFirst(table.with("input_row", rows)),
    labelled: isLabelled(table),
    rowsRead: table.rows,
    dropped: [],
    ignored: [],
    absent: [],
  };
}

function inputFirst(table: Table): Table {
  return table.select(["input_row", ...table.names.filter((name) => name !== "input_row")]);
}

function isLabelled(table: Table): boolean {
  return table.has("label") && table.text("label").codes.every((code) => code >= 0);
}

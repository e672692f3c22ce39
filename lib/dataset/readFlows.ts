import { existsSync } from "node:fs";
import { DataError } from "../base/errors.js";
import { localPath } from "../base/files.js";
import type { Tallied } from "../base/tally.js";
import { firstBytes } from "../table/bytes/open.js";
import { readParquet } from "../table/parquet.js";
import { type Column, concatTables, int64, Table } from "../table/table.js";
import { canonicalRows } from "./canonical.js";
import { datasetName } from "./ingest.js";
import { applyLabels } from "./labels.js";
import type { LabelParams } from "./params.js";
import { type ReadOptions, readFiles } from "./read.js";

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

/** Rows keep their place and nothing is dropped for its label. */
const keepAll: LabelParams = { unknown: "drop", empty: "drop", background: "drop", no_column: "drop" };

/**
 * Read what ingest reads (a file or a folder of a known dialect) or canonical Parquet, labelled or not, for scoring.
 * Several paths are read one after the other and must be of one kind.
 * @throws DataError when a path is not there, FormatError when a file cannot be read
 */
export async function readFlows(
  paths: string | readonly string[],
  options: ReadOptions = { dialect: "auto", files: null },
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

async function readOne(path: string, options: ReadOptions, offset: number): Promise<FlowInput> {
  if (!existsSync(path)) {
    throw new DataError(
      `read: ${path} is not there. Name a file or folder that nidslab datasets says can be read.`,
    );
  }
  if (isParquet(path)) return fromParquet(path, offset);
  const { dialect, files } = await readFiles(path, options);
  const labelled = files.map((file) => ({ file, labels: applyLabels(dialect, file, keepAll) }));
  const table = canonicalRows(dialect.dataset ?? datasetName(path), labelled, true);
  const rows = table.numbers("input_row").slice();
  const dropped: Unreadable[] = [];
  let row = 0;
  let before = offset;
  for (const { name, rows: read } of files) {
    for (let end = row + read.table.rows; row < end; row++) rows[row] += before;
    before += read.rowsRead;
    for (const [reason, tallied] of Object.entries(read.dropped.toJSON()))
      dropped.push({ file: name, reason, ...tallied });
  }
  return {
    table: inputFirst(table, int64(rows)),
    labelled: isLabelled(table),
    rowsRead: before - offset,
    dropped,
    ignored: distinct(files.flatMap(({ rows }) => rows.ignoredColumns)),
    absent: distinct(files.flatMap(({ rows }) => rows.absentColumns)),
  };
}

function isParquet(path: string): boolean {
  try {
    return Buffer.from(firstBytes(path, 4)).toString("latin1") === "PAR1";
  } catch {
    return false; // a folder or a missing file: readFiles says which
  }
}

async function fromParquet(path: string, offset: number): Promise<FlowInput> {
  const table = await readParquet(path);
  if (table.rows === 0) throw new DataError(`read: ${path} has no rows, so there is nothing to score.`);
  const rows = int64(Float64Array.from({ length: table.rows }, (_, row) => row + offset));
  return {
    table: inputFirst(table, rows),
    labelled: isLabelled(table),
    rowsRead: table.rows,
    dropped: [],
    ignored: [],
    absent: [],
  };
}

function inputFirst(table: Table, rows: Column): Table {
  const others = table.names.filter((name) => name !== "input_row");
  return Table.of(
    new Map<string, Column>([
      ["input_row", rows],
      ...others.map((name) => [name, table.column(name)] as const),
    ]),
  );
}

function isLabelled(table: Table): boolean {
  return table.has("label") && table.text("label").codes.every((code) => code >= 0);
}

import type { Tally } from "../../base/tally.js";
import type { Table } from "../table.js";
import type { TimeFormat } from "./times.js";

/** The door of the delimited-text engine: a plan says what a file holds, `scanCsv` reads it. */
export { csvHead } from "./records.js";
export { scanCsv } from "./scan.js";

/** What becomes of one column of a delimited file. Plain JSON: it goes to worker threads. */
export interface CsvColumnPlan {
  /** Position in a record, from 0. */
  readonly index: number;
  /** Name of the resulting column. */
  readonly name: string;
  /**
   * `number`: float64. `port`: int64 from decimal or 0x hex (80.0, as pandas writes it, is 80; no range is enforced: UNSW-NB15
   * has hex ports above 65535). `time`: int64 by `format`. `text`: trimmed.
   */
  readonly parse: "number" | "text" | "port" | "time";
  readonly format?: TimeFormat;
  /** Times from 1:00 to 7:59 that say neither AM nor PM are of the afternoon. */
  readonly afternoon?: boolean;
}

export interface CsvPlan {
  /** One ASCII character. */
  readonly delimiter: string;
  /** Cells of the header record; null: the file has none. Blanks around them do not matter. */
  readonly header: readonly string[] | null;
  /** Lines before the header, or before the first record, that are not read (0); they must fit into the first block. */
  readonly preamble?: number;
  /** Fields of a record. */
  readonly width: number;
  readonly columns: readonly CsvColumnPlan[];
  /** What a line begins with that is no record, as % in ARFF: one ASCII character. */
  readonly comment?: string;
  /** Cell texts (after trimming blanks) that are a missing value, such as "" and "-". */
  readonly missing: readonly string[];
}

/** Consecutive rows of a file. */
export interface CsvBatch {
  /** The plan's columns; a text column's dictionary is of this batch alone. */
  readonly table: Table;
  /** Number (from 1) of the line on which each row begins. */
  readonly lines: Float64Array;
  /** Number (from 0) of each row among all data records of the file, unusable ones included. */
  readonly inputRows: Float64Array;
}

/** What is counted while a file is read: `rowsRead` = rows given + rows dropped. */
export interface CsvCounts {
  readonly dropped: Tally;
  readonly repaired: Tally;
  rowsRead: number;
}

export interface CsvOptions {
  /** Worker threads (2); 0 or a file of one block: all is done on this thread. The result is the same. */
  readonly workers?: number;
  /** A batch is looked at and left: its arrays change when the next one is asked for. */
  readonly passing?: boolean;
  /** Rows that a batch has at least, except the last; otherwise a batch is what one block gives. */
  readonly batchRows?: number;
  /** Bytes that are parsed at a time (4 MiB). Where batches end depends on it, and nothing else. */
  readonly blockBytes?: number;
}

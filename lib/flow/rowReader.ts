import type { Tally } from "../base/tally.js";
import type { Table, TextColumn } from "../table/table.js";

/** Consecutive rows of one file, in line order. */
export interface RowBatch {
  /** One row a flow: every column of the file's dialect. */
  readonly table: Table;
  /** The label text of each row, as its dialect understands it; null when the file has no label column. */
  readonly labels: TextColumn | null;
  /** Line number (from 1) of each row. */
  readonly lines: Float64Array;
  /** Number (from 0) of each row among all data rows of the file, unreadable ones included. */
  readonly inputRows: Float64Array;
}

/** What was counted while a file was read; complete when its last batch has been taken. */
export interface RowCounts {
  rowsRead: number;
  readonly dropped: Tally;
  readonly repaired: Tally;
  /** Columns of the file that its dialect does not have. */
  ignoredColumns: readonly string[];
  /** Columns of the dialect that the file does not have: missing in every row. */
  absentColumns: readonly string[];
  /** What a reader of the data card should know about the file. */
  readonly notes?: readonly string[];
}

/** One file of flows, read in batches so that it need not fit in memory; it can be read once. */
export interface RowReader {
  readonly counts: RowCounts;
  /**
   * @param passing each batch is looked at and left: its arrays may change when the next one is asked for
   * @throws FormatError or DataError when the file cannot be read on
   */
  batches(passing?: boolean): AsyncGenerator<RowBatch, void>;
}

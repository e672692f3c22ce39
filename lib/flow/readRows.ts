import type { Tally } from "../base/tally.js";
import type { Table, TextColumn } from "../table/table.js";

/** What was read from one file of flows, in line order; every row that could not be read or was mended is counted. */
export interface ReadRows {
  /** One row a flow: the columns of the file's dialect. */
  readonly table: Table;
  /** The label text of each row, as its dialect understands it; null when the file has no label column. */
  readonly labels: TextColumn | null;
  /** Line number (from 1) of each row. */
  readonly lines: Float64Array;
  /** Number (from 0) of each row among all data rows of the file, unreadable ones included. */
  readonly inputRows: Float64Array;
  readonly rowsRead: number;
  readonly dropped: Tally;
  readonly repaired: Tally;
  /** Columns of the file that `table` does not have. */
  readonly ignoredColumns: readonly string[];
  /** Columns of `table` that the file does not have: missing in every row. */
  readonly absentColumns: readonly string[];
}

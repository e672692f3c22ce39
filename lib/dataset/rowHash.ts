import { HashKernel } from "../table/rows/hash.js";
import type { Column, Table } from "../table/table.js";

/**
 * A hash of the values of some columns, for each row of a table: equal rows have equal hashes (two missing values are
 * equal, 0 equals -0, a text is its characters and not its place in a dictionary), and among 16 million different rows
 * a false match has a chance of 1e-5.
 * @param columns one that the table lacks counts as missing in every row. Whoever asks next for the same columns of the
 *   same rows (ingest after the audit) gets them cheaply.
 * @param more columns that are taken in, too
 * @returns 64 bits a row, in two words; they last until the next call
 */
export function rowHashes(
  table: Table,
  columns: readonly string[],
  more: readonly string[] = [],
): Int32Array {
  const { rows } = table;
  const columnOf = (name: string): Column | null => (table.has(name) ? table.column(name) : null);
  kernel ??= new HashKernel();
  if (kernel.reserve(rows)) last = undefined;
  const own = columns.map(columnOf);
  if (
    last?.rows !== rows ||
    last.columns.length !== own.length ||
    own.some((each, i) => each !== last?.columns[i])
  ) {
    kernel.clear(0, rows);
    for (const column of own) kernel.take(0, rows, column);
    last = { rows, columns: own };
  }
  if (more.length === 0) return kernel.words(0, rows);
  kernel.copy(rows);
  for (const name of more) kernel.take(1, rows, columnOf(name));
  return kernel.words(1, rows);
}

let kernel: HashKernel | undefined;
/** What its first set is of. */
let last: { readonly rows: number; readonly columns: readonly (Column | null)[] } | undefined;

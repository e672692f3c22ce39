import { isGzip } from "../table/bytes/gzip.js";
import { readHead } from "../table/bytes/head.js";
import { firstBytes } from "../table/bytes/open.js";
import { csvText } from "../table/csv.js";
import { readParquetBatches } from "../table/parquet.js";

/** Rows of a Parquet file that decide what it is. */
const FIRST_ROWS = 20;

/**
 * The beginning of a file as text, for `Dialect.recognise`: see `readHead`. Of a Parquet file it is its first rows as CSV
 * with a header, so that a copy of delimited text is known for what it is a copy of; "" when it is damaged.
 * @throws DataError when the file is not there or cannot be read
 */
export async function headOf(path: string): Promise<string> {
  if (!isParquet(path)) return readHead(path);
  try {
    const batches = readParquetBatches(path, undefined, { skipUnreadable: true, batchRows: FIRST_ROWS });
    const first = await batches.next();
    await batches.return(undefined);
    return first.done === true ? "" : csvText(first.value);
  } catch {
    return ""; // what is wrong with it will be said when it is read
  }
}

/** Why there is no text at the beginning of a file. */
export function whyEmpty(path: string): string {
  if (isParquet(path)) return "a Parquet file that is damaged or has no rows";
  return isGzip(firstBytes(path, 2)) ? "a gzip stream that is damaged or empty" : "it is empty";
}

/** Whether a file is Parquet, by its first bytes. @throws DataError when it cannot be read */
export function isParquet(path: string): boolean {
  return Buffer.from(firstBytes(path, 4)).toString("latin1") === "PAR1";
}

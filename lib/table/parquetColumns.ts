import { duckdb, quoted } from "./parquet.js";

/** The names of a Parquet file's columns; no row is read. */
export async function parquetColumns(path: string): Promise<readonly string[]> {
  const connection = await duckdb();
  return (await connection.stream(`SELECT * FROM read_parquet(${quoted(path)}) LIMIT 0`)).columnNames();
}

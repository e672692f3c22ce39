import { duckdb, quoted } from "#lib/table/duckdb.js";
import type { Table } from "#lib/table/table.js";

/** The columns of a Parquet file as DuckDB reads them: a way to check the writer that shares no code with it. */
export async function duckdbColumns(path: string): Promise<Record<string, unknown[]>> {
  const connection = await duckdb();
  const names = (
    await connection.stream(`SELECT * FROM read_parquet(${quoted(path)}) LIMIT 0`)
  ).columnNames();
  // DuckDB's package drops a byte order mark at the front of a text; as bytes it stays.
  const types = (
    await connection.stream(`SELECT * FROM read_parquet(${quoted(path)}) LIMIT 0`)
  ).columnTypes();
  const wanted = names.map((name, i) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return String(types[i]) === "VARCHAR" ? `encode(${column})` : column;
  });
  const result = await connection.runAndReadAll(
    `SELECT ${wanted.join(", ")} FROM read_parquet(${quoted(path)})`,
  );
  const columns = result.getColumns();
  return Object.fromEntries(names.map((name, i) => [name, (columns[i] ?? []).map(plain)]));
}

/** The columns of a table in the same form. */
export function tableColumns(table: Table): Record<string, unknown[]> {
  return Object.fromEntries(
    table.names.map((name) => {
      const column = table.column(name);
      if (column.kind === "text") return [name, table.strings(name)];
      return [name, Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))];
    }),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  const bytes = (value as { bytes?: Uint8Array } | null)?.bytes;
  return bytes === undefined ? value : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

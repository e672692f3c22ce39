import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

let instance: Promise<DuckDBInstance> | undefined;
let shared: Promise<DuckDBConnection> | undefined;

/**
 * A connection of its own to the process's DuckDB (in memory, one thread, so that rows keep their order; loaded at the
 * first use): for a stream of rows, which the next query on its connection would end. Close it with `closeSync`.
 */
export async function duckdbConnection(): Promise<DuckDBConnection> {
  instance ??= import("@duckdb/node-api").then(({ DuckDBInstance }) =>
    DuckDBInstance.create(":memory:", { threads: "1" }),
  );
  return (await instance).connect();
}

/** The connection that is shared by whoever asks one thing at a time. */
export function duckdb(): Promise<DuckDBConnection> {
  shared ??= duckdbConnection();
  return shared;
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

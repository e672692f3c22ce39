import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { duckdbConnection, quoted } from "../duckdb.js";
import { Table } from "../table.js";
import { type ColumnSink, columnSink, type Reading, readingOf } from "./duckColumn.js";
import type { ParquetColumn, ParquetFile, UnreadableColumn } from "./format.js";

/** A Parquet file of anybody (pandas, polars, Spark, DuckDB), read by DuckDB. */
export class DuckFile implements ParquetFile {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly source: string,
    readonly rows: number,
    readonly columns: readonly ParquetColumn[],
    readonly unreadable: readonly UnreadableColumn[],
    private readonly readings: ReadonlyMap<string, Reading>,
  ) {}

  /** @throws what DuckDB throws when it is not Parquet */
  static async open(path: string): Promise<DuckFile> {
    const connection = await duckdbConnection();
    try {
      const source = `read_parquet(${quoted(path)})`;
      const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${source}`);
      const shape = await connection.stream(`SELECT * FROM ${source} LIMIT 0`);
      const found = shape.columnNames().map((name, i) => {
        const type = String(shape.columnType(i));
        return { name, type, reading: readingOf(name, type) };
      });
      const readings = new Map<string, Reading>();
      for (const { name, reading } of found) if (reading !== undefined) readings.set(name, reading);
      return new DuckFile(
        connection,
        source,
        Number(counted.getRows()[0][0]),
        [...readings].map(([name, { type }]) => ({ name, type })),
        found.filter(({ reading }) => reading === undefined).map(({ name, type }) => ({ name, type })),
        readings,
      );
    } catch (error) {
      connection.closeSync();
      throw error;
    }
  }

  async table(columns: readonly ParquetColumn[]): Promise<Table> {
    const sinks = columns.map(({ type }, i) => columnSink(type, i, this.rows));
    for await (const chunk of this.chunks(columns)) {
      for (const sink of sinks) sink.add(chunk, 0, chunk.rowCount);
    }
    return taken(columns, sinks);
  }

  async *batches(columns: readonly ParquetColumn[], batchRows: number): AsyncGenerator<Table> {
    const sinks = columns.map(({ type }, i) => columnSink(type, i, batchRows));
    let held = 0;
    for await (const chunk of this.chunks(columns)) {
      for (let from = 0; from < chunk.rowCount; ) {
        const count = Math.min(chunk.rowCount - from, batchRows - held);
        for (const sink of sinks) sink.add(chunk, from, count);
        from += count;
        held += count;
        if (held < batchRows) continue;
        yield taken(columns, sinks);
        held = 0;
      }
    }
    if (held > 0) yield taken(columns, sinks);
  }

  async close(): Promise<void> {
    this.connection.closeSync();
  }

  private async *chunks(columns: readonly ParquetColumn[]): AsyncGenerator<DuckDBDataChunk> {
    const wanted = columns.map(({ name }) => this.readings.get(name)?.sql).join(", ");
    const result = await this.connection.stream(`SELECT ${wanted} FROM ${this.source}`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield chunk;
    }
  }
}

function taken(columns: readonly ParquetColumn[], sinks: readonly ColumnSink[]): Table {
  return Table.of(new Map(columns.map(({ name }, i) => [name, sinks[i].take()])));
}

import { DataError, SchemaError } from "../../base/errors.js";
import type { Table } from "../table.js";
import { EncodeTeam } from "./encodeTeam.js";
import { type EncodedChunk, MAGIC, type ParquetColumn, ROW_GROUP_ROWS } from "./format.js";
import { footer, type PlacedChunk, type PlacedRowGroup } from "./metadata.js";
import { PendingFile } from "./pendingFile.js";
import { type ColumnBuffer, columnBuffer } from "./rowGroup.js";

export type { ParquetColumn } from "./format.js";

export interface ParquetWriterOptions {
  /** Threads that encode; with 1 it is done on this one. Says nothing about the bytes. */
  readonly workers?: number;
  /** Rows of a row group (122,880); the bytes depend on it. */
  readonly rowGroupRows?: number;
}

/**
 * Writes a Parquet file from batches of rows, in memory for two row groups. The same rows give the same bytes,
 * whatever the batches, the workers and the machine. The file has its name when `finish` has returned; after an error
 * it is as if nothing had been written.
 * Works badly for texts that are long and all different: they are stored one by one.
 */
export class ParquetWriter {
  readonly copies = true;
  private readonly placed: PlacedRowGroup[] = [];
  private readonly spare: ColumnBuffer[][] = [];
  private current: ColumnBuffer[];
  private rows = 0;
  /** The row group that is being encoded and written while the next one is filled. */
  private behind: Promise<void> = Promise.resolve();
  private state: "open" | "finished" | "aborted" = "open";

  private constructor(
    private readonly path: string,
    private readonly columns: readonly ParquetColumn[],
    private readonly file: PendingFile,
    private readonly team: EncodeTeam,
    private readonly rowGroupRows: number,
  ) {
    this.current = this.buffers();
  }

  /** @throws DataError when there are no columns, two have one name, or the file cannot be made */
  static async open(
    path: string,
    columns: readonly ParquetColumn[],
    options: ParquetWriterOptions = {},
  ): Promise<ParquetWriter> {
    checkNames(path, columns);
    const file = await PendingFile.open(path);
    await file.write(new TextEncoder().encode(MAGIC));
    const team = new EncodeTeam(options.workers);
    return new ParquetWriter(path, columns, file, team, options.rowGroupRows ?? ROW_GROUP_ROWS);
  }

  /**
   * Add the rows of a table that has at least these columns. Waits while more than one row group is not yet written.
   * @throws SchemaError when a column is missing or text where numbers were expected, DataError when the disk is full or
   *   an int64 column holds a fraction
   */
  async append(table: Table): Promise<void> {
    await this.guarded(async () => {
      const columns = this.columns.map(({ name }) => table.column(name));
      for (let from = 0; from < table.rows; ) {
        const count = Math.min(table.rows - from, this.rowGroupRows - this.rows);
        columns.forEach((column, i) => {
          this.current[i].fill(column, from, from + count, this.rows);
        });
        from += count;
        this.rows += count;
        if (this.rows === this.rowGroupRows) await this.flush();
      }
    });
  }

  /**
   * Write what is left and give the file its name.
   * @param options.drop columns of nothing but missing values that the file shall not name
   * @throws DataError when a column of `drop` holds a value, or no column is left
   */
  async finish(options: { readonly drop?: readonly string[] } = {}): Promise<void> {
    await this.guarded(async () => {
      if (this.rows > 0) await this.flush();
      await this.behind;
      const kept = this.kept(options.drop ?? []);
      const columns = kept.map((i) => this.columns[i]);
      const groups = this.placed.map(({ rows, chunks }) => ({ rows, chunks: kept.map((i) => chunks[i]) }));
      await this.file.write(footer(columns, groups));
      await this.file.commit();
      this.state = "finished";
      await this.team.leave();
    });
  }

  /** Leave it: nothing is there afterwards. Does nothing when the file is finished. */
  async abort(): Promise<void> {
    if (this.state !== "open") return;
    this.state = "aborted";
    await this.team.leave();
    await this.behind.catch(() => undefined);
    await this.file.discard();
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    if (this.state !== "open") throw new DataError(`write: ${this.path} is ${this.state} already.`);
    try {
      await work();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Hand the row group over, and go on with another buffer once the one before it is written. */
  private async flush(): Promise<void> {
    await this.behind;
    const { current, rows } = this;
    const encoded = this.team.encode(
      current.map((buffer) => buffer.values(rows)),
      rows,
    );
    this.behind = encoded.then(async (chunks) => {
      await this.write(rows, chunks);
      for (const buffer of current) buffer.clear();
      this.spare.push(current);
    });
    // A failure is thrown where the next one waits for it.
    this.behind.catch(() => undefined);
    this.current = this.spare.pop() ?? this.buffers();
    this.rows = 0;
  }

  private buffers(): ColumnBuffer[] {
    return this.columns.map((column) => columnBuffer(column, this.rowGroupRows));
  }

  private async write(rows: number, encoded: readonly EncodedChunk[]): Promise<void> {
    let offset = this.file.size;
    const chunks = encoded.map(({ bytes, ...chunk }): PlacedChunk => {
      const placed = { ...chunk, offset, size: bytes.length };
      offset += bytes.length;
      return placed;
    });
    await this.file.write(...encoded.map(({ bytes }) => bytes));
    this.placed.push({ rows, chunks });
  }

  private kept(drop: readonly string[]): number[] {
    for (const name of drop) {
      const at = this.columns.findIndex((column) => column.name === name);
      const values = this.placed.some(
        ({ chunks }) => at >= 0 && chunks[at].statistics.nullCount < chunks[at].rows,
      );
      if (values)
        throw new DataError(`write: ${this.path}: column "${name}" holds values and cannot be dropped.`);
    }
    const kept = [...this.columns.keys()].filter((i) => !drop.includes(this.columns[i].name));
    checkLeft(this.path, kept);
    return kept;
  }
}

/** Write a table as Parquet, atomically; the same table gives the same bytes. */
export async function writeParquet(path: string, table: Table): Promise<void> {
  const columns = table.names.map((name): ParquetColumn => {
    const column = table.column(name);
    return { name, type: column.kind === "text" ? "text" : column.type };
  });
  const writer = await ParquetWriter.open(path, columns);
  await writer.append(table);
  await writer.finish();
}

/** Readers take names without regard to case (DuckDB, Spark): two that differ in nothing else would be one. */
function checkNames(path: string, columns: readonly ParquetColumn[]): void {
  checkLeft(path, columns);
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const twin = seen.get(name.toLowerCase());
    if (twin !== undefined) {
      throw new SchemaError(
        `write: ${path}: columns "${twin}" and "${name}" have one name, upper and lower case apart. Rename one.`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}

function checkLeft(path: string, columns: readonly unknown[]): void {
  if (columns.length === 0) throw new DataError(`write: ${path}: a table without columns cannot be stored.`);
}

import { concatTables, Table } from "../table/table.js";

/** Where rows go, batch by batch: a Parquet file, or a table in memory. */
export interface RowSink {
  /** What is appended is copied at once: its arrays may change afterwards. */
  readonly copies?: true;
  append(table: Table): Promise<void>;
  /** @param options.drop columns that turned out to be empty and are left out */
  finish(options?: { readonly drop?: readonly string[] }): Promise<void>;
  /** Leave nothing behind. */
  abort(): Promise<void>;
}

/** Keeps everything in memory. */
export class TableSink implements RowSink {
  private batches: Table[] = [];

  append(table: Table): Promise<void> {
    this.batches.push(table);
    return Promise.resolve();
  }

  finish({ drop = [] }: { readonly drop?: readonly string[] } = {}): Promise<void> {
    const all = this.batches.length === 0 ? Table.of({}) : concatTables(this.batches);
    this.batches = [all.select(all.names.filter((name) => !drop.includes(name)))];
    return Promise.resolve();
  }

  abort(): Promise<void> {
    this.batches = [];
    return Promise.resolve();
  }

  /** The rows, once finished. */
  table(): Table {
    return this.batches[0];
  }
}

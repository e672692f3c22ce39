import type { ModelCost } from "../base/cost.js";
import type { RowSink } from "../dataset/sink.js";
import type { ParquetColumn } from "../table/parquet/writer.js";
import type { Table } from "../table/table.js";
import type { Params } from "./params.js";

/** Everything a stage may touch: files below the project's root, and a log. Paths use forward slashes. */
export interface StageIo {
  /** What stands after the stage's name: `site` of split@site, `site-forest` of train@site-forest; "" for none. */
  readonly key: string;
  /** Absolute path of a file of the project, for libraries that need one. */
  path(relative: string): string;
  /** All columns, or `columns` and those of `optional` that the file has. */
  readTable(relative: string, columns?: readonly string[], optional?: readonly string[]): Promise<Table>;
  /** Names of the columns of a table. */
  columnsOf(relative: string): Promise<readonly string[]>;
  /** The same rows in batches, for what must not hold a whole file. */
  readBatches(
    relative: string,
    columns?: readonly string[],
    optional?: readonly string[],
  ): AsyncGenerator<Table, void>;
  writeTable(relative: string, table: Table): Promise<void>;
  /** For a table that comes batch by batch; the file is there when `finish` has returned. */
  openTable(relative: string, columns: readonly ParquetColumn[]): Promise<RowSink>;
  readJson<T>(relative: string): T;
  writeJson(relative: string, value: unknown): void;
  writeText(relative: string, text: string | Uint8Array): void;
  exists(relative: string): boolean;
  /** Sorted names in a folder; empty when it is not there. */
  list(relative: string): string[];
  remove(relative: string): void;
  /** What a model cost here, for runs/cost: times are no output. */
  cost(part: ModelCost): void;
  /** A line for a person, on stderr. */
  log(line: string): void;
}

/** A stage of dvc.yaml: a pure function of the files, parameters and seed that dvc.yaml lists for it. */
export interface Stage {
  readonly name: string;
  run(params: Params, io: StageIo): Promise<void>;
}

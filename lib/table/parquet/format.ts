import type { Table } from "../table.js";

/*
 * The words of the Parquet format that are used here.
 * Source: apache/parquet-format, parquet.thrift and Encodings.md.
 */

/** A column of a Parquet file as the kit sees it; integers of any width are `int64`. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "float32" | "float64" | "int64" | "text";
}

export type ColumnType = ParquetColumn["type"];

/** A column whose type is neither numbers nor text (lists, structs, bytes), with DuckDB's name for the type. */
export interface UnreadableColumn {
  readonly name: string;
  readonly type: string;
}

/** A Parquet file that is open for reading. Errors are of many kinds: whoever reads says that the file is at fault. */
export interface ParquetFile {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly unreadable: readonly UnreadableColumn[];
  /** All rows of some of its columns. */
  table(columns: readonly ParquetColumn[]): Promise<Table>;
  /** The rows in their order, at most `batchRows` at a time. */
  batches(columns: readonly ParquetColumn[], batchRows: number): AsyncGenerator<Table>;
  close(): Promise<void>;
}

/** Rows of a row group; the last one of a file has fewer. */
export const ROW_GROUP_ROWS = 122_880;

export const MAGIC = "PAR1";

/** What the footer says wrote the file; no version, so that the bytes stay. */
export const CREATED_BY = "nidslab";

export const PhysicalType = { float32: 4, float64: 5, int64: 2, text: 6 } as const satisfies Record<
  ColumnType,
  number
>;

export const Encoding = {
  PLAIN: 0,
  RLE: 3,
  DELTA_BINARY_PACKED: 5,
  RLE_DICTIONARY: 8,
  BYTE_STREAM_SPLIT: 9,
} as const;

export const Codec = { UNCOMPRESSED: 0, SNAPPY: 1 } as const;

export const PageType = { DATA: 0, DICTIONARY: 2 } as const;

/** What a column chunk's statistics say; `min` and `max` are in the PLAIN encoding, absent when no value is there. */
export interface ChunkStatistics {
  readonly nullCount: number;
  readonly min?: Uint8Array;
  readonly max?: Uint8Array;
}

/** A column chunk: its bytes (page headers and pages) and what the footer says of it. Offsets are into `bytes`. */
export interface EncodedChunk {
  readonly bytes: Uint8Array;
  /** Number of rows, missing values included. */
  readonly rows: number;
  readonly codec: number;
  readonly encodings: readonly number[];
  /** Size of `bytes` if nothing were compressed. */
  readonly uncompressedSize: number;
  /** Where the data page begins when a dictionary page stands before it, else absent. */
  readonly dataPageAt?: number;
  readonly statistics: ChunkStatistics;
}

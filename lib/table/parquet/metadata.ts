import { ByteBuffer } from "./byteBuffer.js";
import {
  type ChunkStatistics,
  CREATED_BY,
  type EncodedChunk,
  Encoding,
  MAGIC,
  PageType,
  type ParquetColumn,
  PhysicalType,
} from "./format.js";
import { ThriftWriter } from "./thrift.js";

const OPTIONAL = 1;
const UTF8 = 0;

/** A column chunk that is in the file: all but its bytes, and where they begin. */
export interface PlacedChunk extends Omit<EncodedChunk, "bytes"> {
  readonly offset: number;
  readonly size: number;
}

/** A row group that is in the file; its chunks are in the order of the columns. */
export interface PlacedRowGroup {
  readonly rows: number;
  readonly chunks: readonly PlacedChunk[];
}

export interface PageSize {
  readonly uncompressed: number;
  readonly compressed: number;
}

/** Write a data page's header (version 1: levels and values are one compressed block). */
export function dataPageHeader(out: ByteBuffer, rows: number, encoding: number, size: PageSize): void {
  pageHeader(out, PageType.DATA, size, (header) => {
    header.struct(5, (data) => {
      data.i32(1, rows);
      data.i32(2, encoding);
      data.i32(3, Encoding.RLE);
      data.i32(4, Encoding.RLE);
    });
  });
}

export function dictionaryPageHeader(out: ByteBuffer, values: number, size: PageSize): void {
  pageHeader(out, PageType.DICTIONARY, size, (header) => {
    header.struct(7, (dictionary) => {
      dictionary.i32(1, values);
      dictionary.i32(2, Encoding.PLAIN);
    });
  });
}

function pageHeader(
  out: ByteBuffer,
  type: number,
  size: PageSize,
  fill: (header: ThriftWriter) => void,
): void {
  new ThriftWriter(out).body((header) => {
    header.i32(1, type);
    header.i32(2, size.uncompressed);
    header.i32(3, size.compressed);
    fill(header);
  });
}

/** The end of a file: FileMetaData, its length, the magic word. Names nothing that differs between machines. */
export function footer(columns: readonly ParquetColumn[], groups: readonly PlacedRowGroup[]): Uint8Array {
  const out = new ByteBuffer();
  new ThriftWriter(out).body((file) => {
    file.i32(1, 1);
    file.structs(2, [undefined, ...columns], schemaElement(columns.length));
    file.i64(
      3,
      groups.reduce((sum, group) => sum + group.rows, 0),
    );
    file.structs(4, groups, (inner, group) => rowGroup(inner, group, columns, groups.indexOf(group)));
    file.string(6, CREATED_BY);
    // Without an order of its type a column's min and max are not used.
    file.structs(7, columns, (order) => order.struct(1, () => undefined));
  });
  out.uint32(out.length);
  out.append(new TextEncoder().encode(MAGIC));
  return out.written();
}

function schemaElement(count: number) {
  return (element: ThriftWriter, column: ParquetColumn | undefined): void => {
    if (column === undefined) {
      element.string(4, "schema");
      element.i32(5, count);
      return;
    }
    element.i32(1, PhysicalType[column.type]);
    element.i32(3, OPTIONAL);
    element.string(4, column.name);
    if (column.type !== "text") return;
    element.i32(6, UTF8);
    element.struct(10, (logical) => logical.struct(1, () => undefined));
  };
}

function rowGroup(
  out: ThriftWriter,
  group: PlacedRowGroup,
  columns: readonly ParquetColumn[],
  ordinal: number,
): void {
  const chunks = group.chunks.map((chunk, i) => ({ chunk, column: columns[i] }));
  out.structs(1, chunks, (inner, { chunk, column }) => {
    inner.i64(2, 0);
    inner.struct(3, (meta) => chunkMetadata(meta, chunk, column));
  });
  out.i64(
    2,
    group.chunks.reduce((sum, chunk) => sum + chunk.uncompressedSize, 0),
  );
  out.i64(3, group.rows);
  out.i64(5, group.chunks[0].offset);
  out.i64(
    6,
    group.chunks.reduce((sum, chunk) => sum + chunk.size, 0),
  );
  // The ordinal is a 16-bit integer, and optional.
  if (ordinal < 2 ** 15) out.i16(7, ordinal);
}

function chunkMetadata(out: ThriftWriter, chunk: PlacedChunk, column: ParquetColumn): void {
  out.i32(1, PhysicalType[column.type]);
  out.i32s(2, chunk.encodings);
  out.strings(3, [column.name]);
  out.i32(4, chunk.codec);
  out.i64(5, chunk.rows);
  out.i64(6, chunk.uncompressedSize);
  out.i64(7, chunk.size);
  out.i64(9, chunk.offset + (chunk.dataPageAt ?? 0));
  if (chunk.dataPageAt !== undefined) out.i64(11, chunk.offset);
  out.struct(12, (inner) => statistics(inner, chunk.statistics));
}

function statistics(out: ThriftWriter, { nullCount, min, max }: ChunkStatistics): void {
  out.i64(3, nullCount);
  if (max !== undefined) out.binary(5, max);
  if (min !== undefined) out.binary(6, min);
}

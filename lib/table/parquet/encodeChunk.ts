import { DataError } from "../../base/errors.js";
import { codeCounts } from "../table.js";
import { ByteBuffer } from "./byteBuffer.js";
import { appendBytes, markPresent, startOf, textRange, writeDense } from "./codedTexts.js";
import { type ChunkStatistics, Codec, type EncodedChunk, Encoding } from "./format.js";
import { bitWidth } from "./hybrid.js";
import { EncodeKernel } from "./kernel.js";
import { dataPageHeader, dictionaryPageHeader } from "./metadata.js";

/** One column of one row group, as typed arrays that can be sent to a thread. */
export type ChunkValues = NumberValues | TextValues;

export interface NumberValues {
  readonly type: "float32" | "float64" | "int64";
  /** The column's name, for messages. */
  readonly name: string;
  /** NaN is a missing value. */
  readonly values: Float32Array | Float64Array;
}

export interface TextValues {
  readonly type: "text";
  readonly name: string;
  /** -1 is a missing value. */
  readonly codes: Int32Array;
  /** The distinct texts as UTF-8, one after the other; text i ends at `ends[i]`. */
  readonly utf8: Uint8Array;
  readonly ends: Int32Array;
}

/** Most distinct numbers of a chunk that are looked for. */
const DICTIONARY_LIMIT = 16_384;
/** Largest spread (max - min) of integers that are stored as differences: those, and their differences, are exact in doubles. */
const DELTA_SPREAD = 2 ** 51;
/** A compressed page that is not smaller than this share of it is stored as it was. */
const WORTH = 0.95;
/** Most bytes of the headers of a chunk's pages. */
const HEADERS = 128;

/**
 * Makes column chunks: numbers and texts of few distinct values as a dictionary, other integers as differences, other
 * floats as byte streams, other texts as their lengths and their bytes, compressed with Snappy where that pays. The same values give the same bytes.
 * Keeps its working memory from chunk to chunk (`EncodeKernel`).
 */
export class ChunkEncoder {
  private readonly kernel = new EncodeKernel(DICTIONARY_LIMIT);
  /** Where the chunk at hand may go. */
  private place: Uint8Array | undefined;

  /**
   * Encode values. Those in shared memory are lost: if the chunk fits, its bytes take their place, so that nothing is
   * allocated for it or sent.
   * @throws DataError when an int64 column holds a fraction or a number beyond 64 bits
   */
  encode(chunk: ChunkValues): EncodedChunk {
    const { buffer } = chunk.type === "text" ? chunk.codes : chunk.values;
    this.place = buffer instanceof SharedArrayBuffer ? new Uint8Array(buffer) : undefined;
    return chunk.type === "text" ? this.encodeText(chunk) : this.encodeNumbers(chunk);
  }

  private encodeNumbers({ type, name, values }: NumberValues): EncodedChunk {
    const { kernel } = this;
    const rows = values.length;
    const size = type === "float32" ? 4 : 8;
    kernel.begin(values, mostBytes(rows), size * Math.min(rows, DICTIONARY_LIMIT));
    const { count, min, max, whole } = kernel.range();
    if (type === "int64") checkIntegers(values, { min, max, whole }, name);
    this.writeLevels(rows, count, () => kernel.present());
    if (count < rows) kernel.compact(count);
    const nullCount = rows - count;
    // Zero has two signs: the least of them stands for the minimum, the greatest for the maximum.
    const statistics: ChunkStatistics =
      count === 0
        ? { nullCount }
        : {
            nullCount,
            min: plainBytes(type, min === 0 ? -0 : min),
            max: plainBytes(type, max === 0 ? 0 : max),
          };
    const distinct = kernel.distinct();
    const dictionarySize = distinct * size + (count * bitWidth(distinct - 1)) / 8;
    if (distinct > 0 && dictionarySize < 0.75 * count * size) {
      if (type === "int64") kernel.toIntegers(kernel.dictionaryPage, distinct);
      this.writePlaces(count, distinct);
      return this.assemble(rows, Encoding.RLE_DICTIONARY, statistics, distinct);
    }
    kernel.dictionaryPage.clear();
    if (type === "int64" && count > 0 && max - min < DELTA_SPREAD) {
      kernel.differences();
      return this.assemble(rows, Encoding.DELTA_BINARY_PACKED, statistics);
    }
    if (type === "int64" || count < 64) {
      if (type === "int64") kernel.integers();
      else kernel.plain();
      return this.assemble(rows, Encoding.PLAIN, statistics);
    }
    kernel.byteStreams();
    return this.assemble(rows, Encoding.BYTE_STREAM_SPLIT, statistics);
  }

  private encodeText({ codes, utf8, ends }: TextValues): EncodedChunk {
    const { kernel } = this;
    const rows = codes.length;
    const distinct = ends.length;
    const dictionaryBytes = distinct * 4 + utf8.length;
    kernel.begin(codes, mostBytes(rows) + dictionaryBytes, dictionaryBytes);
    const { places, page, dictionaryPage } = kernel;
    const rowsOf = codeCounts(codes, distinct);
    const count = rowsOf.reduce((a, b) => a + b, 0);
    this.writeLevels(rows, count, () => markPresent(codes, places));
    const statistics = { nullCount: rows - count, ...textRange(utf8, ends) };
    const dictionarySize = dictionaryBytes + (count * bitWidth(distinct - 1)) / 8;
    if (count === 0) return this.assemble(rows, Encoding.PLAIN, statistics);
    writeDense(codes, places);
    const plainSize = rowsOf.reduce((sum, n, code) => sum + n * (4 + ends[code] - startOf(ends, code)), 0);
    if (dictionarySize < plainSize) {
      for (let code = 0; code < distinct; code++) {
        dictionaryPage.uint32(ends[code] - startOf(ends, code));
        appendBytes(utf8, ends, code, dictionaryPage);
      }
      this.writePlaces(count, distinct);
      return this.assemble(rows, Encoding.RLE_DICTIONARY, statistics, distinct);
    }
    const dense = places.subarray(0, count);
    kernel.differences(count, (lengths) => {
      dense.forEach((code, i) => {
        lengths[i] = ends[code] - startOf(ends, code);
      });
    });
    for (const code of dense) appendBytes(utf8, ends, code, page);
    return this.assemble(rows, Encoding.DELTA_LENGTH_BYTE_ARRAY, statistics);
  }

  /**
   * Definition levels: 1 where a value is, 0 where it is missing; their size stands before them.
   * @param mark writes them to the kernel's places
   */
  private writeLevels(rows: number, count: number, mark: () => void): void {
    const { kernel } = this;
    const { page } = kernel;
    page.uint32(0);
    if (count === rows || count === 0) {
      page.varint(rows * 2);
      page.byte(count === 0 ? 0 : 1);
    } else {
      mark();
      kernel.hybrid(rows, 1);
    }
    page.view.setUint32(0, page.length - 4, true);
  }

  private writePlaces(count: number, distinct: number): void {
    const width = bitWidth(distinct - 1);
    this.kernel.page.byte(width);
    this.kernel.hybrid(count, width);
  }

  /** Compress where it pays and put headers and pages one after the other. */
  private assemble(
    rows: number,
    encoding: number,
    statistics: ChunkStatistics,
    distinct?: number,
  ): EncodedChunk {
    // In a page of byte streams the last bytes shrink most.
    const pays = this.kernel.squeeze(WORTH, encoding !== Encoding.BYTE_STREAM_SPLIT);
    const { page: plain, dictionaryPage, squeezed, squeezedDictionary } = this.kernel;
    const plainSize = plain.length + dictionaryPage.length;
    const page = pays ? squeezed : plain;
    const dictionary = pays ? squeezedDictionary : dictionaryPage;

    const size = page.length + dictionary.length + HEADERS;
    const out =
      this.place !== undefined && this.place.length >= size
        ? ByteBuffer.over(this.place)
        : new ByteBuffer(size);
    if (distinct !== undefined) {
      dictionaryPageHeader(out, distinct, {
        uncompressed: dictionaryPage.length,
        compressed: dictionary.length,
      });
      out.append(dictionary.written());
    }
    const dataPageAt = out.length;
    dataPageHeader(out, rows, encoding, { uncompressed: plain.length, compressed: page.length });
    out.append(page.written());
    return {
      bytes: out.written(),
      rows,
      codec: pays ? Codec.SNAPPY : Codec.UNCOMPRESSED,
      encodings: distinct === undefined ? [Encoding.RLE, encoding] : [Encoding.PLAIN, Encoding.RLE, encoding],
      uncompressedSize: out.length - page.length - dictionary.length + plainSize,
      ...(distinct === undefined ? {} : { dataPageAt }),
      statistics,
    };
  }
}

/** Most bytes of a page of numbers or of the lengths of texts: differences of 64 bits, their widths, and levels. */
function mostBytes(rows: number): number {
  return Math.ceil(8.5 * rows) + 4096;
}

function checkIntegers(
  values: Float32Array | Float64Array,
  { min, max, whole }: { readonly min: number; readonly max: number; readonly whole: boolean },
  name: string,
): void {
  if (min < -(2 ** 63) || max >= 2 ** 63) outside(min < -(2 ** 63) ? min : max, name);
  if (!whole) outside(values.find((value) => Math.trunc(value) !== value && !Number.isNaN(value)) ?? 0, name);
}

function outside(value: number, name: string): never {
  throw new DataError(
    `write: column "${name}" is one of integers of 64 bits and holds ${value}. Make it a float64 column.`,
  );
}

function plainBytes(type: NumberValues["type"], value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(type === "float32" ? 4 : 8));
  if (type === "float32") bytes.setFloat32(0, value, true);
  else if (type === "float64") bytes.setFloat64(0, value, true);
  else bytes.setBigInt64(0, BigInt(value), true);
  return new Uint8Array(bytes.buffer);
}

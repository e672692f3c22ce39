import { DataError } from "../../base/errors.js";
import { ByteBuffer } from "./byteBuffer.js";
import { DELTA_SPREAD, deltaBinaryPacked } from "./delta.js";
import { type ChunkStatistics, Codec, type EncodedChunk, Encoding } from "./format.js";
import { bitWidth, hybrid } from "./hybrid.js";
import { dataPageHeader, dictionaryPageHeader } from "./metadata.js";
import { NumberDictionary } from "./numberDictionary.js";
import { snappy } from "./snappy.js";

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
/** A compressed page that is not smaller than this share of it is stored as it was. */
const WORTH = 0.9;
/** Longer texts are not named in the statistics. */
const LONGEST_STATISTIC = 64;
const TWO32 = 2 ** 32;

/**
 * Makes column chunks: numbers and texts of few distinct values as a dictionary, other integers as differences, other
 * floats as byte streams, compressed with Snappy where that pays. The same values give the same bytes.
 * Keeps its working memory from chunk to chunk.
 */
export class ChunkEncoder {
  private readonly page = new ByteBuffer();
  private readonly squeezed = new ByteBuffer();
  private readonly dictionaryPage = new ByteBuffer();
  private readonly squeezedDictionary = new ByteBuffer();
  private readonly numbers = new NumberDictionary(DICTIONARY_LIMIT);
  private levels = new Int32Array(0);
  private dense64 = new Float64Array(0);
  private dense32 = new Float32Array(0);

  /** @throws DataError when an int64 column holds a fraction or a number beyond 64 bits */
  encode(chunk: ChunkValues): EncodedChunk {
    this.page.clear();
    this.dictionaryPage.clear();
    return chunk.type === "text" ? this.encodeText(chunk) : this.encodeNumbers(chunk);
  }

  private encodeNumbers({ type, name, values }: NumberValues): EncodedChunk {
    const rows = values.length;
    const { count, min, max } = rangeOf(values);
    if (type === "int64") checkIntegers(values, min, max, name);
    this.writeLevels(rows, count, (i) => !Number.isNaN(values[i]));
    const dense = count === rows ? values : this.compact(values, count);
    const size = type === "float32" ? 4 : 8;
    const plainSize = count * size;
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
    const distinct = this.numbers.build(dense, count);
    const dictionarySize = distinct * size + (count * bitWidth(distinct - 1)) / 8;
    if (distinct > 0 && dictionarySize < 0.75 * plainSize) {
      appendPlain(type, this.numbers.distinct, distinct, this.dictionaryPage);
      this.writePlaces(this.numbers.places, count, distinct);
      return this.assemble(rows, Encoding.RLE_DICTIONARY, statistics, distinct);
    }
    if (type === "int64" && count > 0 && max - min < DELTA_SPREAD) {
      deltaBinaryPacked(dense, count, this.page);
      return this.assemble(rows, Encoding.DELTA_BINARY_PACKED, statistics);
    }
    if (type === "int64" || count < 64) {
      appendPlain(type, dense, count, this.page);
      return this.assemble(rows, Encoding.PLAIN, statistics);
    }
    appendByteStreams(dense, count, size, this.page);
    return this.assemble(rows, Encoding.BYTE_STREAM_SPLIT, statistics);
  }

  private encodeText({ codes, utf8, ends, name }: TextValues): EncodedChunk {
    const rows = codes.length;
    const distinct = ends.length;
    let count = 0;
    let plainSize = 0;
    for (let i = 0; i < rows; i++) {
      const code = codes[i];
      if (code < 0) continue;
      count++;
      plainSize += 4 + ends[code] - startOf(ends, code);
    }
    this.writeLevels(rows, count, (i) => codes[i] >= 0);
    const statistics = { nullCount: rows - count, ...textRange(utf8, ends) };
    const dictionarySize = distinct * 4 + utf8.length + (count * bitWidth(distinct - 1)) / 8;
    if (Math.min(plainSize, dictionarySize) > 2 ** 30) {
      throw new DataError(
        `write: column "${name}" holds more than 1 GiB of text in ${rows} rows, more than a Parquet page can. ` +
          `Leave the column out, or shorten its texts.`,
      );
    }
    if (distinct > 0 && dictionarySize < plainSize) {
      for (let code = 0; code < distinct; code++) appendText(utf8, ends, code, this.dictionaryPage);
      this.writePlaces(count === rows ? codes : codes.filter((code) => code >= 0), count, distinct);
      return this.assemble(rows, Encoding.RLE_DICTIONARY, statistics, distinct);
    }
    this.page.reserve(plainSize);
    for (let i = 0; i < rows; i++) if (codes[i] >= 0) appendText(utf8, ends, codes[i], this.page);
    return this.assemble(rows, Encoding.PLAIN, statistics);
  }

  /** Definition levels: 1 where a value is, 0 where it is missing; their size stands before them. */
  private writeLevels(rows: number, count: number, present: (row: number) => boolean): void {
    this.page.uint32(0);
    if (count === rows || count === 0) {
      this.page.varint(rows * 2);
      this.page.byte(count === 0 ? 0 : 1);
    } else {
      if (this.levels.length < rows) this.levels = new Int32Array(rows);
      for (let i = 0; i < rows; i++) this.levels[i] = present(i) ? 1 : 0;
      hybrid(this.levels, rows, 1, this.page);
    }
    this.page.view.setUint32(0, this.page.length - 4, true);
  }

  private writePlaces(places: Int32Array, count: number, distinct: number): void {
    const width = bitWidth(distinct - 1);
    this.page.byte(width);
    hybrid(places, count, width, this.page);
  }

  /** The values that are not missing, one after the other. */
  private compact(values: Float32Array | Float64Array, count: number): Float32Array | Float64Array {
    let dense: Float32Array | Float64Array;
    if (values instanceof Float32Array) {
      if (this.dense32.length < count) this.dense32 = new Float32Array(count);
      dense = this.dense32;
    } else {
      if (this.dense64.length < count) this.dense64 = new Float64Array(count);
      dense = this.dense64;
    }
    let at = 0;
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) dense[at++] = values[i];
    return dense;
  }

  /** Compress where it pays and put headers and pages one after the other. */
  private assemble(
    rows: number,
    encoding: number,
    statistics: ChunkStatistics,
    distinct?: number,
  ): EncodedChunk {
    this.squeezed.clear();
    this.squeezedDictionary.clear();
    snappy(this.page.written(), this.squeezed);
    if (distinct !== undefined) snappy(this.dictionaryPage.written(), this.squeezedDictionary);
    const plainSize = this.page.length + this.dictionaryPage.length;
    const pays = this.squeezed.length + this.squeezedDictionary.length < WORTH * plainSize;
    const page = pays ? this.squeezed : this.page;
    const dictionary = pays ? this.squeezedDictionary : this.dictionaryPage;

    const out = new ByteBuffer(page.length + dictionary.length + 64);
    if (distinct !== undefined) {
      dictionaryPageHeader(out, distinct, {
        uncompressed: this.dictionaryPage.length,
        compressed: dictionary.length,
      });
      out.append(dictionary.written());
    }
    const dataPageAt = out.length;
    dataPageHeader(out, rows, encoding, { uncompressed: this.page.length, compressed: page.length });
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

/** How many values are not missing, and their range. */
function rangeOf(values: Float32Array | Float64Array): { count: number; min: number; max: number } {
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    count++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { count, min, max };
}

function checkIntegers(values: Float32Array | Float64Array, min: number, max: number, name: string): void {
  if (min < -(2 ** 63) || max >= 2 ** 63) outside(min < -(2 ** 63) ? min : max, name);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Math.trunc(value) !== value && !Number.isNaN(value)) outside(value, name);
  }
}

function outside(value: number, name: string): never {
  throw new DataError(
    `write: column "${name}" is one of integers of 64 bits and holds ${value}. Make it a float64 column.`,
  );
}

function plainBytes(type: NumberValues["type"], value: number): Uint8Array {
  const out = new ByteBuffer(8);
  appendPlain(type, Float64Array.of(value), 1, out);
  return out.written();
}

function appendPlain(
  type: NumberValues["type"],
  values: Float32Array | Float64Array,
  count: number,
  out: ByteBuffer,
): void {
  out.reserve(count * 8);
  const { view } = out;
  let at = out.length;
  if (type === "float32") {
    for (let i = 0; i < count; i++, at += 4) view.setFloat32(at, values[i], true);
  } else if (type === "float64") {
    for (let i = 0; i < count; i++, at += 8) view.setFloat64(at, values[i], true);
  } else {
    for (let i = 0; i < count; i++, at += 8) {
      const high = Math.floor(values[i] / TWO32);
      view.setInt32(at, values[i] - high * TWO32, true);
      view.setInt32(at + 4, high, true);
    }
  }
  out.length = at;
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, and so on: like bytes stand together. */
function appendByteStreams(
  values: Float32Array | Float64Array,
  count: number,
  size: number,
  out: ByteBuffer,
): void {
  out.reserve(count * size);
  const { bytes } = out;
  const words = new Int32Array(values.buffer, values.byteOffset, (count * size) / 4);
  const step = size / 4;
  for (let word = 0; word < step; word++) {
    let first = out.length;
    let second = first + count;
    let third = second + count;
    let fourth = third + count;
    for (let i = word; i < words.length; i += step) {
      const bits = words[i];
      bytes[first++] = bits;
      bytes[second++] = bits >>> 8;
      bytes[third++] = bits >>> 16;
      bytes[fourth++] = bits >>> 24;
    }
    out.length += 4 * count;
  }
}

function appendText(utf8: Uint8Array, ends: Int32Array, code: number, out: ByteBuffer): void {
  const from = startOf(ends, code);
  const to = ends[code];
  out.uint32(to - from);
  out.reserve(to - from);
  if (to - from < 32) for (let i = from, at = out.length; i < to; i++) out.bytes[at++] = utf8[i];
  else out.bytes.set(utf8.subarray(from, to), out.length);
  out.length += to - from;
}

/** Least and greatest text by bytes; nothing when one of them is long. */
function textRange(utf8: Uint8Array, ends: Int32Array): { min?: Uint8Array; max?: Uint8Array } {
  if (ends.length === 0) return {};
  let min = 0;
  let max = 0;
  for (let code = 1; code < ends.length; code++) {
    if (isBefore(utf8, ends, code, min)) min = code;
    else if (isBefore(utf8, ends, max, code)) max = code;
  }
  const least = utf8.slice(startOf(ends, min), ends[min]);
  const greatest = utf8.slice(startOf(ends, max), ends[max]);
  return Math.max(least.length, greatest.length) > LONGEST_STATISTIC ? {} : { min: least, max: greatest };
}

function isBefore(utf8: Uint8Array, ends: Int32Array, one: number, other: number): boolean {
  let a = startOf(ends, one);
  let b = startOf(ends, other);
  const aEnd = ends[one];
  const bEnd = ends[other];
  while (a < aEnd && b < bEnd && utf8[a] === utf8[b]) {
    a++;
    b++;
  }
  return b < bEnd && (a === aEnd || utf8[a] < utf8[b]);
}

function startOf(ends: Int32Array, code: number): number {
  return code > 0 ? ends[code - 1] : 0;
}

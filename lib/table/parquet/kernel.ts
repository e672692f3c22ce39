import { growTo, KERNEL_OWN, type KernelMemory, loadKernel, type Shared } from "../../base/kernel.js";
import { ByteBuffer } from "./byteBuffer.js";

/** wasm/parquet.ts; all numbers but counts are positions in memory. */
interface Exports {
  range32(values: number, n: number): void;
  range64(values: number, n: number): void;
  readonly count: Shared;
  readonly min: Shared;
  readonly max: Shared;
  readonly whole: Shared;
  compact32(values: number, n: number, into: number): void;
  compact64(values: number, n: number, into: number): void;
  present32(values: number, n: number, into: number): void;
  present64(values: number, n: number, into: number): void;
  integers(values: number, n: number, into: number): void;
  byteStreams32(values: number, n: number, into: number): void;
  byteStreams64(values: number, n: number, into: number): void;
  distinct32(from: number, n: number, places: number, into: number, slots: number, limit: number): number;
  distinct64(from: number, n: number, places: number, into: number, slots: number, limit: number): number;
  hybrid(values: number, count: number, width: number, out: number): number;
  deltaBinaryPacked(values: number, count: number, out: number): number;
  snappy(source: number, length: number, out: number, table: number): number;
}

/** What is known of a chunk's values. */
export interface ValueRange {
  /** How many are not missing. */
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** All of them are whole numbers, or infinite. */
  readonly whole: boolean;
}

/** What kernels write beyond the end, and then leave. */
const BEYOND = 64;
const SNAPPY_TABLE = 2 ** 15;
const SAMPLE = 2 ** 14;

/**
 * The kernel that encodes column chunks, and its memory: the values of a chunk, what is made of them on the way, and the
 * pages. Everything is of the chunk at hand; the memory grows with the largest one.
 */
export class EncodeKernel {
  /** The chunk's values, or the codes of its texts. */
  values: Float64Array | Float32Array | Int32Array = new Float64Array(0);
  /** Integers that `hybrid` reads: levels, places in a dictionary. */
  places: Int32Array = new Int32Array(0);
  page: ByteBuffer = new ByteBuffer(0);
  dictionaryPage: ByteBuffer = new ByteBuffer(0);
  squeezed: ByteBuffer = new ByteBuffer(0);
  squeezedDictionary: ByteBuffer = new ByteBuffer(0);
  private readonly exports = loadKernel<Exports>("table/parquet");
  private dense = 0;
  private slots = 0;
  private table = 0;

  /** @param limit most distinct values that a dictionary of numbers may have, a power of two */
  constructor(private readonly limit: number) {}

  private get memory(): KernelMemory {
    return this.exports.memory;
  }

  /** Begin a chunk. @param pageBytes, dictionaryBytes most bytes of the pages before they are compressed */
  begin(values: Float64Array | Float32Array | Int32Array, pageBytes: number, dictionaryBytes: number): void {
    let end = KERNEL_OWN;
    const region = (size: number): number => {
      const at = end;
      end = Math.ceil((at + size + BEYOND) / 64) * 64;
      return at;
    };
    const compressed = (size: number): number => size + Math.ceil(size / 6) + 64;
    const { length } = values;
    this.table = region(SNAPPY_TABLE);
    this.slots = region(8 * this.limit);
    const valuesAt = region(8 * length);
    this.dense = region(8 * length);
    const places = region(4 * length);
    const page = region(pageBytes);
    const squeezed = region(compressed(pageBytes));
    const dictionary = region(dictionaryBytes);
    const squeezedDictionary = region(compressed(dictionaryBytes));
    growTo(this.memory, end);
    const { buffer } = this.memory;
    const buffered = (at: number, size: number): ByteBuffer =>
      ByteBuffer.over(new Uint8Array(buffer, at, size));
    this.page = buffered(page, pageBytes);
    this.squeezed = buffered(squeezed, compressed(pageBytes));
    this.dictionaryPage = buffered(dictionary, dictionaryBytes);
    this.squeezedDictionary = buffered(squeezedDictionary, compressed(dictionaryBytes));
    this.places = new Int32Array(buffer, places, length);
    if (values instanceof Float64Array) this.values = new Float64Array(buffer, valuesAt, length);
    else if (values instanceof Float32Array) this.values = new Float32Array(buffer, valuesAt, length);
    else this.values = new Int32Array(buffer, valuesAt, length);
    this.values.set(values);
  }

  /** How many values are not missing, and their range. */
  range(): ValueRange {
    const { exports, values } = this;
    (this.wide ? exports.range64 : exports.range32)(values.byteOffset, values.length);
    const { count, min, max, whole } = exports;
    return { count: count.value, min: min.value, max: max.value, whole: whole.value !== 0 };
  }

  /** Write to `places` 1 for a value that is there and 0 for a missing one. */
  present(): void {
    const { exports, values, places } = this;
    (this.wide ? exports.present64 : exports.present32)(values.byteOffset, values.length, places.byteOffset);
  }

  /** Leave out missing values, `count` stay. */
  compact(count: number): void {
    const { exports, values, dense } = this;
    (this.wide ? exports.compact64 : exports.compact32)(values.byteOffset, values.length, dense);
    this.values = this.wide
      ? new Float64Array(this.memory.buffer, dense, count)
      : new Float32Array(this.memory.buffer, dense, count);
  }

  /**
   * The distinct values in order of first appearance, PLAIN, on the dictionary page, and the place of each value in `places`;
   * returns how many there are, -1 when they are more than the limit.
   */
  distinct(): number {
    const { exports, values, places, slots, limit, dictionaryPage } = this;
    const into = addressBehind(dictionaryPage);
    const find = this.wide ? exports.distinct64 : exports.distinct32;
    const size = find(values.byteOffset, values.length, places.byteOffset, into, slots, limit);
    if (size > 0) dictionaryPage.length += size * values.BYTES_PER_ELEMENT;
    return size;
  }

  /** The doubles at `from` as integers of 64 bits, in their place. */
  toIntegers(page: ByteBuffer, count: number): void {
    this.exports.integers(page.bytes.byteOffset, count, page.bytes.byteOffset);
  }

  /** PLAIN, without regard to what the numbers mean. */
  plain(): void {
    const { values, page } = this;
    page.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  integers(): void {
    const { exports, values, page } = this;
    exports.integers(values.byteOffset, values.length, addressBehind(page));
    page.length += 8 * values.length;
  }

  /** BYTE_STREAM_SPLIT */
  byteStreams(): void {
    const { exports, values, page } = this;
    (this.wide ? exports.byteStreams64 : exports.byteStreams32)(
      values.byteOffset,
      values.length,
      addressBehind(page),
    );
    page.length += values.byteLength;
  }

  /** Whole numbers as differences, their spread below 2^63: the values, or those that `fill` writes to memory for `count`. */
  differences(count = this.values.length, fill?: (values: Float64Array) => void): void {
    const { exports, values, dense, memory, page } = this;
    fill?.(new Float64Array(memory.buffer, dense, count));
    const from = fill === undefined ? values.byteOffset : dense;
    page.length = exports.deltaBinaryPacked(from, count, addressBehind(page)) - page.bytes.byteOffset;
  }

  /** The first `count` of `places`, of `width` bits, as runs and bit-packed groups. */
  hybrid(count: number, width: number): void {
    const { page, places } = this;
    page.length =
      this.exports.hybrid(places.byteOffset, count, width, addressBehind(page)) - page.bytes.byteOffset;
  }

  /**
   * Make the Snappy form of both pages, `squeezed` and `squeezedDictionary`.
   * @param uniform the page is everywhere like its beginning: when that does not shrink, the rest is not tried
   * @returns whether both together are shorter than `worth` of the pages
   */
  squeeze(worth: number, uniform: boolean): boolean {
    const { page, dictionaryPage, squeezed, squeezedDictionary } = this;
    if (uniform && page.length > 2 * SAMPLE) {
      this.snappy(page, SAMPLE, squeezed);
      if (squeezed.length > worth * SAMPLE) return false;
    }
    this.snappy(page, page.length, squeezed);
    if (dictionaryPage.length > 0) this.snappy(dictionaryPage, dictionaryPage.length, squeezedDictionary);
    return squeezed.length + squeezedDictionary.length < worth * (page.length + dictionaryPage.length);
  }

  private snappy({ bytes }: ByteBuffer, length: number, out: ByteBuffer): void {
    if (bytes.buffer !== this.memory.buffer) throw new Error("a page has outgrown the kernel's memory");
    out.clear();
    out.varint(length);
    out.length =
      this.exports.snappy(bytes.byteOffset, length, addressBehind(out), this.table) - out.bytes.byteOffset;
  }

  private get wide(): boolean {
    return this.values instanceof Float64Array;
  }
}

function addressBehind({ bytes, length }: ByteBuffer): number {
  return bytes.byteOffset + length;
}

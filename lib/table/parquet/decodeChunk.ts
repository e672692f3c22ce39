import { FormatError } from "../../base/errors.js";
import { Codec, Encoding, PageType } from "./format.js";
import { unhybrid } from "./hybrid.js";
import { ThriftReader, type ThriftStruct } from "./thriftReader.js";
import { undelta } from "./undelta.js";
import { unsnappy } from "./unsnappy.js";

const TWO32 = 2 ** 32;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The pages of a column chunk that ParquetWriter made. */
interface Pages {
  readonly dictionary?: { readonly bytes: Uint8Array; readonly values: number };
  readonly data: Uint8Array;
  readonly encoding: number;
}

/** Decode a chunk of numbers into `out` (one place a row); a missing value is NaN. */
export function decodeNumbers(
  chunk: Uint8Array,
  codec: number,
  type: "float32" | "float64" | "int64",
  out: Float32Array | Float64Array,
): void {
  const pages = pagesOf(chunk, codec, out.length);
  const { present, count, at } = levelsOf(pages.data, out.length);
  const dense = present === undefined ? out : out.subarray(0, count);
  const { data, dictionary } = pages;
  if (count > 0) {
    if (pages.encoding === Encoding.RLE_DICTIONARY && dictionary !== undefined) {
      const values = new Float64Array(dictionary.values);
      plain(dictionary.bytes, 0, type, values);
      const places = new Int32Array(count);
      unhybrid(data, at + 1, data[at], places, count);
      for (let i = 0; i < count; i++) dense[i] = values[places[i]];
    } else if (pages.encoding === Encoding.PLAIN) plain(data, at, type, dense);
    else if (pages.encoding === Encoding.BYTE_STREAM_SPLIT) byteStreams(data, at, dense);
    else if (pages.encoding === Encoding.DELTA_BINARY_PACKED && dense instanceof Float64Array)
      undelta(data, at, dense, count);
    else throw new FormatError(`a page has encoding ${pages.encoding}`);
  }
  if (present !== undefined) spread(out, count, present);
}

/** Decode a chunk of texts: codes into `out` (-1 is missing). @returns their dictionary in the order of first appearance */
export function decodeTexts(chunk: Uint8Array, codec: number, out: Int32Array): string[] {
  const pages = pagesOf(chunk, codec, out.length);
  const { present, count, at } = levelsOf(pages.data, out.length);
  const dense = present === undefined ? out : out.subarray(0, count);
  const { data, dictionary } = pages;
  const texts: string[] = [];
  if (count === 0) {
    out.fill(-1);
    return texts;
  }
  if (pages.encoding === Encoding.RLE_DICTIONARY && dictionary !== undefined) {
    const view = new DataView(
      dictionary.bytes.buffer,
      dictionary.bytes.byteOffset,
      dictionary.bytes.byteLength,
    );
    for (let from = 0; texts.length < dictionary.values; ) {
      const length = view.getUint32(from, true);
      texts.push(textAt(dictionary.bytes, from + 4, length));
      from += 4 + length;
    }
    unhybrid(data, at + 1, data[at], dense, count);
  } else if (pages.encoding === Encoding.DELTA_LENGTH_BYTE_ARRAY) {
    const lengths = new Float64Array(count);
    let from = undelta(data, at, lengths, count);
    const places = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const text = textAt(data, from, lengths[i]);
      from += lengths[i];
      let place = places.get(text);
      if (place === undefined) {
        place = texts.push(text) - 1;
        places.set(text, place);
      }
      dense[i] = place;
    }
  } else throw new FormatError(`a page has encoding ${pages.encoding}`);
  if (present === undefined) return texts;
  for (let row = out.length - 1, i = count - 1; row >= 0; row--)
    out[row] = present[row] === 1 ? out[i--] : -1;
  return texts;
}

function pagesOf(chunk: Uint8Array, codec: number, rows: number): Pages {
  let dictionary: Pages["dictionary"];
  for (let at = 0; at < chunk.length; ) {
    const reader = new ThriftReader(chunk.subarray(at));
    const header = reader.struct();
    const from = at + reader.at;
    const stored = chunk.subarray(from, from + integer(header, 3));
    const bytes = codec === Codec.SNAPPY ? unsnappy(stored, integer(header, 2)) : stored;
    at = from + stored.length;
    if (header.get(1) === PageType.DICTIONARY) {
      dictionary = { bytes, values: integer(header.get(7) as ThriftStruct, 1) };
    } else {
      const data = header.get(5) as ThriftStruct;
      if (integer(data, 1) !== rows)
        throw new FormatError("a page has another number of rows than its row group");
      return { dictionary, data: bytes, encoding: integer(data, 2) };
    }
  }
  throw new FormatError("a column has no data page");
}

/** Which rows hold a value (undefined: all), how many, and where the values begin. */
function levelsOf(data: Uint8Array, rows: number): { present?: Int32Array; count: number; at: number } {
  const size = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  const at = 4 + size;
  if (isOneRun(data, rows)) return { count: rows, at };
  const levels = new Int32Array(rows);
  unhybrid(data.subarray(0, at), 4, 1, levels, rows);
  let count = 0;
  for (let i = 0; i < rows; i++) count += levels[i];
  return count === rows ? { count, at } : { present: levels, count, at };
}

/** Whether the levels say in one run that no value is missing, as most do. */
function isOneRun(data: Uint8Array, rows: number): boolean {
  let header = 0;
  let at = 4;
  for (let shift = 0; ; shift += 7) {
    header |= (data[at] & 127) << shift;
    if (data[at++] < 128) return header === rows << 1 && data[at] === 1;
    if (shift > 21) return false;
  }
}

function plain(bytes: Uint8Array, at: number, type: string, out: Float32Array | Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
  const n = out.length;
  if (type === "float32") for (let i = 0; i < n; i++) out[i] = view.getFloat32(i * 4, true);
  else if (type === "float64") for (let i = 0; i < n; i++) out[i] = view.getFloat64(i * 8, true);
  else {
    for (let i = 0; i < n; i++) out[i] = view.getUint32(i * 8, true) + view.getInt32(i * 8 + 4, true) * TWO32;
  }
}

function byteStreams(data: Uint8Array, at: number, out: Float32Array | Float64Array): void {
  const n = out.length;
  const step = out.BYTES_PER_ELEMENT / 4;
  if (data.length < at + n * out.BYTES_PER_ELEMENT) throw new FormatError("a page ends before its values do");
  const words = new Int32Array(out.buffer, out.byteOffset, n * step);
  for (let word = 0; word < step; word++) {
    let first = at + word * 4 * n;
    let second = first + n;
    let third = second + n;
    let fourth = third + n;
    for (let i = word; i < words.length; i += step) {
      words[i] = data[first++] | (data[second++] << 8) | (data[third++] << 16) | (data[fourth++] << 24);
    }
  }
}

/** Move the values at the front of `out` to the rows that have one; from the end, so that none is overwritten. */
function spread(out: Float32Array | Float64Array, count: number, present: Int32Array): void {
  for (let row = out.length - 1, i = count - 1; row >= 0; row--)
    out[row] = present[row] === 1 ? out[i--] : Number.NaN;
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  if (!(length >= 0 && from + length <= bytes.length))
    throw new FormatError("a page ends before its values do");
  return utf8.decode(bytes.subarray(from, from + length));
}

function integer(struct: ThriftStruct | undefined, field: number): number {
  const value = struct?.get(field);
  if (typeof value !== "number" || value < 0) throw new FormatError("a page header is damaged");
  return value;
}

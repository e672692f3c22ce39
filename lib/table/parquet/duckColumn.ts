import type { DuckDBDataChunk } from "@duckdb/node-api";
import { identifier } from "../duckdb.js";
import type { Column } from "../table.js";
import type { ColumnType } from "./format.js";

const TWO32 = 2 ** 32;
/** A text of so many bytes stands in the vector itself, filled up with zeros. */
const INLINE = 12;
const SLOTS = 4096;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** How a column of a DuckDB type is read: what it becomes, and the SQL expression that gives numbers or bytes. */
export interface Reading {
  readonly type: ColumnType;
  readonly sql: string;
}

/**
 * How a column is read; undefined when it cannot be (nested, binary, intervals). Times, dates and times of day become
 * microseconds (since 1970, UTC; since midnight), booleans 0 and 1, decimals and integers beyond 64 bits doubles.
 */
export function readingOf(name: string, type: string): Reading | undefined {
  const column = identifier(name);
  if (type === "FLOAT") return { type: "float32", sql: column };
  if (type === "DOUBLE") return { type: "float64", sql: column };
  if (/^(U?(TINY|SMALL)INT|U?INTEGER|BIGINT)$/.test(type)) return { type: "int64", sql: column };
  if (type === "UBIGINT") return { type: "int64", sql: `CAST(${column} AS DOUBLE)` };
  if (type === "BOOLEAN") return { type: "int64", sql: `CAST(${column} AS TINYINT)` };
  if (/^(DECIMAL|U?HUGEINT)/.test(type)) return { type: "float64", sql: `CAST(${column} AS DOUBLE)` };
  if (type === "DATE") return { type: "int64", sql: `epoch_us(CAST(${column} AS TIMESTAMP))` };
  if (/^(TIMESTAMP|TIME$|TIME_NS$)/.test(type)) return { type: "int64", sql: `epoch_us(${column})` };
  if (type === "VARCHAR" || type === "JSON") return { type: "text", sql: `encode(${column})` };
  if (type === "UUID" || type.startsWith("ENUM"))
    return { type: "text", sql: `encode(CAST(${column} AS VARCHAR))` };
  return undefined;
}

/** The parts of DuckDB's vectors that are used here. */
interface RawVector {
  readonly items: ArrayLike<number> & ArrayBufferView;
  /** Of texts: 16 bytes each, the length and then the text itself when it has at most 12 bytes. */
  readonly dataView: DataView;
  readonly validity: { readonly data: BigUint64Array | null };
  getItemBytes(row: number): Uint8Array | null;
}

/** Collects the rows of one column. */
export interface ColumnSink {
  /** Take `count` rows from row `from` of a chunk on. */
  add(chunk: DuckDBDataChunk, from: number, count: number): void;
  /** The column so far; begins the next batch. */
  take(): Column;
}

/** @param capacity most rows between two calls of `take` */
export function columnSink(type: ColumnType, index: number, capacity: number): ColumnSink {
  return type === "text" ? new TextSink(index, capacity) : new NumberSink(type, index, capacity);
}

class NumberSink implements ColumnSink {
  private out: Float32Array | Float64Array;
  private rows = 0;

  constructor(
    private readonly type: "float32" | "float64" | "int64",
    private readonly index: number,
    private readonly capacity: number,
  ) {
    this.out = this.allocate();
  }

  add(chunk: DuckDBDataChunk, from: number, count: number): void {
    const { items, validity } = chunk.getColumnVector(this.index) as unknown as RawVector;
    const { out, rows } = this;
    if (items instanceof BigInt64Array) {
      const words = new Int32Array(items.buffer, items.byteOffset, items.length * 2);
      for (let i = 0, at = from * 2; i < count; i++, at += 2)
        out[rows + i] = (words[at] >>> 0) + words[at + 1] * TWO32;
    } else for (let i = 0; i < count; i++) out[rows + i] = items[from + i];
    const valid = validityWords(validity.data);
    if (valid !== undefined) {
      for (let i = 0, at = from; i < count; i++, at++)
        if (((valid[at >>> 5] >>> (at & 31)) & 1) === 0) out[rows + i] = Number.NaN;
    }
    this.rows += count;
  }

  take(): Column {
    const values = this.rows === this.capacity ? this.out : this.out.slice(0, this.rows);
    if (this.rows === this.capacity) this.out = this.allocate();
    this.rows = 0;
    return { kind: "number", type: this.type, values };
  }

  private allocate(): Float32Array | Float64Array {
    return this.type === "float32" ? new Float32Array(this.capacity) : new Float64Array(this.capacity);
  }
}

class TextSink implements ColumnSink {
  private out: Int32Array;
  private rows = 0;
  private readonly places = new Map<string, number>();
  private readonly short = new ShortTexts();

  constructor(
    private readonly index: number,
    capacity: number,
  ) {
    this.out = new Int32Array(capacity);
  }

  add(chunk: DuckDBDataChunk, from: number, count: number): void {
    const vector = chunk.getColumnVector(this.index) as unknown as RawVector;
    const valid = validityWords(vector.validity.data);
    const { dataView } = vector;
    for (let at = from; at < from + count; at++) {
      let code = -1;
      if (valid === undefined || ((valid[at >>> 5] >>> (at & 31)) & 1) === 1) {
        const isShort = dataView.getUint32(at * 16, true) <= INLINE;
        code = isShort ? this.shortCode(dataView, at * 16) : this.code(utf8.decode(vector.getItemBytes(at)!));
      }
      this.out[this.rows++] = code;
    }
  }

  take(): Column {
    const codes = this.out.slice(0, this.rows);
    this.rows = 0;
    const dictionary = [...this.places.keys()];
    this.places.clear();
    this.short.forget();
    return { kind: "text", codes, dictionary };
  }

  private shortCode(view: DataView, at: number): number {
    const slot = this.short.slot(view, at);
    let code = this.short.codes[slot] - 1;
    if (code < 0) {
      code = this.code(
        utf8.decode(new Uint8Array(view.buffer, view.byteOffset + at + 4, view.getUint32(at, true))),
      );
      this.short.codes[slot] = code + 1;
    }
    return code;
  }

  private code(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.places.size);
    return this.places.size - 1;
  }
}

/** The codes of short texts by their 16 bytes, so that a text that comes again need not be decoded; the latest ones stay. */
class ShortTexts {
  /** By slot: one more than the code, 0 when it is not known. */
  readonly codes = new Int32Array(SLOTS);
  private readonly words = new Int32Array(SLOTS * 4);

  /** The place of the text at `at`; an older text may have to leave it. */
  slot(view: DataView, at: number): number {
    const length = view.getInt32(at, true);
    const a = view.getInt32(at + 4, true);
    const b = view.getInt32(at + 8, true);
    const c = view.getInt32(at + 12, true);
    const mixed = Math.imul(Math.imul(Math.imul(length ^ a, 0x9e3779b1) ^ b, 0x85ebca77) ^ c, 0xc2b2ae3d);
    const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
    const { words } = this;
    const word = slot * 4;
    if (words[word] !== length || words[word + 1] !== a || words[word + 2] !== b || words[word + 3] !== c) {
      words[word] = length;
      words[word + 1] = a;
      words[word + 2] = b;
      words[word + 3] = c;
      this.codes[slot] = 0;
    }
    return slot;
  }

  forget(): void {
    this.codes.fill(0);
  }
}

function validityWords(data: BigUint64Array | null): Uint32Array | undefined {
  return data === null ? undefined : new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
}

import { DataError, SchemaError } from "../../base/errors.js";
import type { Column, TextColumn } from "../table.js";
import { ByteBuffer } from "./byteBuffer.js";
import type { ChunkValues } from "./encodeChunk.js";
import type { ParquetColumn } from "./format.js";

/** One column of the row group that is being filled. Its memory is shared, so that a thread can encode it in place. */
export interface ColumnBuffer {
  /** Take the rows `from` to `to` of a column as the rows from `at` on. @throws SchemaError when it is of another kind */
  fill(column: Column, from: number, to: number, at: number): void;
  /**
   * The first `rows` rows, as an encoder takes them; it puts the chunk where they were, so the buffer must rest until that
   * is written.
   * @throws DataError when their distinct texts have more than 512 MiB
   */
  values(rows: number): ChunkValues;
  /** Begin the next row group. */
  clear(): void;
}

/** Up to so many rows memory grows with the rows; then it is taken for a whole row group, and used as it fills. */
const FEW_ROWS = 4096;
/** Most bytes of distinct texts in a row group: its pages, compressed and not, must fit the 4 GiB of a kernel. */
const MOST_TEXT = 2 ** 29;

/** @param most rows of a whole row group */
export function columnBuffer(column: ParquetColumn, most: number): ColumnBuffer {
  return column.type === "text"
    ? new TextBuffer(column.name, most)
    : new NumberBuffer(column.name, column.type, most);
}

function capacity(rows: number, most: number): number {
  return rows <= FEW_ROWS ? Math.min(rows * 2, most) : most;
}

class NumberBuffer implements ColumnBuffer {
  private held: Float32Array | Float64Array;

  constructor(
    private readonly name: string,
    private readonly type: "float32" | "float64" | "int64",
    private readonly most: number,
  ) {
    this.held = this.allocate(0);
  }

  fill(column: Column, from: number, to: number, at: number): void {
    if (column.kind !== "number") throw otherKind(this.name, "text", "numbers");
    this.reserve(at + to - from);
    this.held.set(column.values.subarray(from, to), at);
  }

  values(rows: number): ChunkValues {
    return { type: this.type, name: this.name, values: this.held.subarray(0, rows) };
  }

  clear(): void {}

  private reserve(rows: number): void {
    if (rows <= this.held.length) return;
    const grown = this.allocate(capacity(rows, this.most));
    grown.set(this.held);
    this.held = grown;
  }

  private allocate(rows: number): Float32Array | Float64Array {
    return this.type === "float32"
      ? new Float32Array(new SharedArrayBuffer(rows * 4))
      : new Float64Array(new SharedArrayBuffer(rows * 8));
  }
}

/** Text: the dictionaries of the batches become one, in the order in which the row group's rows show the texts. */
class TextBuffer implements ColumnBuffer {
  private held = new Int32Array(new SharedArrayBuffer(0));
  private readonly places = new Map<string, number>();
  /** What the codes of `mapped` are here; -1 is not yet known. */
  private map = new Int32Array(0);
  private mapped: TextColumn["dictionary"] | undefined;

  constructor(
    private readonly name: string,
    private readonly most: number,
  ) {}

  fill(column: Column, from: number, to: number, at: number): void {
    if (column.kind !== "text") throw otherKind(this.name, "numbers", "text");
    this.reserve(at + to - from);
    const { codes, dictionary } = column;
    if (this.mapped !== dictionary) {
      this.mapped = dictionary;
      if (this.map.length < dictionary.length) this.map = new Int32Array(dictionary.length);
      this.map.fill(-1, 0, dictionary.length);
    }
    const { held, map } = this;
    for (let i = from; i < to; i++) {
      const code = codes[i];
      if (code >= 0 && map[code] < 0) map[code] = this.place(dictionary[code]);
      held[at + i - from] = code < 0 ? -1 : map[code];
    }
  }

  values(rows: number): ChunkValues {
    const utf8 = new ByteBuffer(256);
    const ends = new Int32Array(this.places.size);
    let code = 0;
    const encoder = new TextEncoder();
    for (const text of this.places.keys()) {
      utf8.reserve(text.length * 3);
      utf8.length += encoder.encodeInto(text, utf8.bytes.subarray(utf8.length)).written;
      ends[code++] = utf8.length;
      if (utf8.length > MOST_TEXT) {
        throw new DataError(
          `write: column "${this.name}" holds more than 512 MiB of text in ${rows} rows, more than can be encoded. ` +
            `Leave the column out, or shorten its texts.`,
        );
      }
    }
    return { type: "text", name: this.name, codes: this.held.subarray(0, rows), utf8: utf8.written(), ends };
  }

  clear(): void {
    this.places.clear();
    this.mapped = undefined;
  }

  private place(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    this.places.set(text, this.places.size);
    return this.places.size - 1;
  }

  private reserve(rows: number): void {
    if (rows <= this.held.length) return;
    const grown = new Int32Array(new SharedArrayBuffer(capacity(rows, this.most) * 4));
    grown.set(this.held);
    this.held = grown;
  }
}

function otherKind(name: string, found: string, expected: string): SchemaError {
  return new SchemaError(
    `write: column "${name}" holds ${found} in one batch of rows, ${expected} were expected.`,
  );
}

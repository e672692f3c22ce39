import { KERNEL_OWN, loadSharedKernel, type Shared, type SharedMemory } from "../../base/kernel.js";
import type { Layout } from "./layout.js";
import { type BlockPlaces, FIELD_BYTES, FIRST_LINES } from "./memory.js";

/** wasm/csv.ts */
interface Exports {
  records(from: number, limit: number): number;
  record(start: number): number;
  accept(end: number): number;
  fieldEnd(at: number): number;
  readonly delimiter: Shared;
  readonly comment: Shared;
  readonly fields: Shared;
  readonly lastField: Shared;
  readonly header: Shared<bigint>;
  readonly headerMask: Shared<bigint>;
  readonly lines: Shared;
  readonly inputRows: Shared;
  readonly row: Shared;
  readonly line: Shared;
  readonly input: Shared;
  readonly innerLines: Shared;
  readonly crlf: Shared;
  readonly crlfLines: Shared;
}

/** The cells that are not plain. */
export interface CellHandler {
  /** Any cell into its columns; returns its end, or -1 when it is unusable. */
  cell(field: number, at: number, row: number): number;
  /** The text of bytes[at, end) into its column; returns 1 when equal bytes will do the same, else 0. */
  text(field: number, at: number, end: number, row: number): number;
}

/** The kernel that reads records, in the memory of one block (see memory.ts). Positions are those of the memory. */
export class CsvKernel {
  /** The memory up to the end of the block at hand, whose last byte is a line end. */
  bytes: Buffer = Buffer.alloc(0);
  /** Position behind the block's last byte. */
  end = 0;
  readonly lines: Float64Array;
  private readonly numbers: Float64Array;
  private readonly codes: Int32Array;
  private readonly exports: Exports;

  constructor(
    private readonly layout: Layout,
    private readonly memory: SharedMemory,
    private readonly places: BlockPlaces,
    columnCount: number,
    header: Uint8Array,
    handler: CellHandler,
  ) {
    this.exports = loadSharedKernel<Exports>("table/csv", memory, {
      cell: (field, at, row) => handler.cell(field, at, row),
      text: (field, at, end, row) => handler.text(field, at, end, row),
    });
    const { delimiter, comment, lastField, header: start, headerMask } = this.exports;
    delimiter.value = layout.delimiter;
    comment.value = layout.comment ?? 0;
    lastField.value = layout.kinds.length - 1;
    const first = Buffer.alloc(8);
    const mask = Buffer.alloc(8).fill(0xff, 0, Math.min(8, header.length));
    first.set(header.subarray(0, 8));
    start.value = first.readBigUInt64LE();
    headerMask.value = mask.readBigUInt64LE();
    const { capacity } = places;
    this.lines = new Float64Array(memory.buffer, places.lines, capacity);
    this.numbers = new Float64Array(memory.buffer, places.columns, capacity * columnCount);
    this.codes = new Int32Array(memory.buffer, places.columns, 2 * capacity * columnCount);
  }

  get start(): number {
    return this.places.start;
  }

  /** Begin the block of `length` bytes that stands in the memory. */
  begin(length: number): void {
    const { exports, layout, places } = this;
    const { buffer } = this.memory;
    this.end = places.start + length;
    this.bytes = Buffer.from(buffer, 0, this.end);
    exports.fields.value = KERNEL_OWN;
    exports.lines.value = places.lines;
    exports.inputRows.value = places.inputRows;
    exports.crlfLines.value = places.crlf;
    exports.row.value = 0;
    exports.line.value = 1;
    exports.input.value = 0;
    exports.crlf.value = 0;
    const fields = new Int32Array(buffer, KERNEL_OWN, (layout.kinds.length * FIELD_BYTES) / 4);
    layout.kinds.forEach((way, field) => {
      // Kind, column, and of the last cell position and length: none is that long.
      const column = places.columns + 8 * places.capacity * layout.columnOf[field];
      fields.set([way, column, 0, -1], (field * FIELD_BYTES) / 4);
    });
  }

  /** Take records from `at` on as rows, up to `limit` or the first one that must be looked at; returns where that is. */
  records(at: number, limit: number): number {
    return this.exports.records(at, limit);
  }

  /** Fill the row at hand from the record at `at`; returns the position of the LF or CR LF behind it, -1 when it is no row. */
  record(at: number): number {
    return this.exports.record(at);
  }

  /** That record is a row; returns the position behind it. */
  accept(end: number): number {
    return this.exports.accept(end);
  }

  /** Position of the delimiter, LF or CR LF behind the unquoted field at `at`. */
  fieldEnd(at: number): number {
    return this.exports.fieldEnd(at);
  }

  get row(): number {
    return this.exports.row.value;
  }

  get line(): number {
    return this.exports.line.value;
  }

  /** Records so far, those that are no rows included. */
  get input(): number {
    return this.exports.input.value;
  }

  /** Pass over lines, and records that are no rows. */
  skip(lines: number, records: number): void {
    this.exports.line.value += lines;
    this.exports.input.value += records;
  }

  /** A line end inside a cell of the record at hand. */
  addInnerLine(): void {
    this.exports.innerLines.value++;
  }

  setNumber(column: number, row: number, value: number): void {
    this.numbers[column * this.places.capacity + row] = value;
  }

  setCode(column: number, row: number, code: number): void {
    this.codes[2 * column * this.places.capacity + row] = code;
  }

  /** The codes of a column of texts, of the first `rows` rows. */
  codesOf(column: number, rows: number): Int32Array {
    const from = 2 * column * this.places.capacity;
    return this.codes.subarray(from, from + rows);
  }

  /** How many rows ended with CR LF since this was asked last, and the lines of the first ones. */
  takeCrlf(): { readonly count: number; readonly first_lines: number[] } {
    const { crlf, crlfLines } = this.exports;
    const count = crlf.value;
    crlf.value = 0;
    return {
      count,
      first_lines: [...new Int32Array(this.memory.buffer, crlfLines.value, Math.min(count, FIRST_LINES))],
    };
  }
}

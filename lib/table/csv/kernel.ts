import { growTo, KERNEL_OWN, type KernelMemory, loadKernel, type Shared } from "../../base/kernel.js";
import type { Layout } from "./layout.js";

/** wasm/csv.ts */
interface Exports {
  records(from: number, limit: number): number;
  record(start: number): number;
  accept(end: number): number;
  fieldEnd(at: number): number;
  readonly delimiter: Shared;
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

const FIELD_BYTES = 32;
const FIRST_LINES = 5;
/** What kernels read beyond the end, and then leave. */
const BEYOND = 32;

/**
 * The kernel that reads records, and its memory: the block's bytes, then of each row its line and its number, then the
 * columns one after the other, eight bytes a value: numbers, or the codes of texts in the first half.
 */
export class CsvKernel {
  /** Rows that a column has room for. */
  capacity = 0;
  /** The block at hand, a line end last. Positions are those of the kernel's memory. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  /** Position behind the block's last byte. */
  end = 0;
  lines: Float64Array = new Float64Array(0);
  inputRows: Float64Array = new Float64Array(0);
  private numbers: Float64Array = new Float64Array(0);
  private codes: Int32Array = new Int32Array(0);
  private readonly exports: Exports & { memory: KernelMemory };
  private columnsAt = 0;

  constructor(
    private readonly layout: Layout,
    private readonly columnCount: number,
    header: Uint8Array,
    handler: CellHandler,
  ) {
    this.exports = loadKernel<Exports>("table/csv", {
      cell: (field, at, row) => handler.cell(field, at, row),
      text: (field, at, end, row) => handler.text(field, at, end, row),
    });
    const { delimiter, lastField, header: start, headerMask } = this.exports;
    delimiter.value = layout.delimiter;
    lastField.value = layout.kinds.length - 1;
    const first = Buffer.alloc(8);
    const mask = Buffer.alloc(8).fill(0xff, 0, Math.min(8, header.length));
    first.set(header.subarray(0, 8));
    start.value = first.readBigUInt64LE();
    headerMask.value = mask.readBigUInt64LE();
  }

  /** Take in the block bytes[0, length), of rows that have a byte for each field at least, and two. */
  begin(bytes: Uint8Array, length: number): void {
    const { exports, layout, columnCount } = this;
    const { kinds, columnOf } = layout;
    const most = Math.ceil(length / Math.max(kinds.length, 2)) + 1;
    // An odd number of cache lines a column, so that a row's cells do not fall on the same places of the cache.
    this.capacity = Math.max(this.capacity, Math.ceil(most / 16) * 16 + 8);
    const { capacity } = this;
    const crlfAt = KERNEL_OWN + kinds.length * FIELD_BYTES;
    this.start = crlfAt + 4 * FIRST_LINES;
    this.end = this.start + length;
    const linesAt = Math.ceil((this.end + BEYOND) / 64) * 64;
    this.columnsAt = linesAt + 16 * capacity;
    // Memory that no row reaches is never touched.
    growTo(exports.memory, this.columnsAt + 8 * capacity * columnCount + BEYOND);
    const { buffer } = exports.memory;
    this.bytes = Buffer.from(buffer, 0, this.end);
    this.bytes.set(bytes.subarray(0, length), this.start);
    this.lines = new Float64Array(buffer, linesAt, capacity);
    this.inputRows = new Float64Array(buffer, linesAt + 8 * capacity, capacity);
    this.numbers = new Float64Array(buffer, this.columnsAt, capacity * columnCount);
    this.codes = new Int32Array(buffer, this.columnsAt, 2 * capacity * columnCount);
    exports.fields.value = KERNEL_OWN;
    exports.lines.value = linesAt;
    exports.inputRows.value = linesAt + 8 * capacity;
    exports.crlfLines.value = crlfAt;
    exports.row.value = 0;
    exports.line.value = 1;
    exports.input.value = 0;
    exports.crlf.value = 0;
    const fields = new Int32Array(buffer, KERNEL_OWN, (kinds.length * FIELD_BYTES) / 4);
    kinds.forEach((way, field) => {
      // Kind, column, and of the last cell position and length: none is that long.
      fields.set([way, this.columnsAt + 8 * capacity * columnOf[field], 0, -1], (field * FIELD_BYTES) / 4);
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
    this.numbers[column * this.capacity + row] = value;
  }

  setCode(column: number, row: number, code: number): void {
    this.codes[2 * column * this.capacity + row] = code;
  }

  /** The first `rows` numbers of a column; they change with the next block. */
  numbersOf(column: number, rows: number): Float64Array {
    const from = column * this.capacity;
    return this.numbers.subarray(from, from + rows);
  }

  codesOf(column: number, rows: number): Int32Array {
    const from = 2 * column * this.capacity;
    return this.codes.subarray(from, from + rows);
  }

  /** How many rows ended with CR LF since this was asked last, and the lines of the first ones. */
  takeCrlf(): { readonly count: number; readonly first_lines: number[] } {
    const { crlf, crlfLines, memory } = this.exports;
    const count = crlf.value;
    crlf.value = 0;
    return {
      count,
      first_lines: [...new Int32Array(memory.buffer, crlfLines.value, Math.min(count, FIRST_LINES))],
    };
  }
}

import { type Tallied, Tally } from "../../base/tally.js";
import { CellReader } from "./cells.js";
import { plain, plainNumber } from "./decimal.js";
import { kind, type Layout, layoutOf } from "./layout.js";
import type { CsvPlan } from "./plan.js";
import { closingQuote, fieldEnd } from "./quotes.js";
import { isBlankLine, type RawRecord, rawRecord, sameCells } from "./records.js";
import { TextCodes } from "./texts.js";

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const MINUS = 45;
const QUOTE = 34;

/** What one block holds: plain data over arrays that can be transferred between threads. */
export interface ParsedBlock {
  readonly rows: number;
  /** By column of the plan: the values, or the codes of texts. */
  readonly columns: readonly (Float64Array | Int32Array)[];
  /** By column of the plan: the texts; empty for numbers. */
  readonly dictionaries: readonly (readonly string[])[];
  /** Of each row: the line it begins on (from 1) and its number among the records (from 0), within the block. */
  readonly lines: Float64Array;
  readonly inputRows: Float64Array;
  readonly lineCount: number;
  readonly records: number;
  /** By reason; line 1 is the block's first. */
  readonly dropped: Readonly<Record<string, Tallied>>;
  readonly repaired: Readonly<Record<string, Tallied>>;
}

/**
 * Parses blocks of whole records into columns. A plain cell (digits, text without quotes) goes from bytes to its column in
 * one pass; every other cell takes `cell`, and a record that is no row takes `drop`, which finds out why.
 */
export class BlockParser {
  private readonly layout: Layout;
  private readonly texts: readonly TextCodes[];
  private readonly reader: CellReader;
  private dropped = new Tally();
  private repaired = new Tally();
  // The columns one after the other, each of `capacity` rows.
  private values = new Float64Array(0);
  private codes = new Int32Array(0);
  private lines = new Float64Array(0);
  private inputRows = new Float64Array(0);
  private capacity = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  // Of the record at hand:
  private repairs: string[] = [];
  private innerLines = 0;
  private badColumn = "";

  /** @param header the header record as the file has it, without its line end: to know it when it comes again */
  constructor(
    private readonly plan: CsvPlan,
    private readonly header: Uint8Array,
  ) {
    this.layout = layoutOf(plan);
    this.reader = new CellReader(this.layout.missing);
    this.texts = plan.columns.map(() => new TextCodes(this.layout.missing));
  }

  /** @param bytes whole records in bytes[0, length), the last byte LF */
  parse(bytes: Buffer, length: number): ParsedBlock {
    this.begin(bytes, length);
    const { lines, inputRows, header } = this;
    const { delimiter } = this.layout;
    let nul = positionOf(NUL, bytes, 0, length);
    let row = 0;
    let line = 1;
    let record = 0;
    for (let at = 0; at < length; ) {
      const first = bytes[at];
      const again = header.length > 0 && first === header[0] && this.isHeader(at);
      const end = first === LF || again ? -1 : this.record(at, row);
      if (nul < at) nul = positionOf(NUL, bytes, at, length);
      const seldom = first === delimiter || first === QUOTE || isBlank(first);
      if (end < 0 || nul < end || (seldom && this.isEmpty(at, end))) {
        const dropped = this.drop(at, line);
        if (!isBlankLine(dropped.cells)) record++;
        line += dropped.lines;
        at = dropped.next;
        continue;
      }
      for (const repair of this.repairs) this.repaired.add(repair, line);
      lines[row] = line;
      inputRows[row] = record++;
      row++;
      line += 1 + this.innerLines;
      if (bytes[end] === CR) this.repaired.add("crlf", line - 1);
      at = bytes[end] === CR ? end + 2 : end + 1;
    }
    return this.result(row, line - 1, record);
  }

  private begin(bytes: Buffer, length: number): void {
    this.bytes = bytes;
    this.length = length;
    this.dropped = new Tally();
    this.repaired = new Tally();
    for (const texts of this.texts) texts.clear();
    // A row has a byte for each of its fields at least, and two. Memory that no row reaches is never touched.
    const most = Math.ceil(length / Math.max(this.plan.width, 2)) + 1;
    if (most <= this.capacity) return;
    // An odd number of cache lines a column, so that a row's cells do not fall on the same places of the cache.
    this.capacity = Math.ceil(most / 16) * 16 + 8;
    const texts = this.plan.columns.some(({ parse }) => parse === "text");
    this.values = new Float64Array(this.capacity * this.plan.columns.length);
    this.codes = new Int32Array(texts ? this.capacity * this.plan.columns.length : 0);
    this.lines = new Float64Array(this.capacity);
    this.inputRows = new Float64Array(this.capacity);
  }

  /** Fill `row` from the record at `start`; returns the position of the LF or CR LF behind it, -1 when it is no row. */
  private record(start: number, row: number): number {
    const { bytes, values, capacity } = this;
    const { kinds, columnOf, delimiter } = this.layout;
    const last = kinds.length - 2;
    if (this.repairs.length > 0) this.repairs = [];
    this.innerLines = 0;
    let at = start;
    for (let field = 0; ; field++) {
      const way = kinds[field];
      let end = -1;
      if (way === kind.number) {
        values[columnOf[field] * capacity + row] = plainNumber(bytes, at);
        end = plain.end;
      } else if (way === kind.port) {
        const port = plainNumber(bytes, at);
        values[columnOf[field] * capacity + row] = port;
        end = bytes[at] !== MINUS && (Number.isInteger(port) || plain.end === at) ? plain.end : -1;
      } else if (way === kind.text) {
        if (bytes[at] !== QUOTE) end = this.text(columnOf[field], at, row);
      } else if (way === kind.skip) {
        if (bytes[at] !== QUOTE) end = this.fieldEnd(at);
      }
      let byte = end < 0 ? 0 : bytes[end];
      if (byte !== delimiter && byte !== LF && !(byte === CR && bytes[end + 1] === LF)) {
        end = way === kind.beyond ? -1 : this.cell(field, at, row);
        if (end < 0) return -1;
        byte = bytes[end];
      }
      if (byte !== delimiter) return field === last ? end : -1;
      at = end + 1;
    }
  }

  /** Position of the delimiter, LF or CR LF behind the unquoted field at `at`. */
  private fieldEnd(at: number): number {
    const { bytes } = this;
    const { delimiter } = this.layout;
    let end = at;
    while (bytes[end] !== delimiter && bytes[end] !== LF) end++;
    return bytes[end] === LF && end > at && bytes[end - 1] === CR ? end - 1 : end;
  }

  private text(column: number, at: number, row: number): number {
    const end = this.fieldEnd(at);
    this.storeText(column, this.bytes, at, end, row);
    return end;
  }

  private storeText(column: number, bytes: Buffer, start: number, end: number, row: number): void {
    let from = start;
    let to = end;
    while (from < to && isBlank(bytes[from])) from++;
    while (from < to && isBlank(bytes[to - 1])) to--;
    const texts = this.texts[column];
    const entry = texts.entry(bytes, from, to);
    this.codes[column * this.capacity + row] = texts.codeOf(entry);
    if (texts.isOdd(entry)) this.repairs.push("windows_1252");
  }

  /** Any cell, spelled as it may be, into all its columns; returns its end as `record` does, -1 when it is unusable. */
  private cell(field: number, at: number, row: number): number {
    let { bytes } = this;
    let start = at;
    let end: number;
    let behind: number;
    if (bytes[at] === QUOTE) {
      end = closingQuote(bytes, at, this.length);
      behind = end < 0 ? -1 : fieldEnd(bytes, end + 1, this.length, this.layout.delimiter);
      if (behind < 0) return -1;
      start = at + 1;
      const content = bytes.subarray(start, end);
      for (let lf = content.indexOf(LF); lf >= 0; lf = content.indexOf(LF, lf + 1)) this.innerLines++;
      if (content.includes(QUOTE)) {
        bytes = Buffer.from(content.toString("latin1").replaceAll('""', '"'), "latin1");
        start = 0;
        end = bytes.length;
      }
    } else {
      end = this.fieldEnd(at);
      behind = end;
    }
    while (start < end && isBlank(bytes[start])) start++;
    while (start < end && isBlank(bytes[end - 1])) end--;
    for (const column of this.layout.columnsOf[field]) {
      if (!this.store(column, bytes, start, end, row)) return -1;
    }
    return behind;
  }

  /** The trimmed cell bytes[start, end) into a column; false when it has no place there. */
  private store(column: number, bytes: Buffer, start: number, end: number, row: number): boolean {
    const plan = this.plan.columns[column];
    if (plan.parse === "text") {
      this.storeText(column, bytes, start, end, row);
      return true;
    }
    this.values[column * this.capacity + row] = this.reader.value(plan, bytes, start, end);
    const { fault } = this.reader;
    if (fault === "bad") {
      this.badColumn = plan.name;
      return false;
    }
    if (fault === "infinite" || fault === "not_a_number") this.repairs.push(`${fault}_${plan.name}`);
    return true;
  }

  private isHeader(at: number): boolean {
    const { bytes, header } = this;
    const end = at + header.length;
    return (bytes[end] === LF || bytes[end] === CR) && bytes.subarray(at, end).equals(header);
  }

  /** Whether a record that begins with a delimiter, a blank or a quote has no content at all. */
  private isEmpty(start: number, end: number): boolean {
    const { bytes } = this;
    const { delimiter } = this.layout;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte !== delimiter && byte !== QUOTE && !isBlank(byte)) return false;
    }
    return rawRecord(bytes, start, this.length, delimiter).cells.every((cell) => cell.trim() === "");
  }

  /** Count a record that is no row by the reason why. */
  private drop(start: number, line: number): RawRecord {
    const record = rawRecord(this.bytes, start, this.length, this.layout.delimiter);
    if (record.crlf) this.repaired.add("crlf", line + record.lines - 1);
    if (isBlankLine(record.cells) && record.fault === null) this.repaired.add("blank_line", line);
    else this.dropped.add(this.reason(record), line);
    return record;
  }

  private reason({ cells, fault, hasNul }: RawRecord): string {
    const { header, width } = this.plan;
    if (fault !== null) return fault;
    if (hasNul) return "nul_byte";
    if (cells.every((cell) => cell.trim() === "")) return "empty_row";
    if (header !== null && sameCells(cells, header)) return "repeated_header";
    if (cells.length !== width) return cells.length < width ? "too_few_fields" : "too_many_fields";
    return `bad_value_${this.badColumn}`;
  }

  private result(rows: number, lineCount: number, records: number): ParsedBlock {
    const { capacity } = this;
    const isText = this.plan.columns.map(({ parse }) => parse === "text");
    return {
      rows,
      columns: isText.map((text, column) => {
        const from = column * capacity;
        return text ? this.codes.slice(from, from + rows) : this.values.slice(from, from + rows);
      }),
      dictionaries: isText.map((text, column) => (text ? this.texts[column].dictionary : [])),
      lines: this.lines.slice(0, rows),
      inputRows: this.inputRows.slice(0, rows),
      lineCount,
      records,
      dropped: this.dropped.toJSON(),
      repaired: this.repaired.toJSON(),
    };
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** Position of a byte value from `at`; `length` when there is none. */
function positionOf(value: number, bytes: Buffer, at: number, length: number): number {
  const found = bytes.indexOf(value, at);
  return found < 0 || found > length ? length : found;
}

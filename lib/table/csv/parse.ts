import { Tally } from "../../base/tally.js";
import { CellReader } from "./cells.js";
import { BlockColumns, type ParsedBlock } from "./columns.js";
import { plain, plainNumber } from "./decimal.js";
import { kind, type Layout, layoutOf } from "./layout.js";
import type { CsvPlan } from "./plan.js";
import { closingQuote, fieldEnd } from "./quotes.js";
import { isBlankLine, isEmptyRecord, rawRecord, shapeFault } from "./records.js";

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const MINUS = 45;
const QUOTE = 34;

/**
 * Parses blocks of whole records into columns. A plain cell (digits, text without quotes) goes from bytes to its column in
 * one pass; every other cell takes `cell`, and a record that is no row takes `drop`, which finds out why.
 */
export class BlockParser {
  private readonly layout: Layout;
  private readonly columns: BlockColumns;
  private readonly reader: CellReader;
  private dropped = new Tally();
  private repaired = new Tally();
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  private line = 1;
  private records = 0;
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
    this.columns = new BlockColumns(plan, this.layout.missing);
  }

  /** @param bytes whole records in bytes[0, length), the last byte LF */
  parse(bytes: Buffer, length: number): ParsedBlock {
    this.begin(bytes, length);
    const { header } = this;
    const { delimiter } = this.layout;
    let nul = positionOf(NUL, bytes, 0, length);
    let row = 0;
    for (let at = 0; at < length; ) {
      const behind = this.bareLine(at);
      if (behind >= 0) {
        at = behind;
        continue;
      }
      const first = bytes[at];
      const again = header.length > 0 && first === header[0] && this.isHeader(at);
      const end = again ? -1 : this.record(at, row);
      if (nul < at) nul = positionOf(NUL, bytes, at, length);
      const seldom = first === delimiter || first === QUOTE || isBlank(first);
      if (end < 0 || nul < end || (seldom && this.isEmpty(at, end))) at = this.drop(at);
      else at = this.accept(row++, end);
    }
    return {
      ...this.columns.result(row),
      lineCount: this.line - 1,
      records: this.records,
      dropped: this.dropped.toJSON(),
      repaired: this.repaired.toJSON(),
    };
  }

  /**
   * Pass over a line of blanks and delimiters alone (the published Thursday of CIC-IDS-2017 ends with 288,602 of them);
   * returns the position behind it, -1 when it has content.
   */
  private bareLine(start: number): number {
    const { bytes } = this;
    const { delimiter } = this.layout;
    let at = start;
    let delimited = false;
    for (; bytes[at] === delimiter || isBlank(bytes[at]); at++) if (bytes[at] === delimiter) delimited = true;
    const crlf = bytes[at] === CR && bytes[at + 1] === LF;
    if (bytes[at] !== LF && !crlf) return -1;
    if (delimited) {
      this.dropped.add("empty_row", this.line);
      this.records++;
    } else this.repaired.add("blank_line", this.line);
    if (crlf) this.repaired.add("crlf", this.line);
    this.line++;
    return crlf ? at + 2 : at + 1;
  }

  /** The record is a row and ends at `end`; returns the position behind it. */
  private accept(row: number, end: number): number {
    const { repairs } = this;
    for (let i = 0; i < repairs.length; i++) this.repaired.add(repairs[i], this.line);
    this.columns.lines[row] = this.line;
    this.columns.inputRows[row] = this.records++;
    this.line += 1 + this.innerLines;
    if (this.bytes[end] !== CR) return end + 1;
    this.repaired.add("crlf", this.line - 1);
    return end + 2;
  }

  private begin(bytes: Buffer, length: number): void {
    this.columns.begin(length);
    this.bytes = bytes;
    this.length = length;
    this.line = 1;
    this.records = 0;
    this.dropped = new Tally();
    this.repaired = new Tally();
  }

  /** Fill `row` from the record at `start`; returns the position of the LF or CR LF behind it, -1 when it is no row. */
  private record(start: number, row: number): number {
    const { bytes } = this;
    const { values, capacity } = this.columns;
    const { kinds, columnOf, delimiter } = this.layout;
    const last = kinds.length - 2;
    if (this.repairs.length > 0) this.repairs = [];
    this.innerLines = 0;
    let at = start;
    for (let field = 0; ; field++) {
      const way = kinds[field];
      let end = -1;
      if (way === kind.number) {
        const digit = bytes[at] - 48;
        if (digit >>> 0 <= 9 && bytes[at + 1] === delimiter) {
          // Half of the cells of flow records are a single digit.
          values[columnOf[field] * capacity + row] = digit;
          at += 2;
          continue;
        }
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
    const { codes, capacity } = this.columns;
    const texts = this.columns.texts[column];
    const entry = texts.entry(bytes, from, to);
    codes[column * capacity + row] = texts.codeOf(entry);
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
    const { values, capacity } = this.columns;
    values[column * capacity + row] = this.reader.value(plan, bytes, start, end);
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
    return isEmptyRecord(rawRecord(bytes, start, this.length, delimiter));
  }

  /** Count a record that is no row by the reason why; returns the position behind it. */
  private drop(start: number): number {
    const record = rawRecord(this.bytes, start, this.length, this.layout.delimiter);
    const { line } = this;
    if (isBlankLine(record)) this.repaired.add("blank_line", line);
    else {
      this.dropped.add(shapeFault(record, this.plan) ?? `bad_value_${this.badColumn}`, line);
      this.records++;
    }
    this.line += record.lines;
    if (record.crlf) this.repaired.add("crlf", this.line - 1);
    return record.next;
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

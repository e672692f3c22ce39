import { Tally } from "../../base/tally.js";
import { CellReader } from "./cells.js";
import type { BlockFacts } from "./columns.js";
import { type CellHandler, CsvKernel } from "./kernel.js";
import { type Layout, layoutOf } from "./layout.js";
import type { BlockMemory } from "./memory.js";
import type { CsvPlan } from "./plan.js";
import { closingQuote, fieldEnd } from "./quotes.js";
import { isBlankLine, isEmptyRecord, rawRecord, shapeFault } from "./records.js";
import { TextCodes } from "./texts.js";

const NUL = 0;
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;

/** Parses blocks of whole records into columns: plain cells are the kernel's; every other cell, and what is no row, is read here. */
export class BlockParser implements CellHandler {
  private readonly layout: Layout;
  /** By the memory of the block, and that of the one at hand. */
  private readonly kernels = new Map<number, CsvKernel>();
  private current: CsvKernel | undefined;
  private readonly reader: CellReader;
  /** By column; null: it is none of texts. */
  private readonly texts: readonly (TextCodes | null)[];
  private dropped = new Tally();
  private repaired = new Tally();
  /** What was repaired in rows that are not counted yet, or in the record at hand. */
  private repairs: { readonly row: number; readonly reason: string }[] = [];
  private badColumn = "";

  /** @param header the header record as the file has it, without its line end: to know it when it comes again */
  constructor(
    private readonly plan: CsvPlan,
    private readonly header: Uint8Array,
  ) {
    this.layout = layoutOf(plan);
    const { missing } = this.layout;
    this.reader = new CellReader(missing);
    this.texts = plan.columns.map(({ parse }) => (parse === "text" ? new TextCodes(missing) : null));
  }

  private get kernel(): CsvKernel {
    return this.current as CsvKernel;
  }

  /** Blocks may come in this memory from now on. */
  take({ id, kernel, places }: Pick<BlockMemory, "id" | "kernel" | "places">): void {
    if (this.kernels.has(id)) return;
    const { layout, plan, header } = this;
    this.kernels.set(id, new CsvKernel(layout, kernel, places, plan.columns.length, header, this));
  }

  /** Parse in place. @param id of a memory that was taken @param length bytes of whole records in it, the last one LF */
  parse(id: number, length: number): BlockFacts {
    this.current = this.kernels.get(id);
    const { kernel } = this;
    kernel.begin(length);
    for (const texts of this.texts) texts?.clear();
    this.dropped = new Tally();
    this.repaired = new Tally();
    const { end } = kernel;
    let nul = this.nulFrom(kernel.start);
    for (let at = kernel.start; at < end; ) {
      at = kernel.records(at, nul);
      this.countRepairs();
      if (at < end) at = this.lookAt(at, nul);
      if (nul < at) nul = this.nulFrom(at);
    }
    this.countRepairs();
    return {
      rows: kernel.row,
      dictionaries: this.texts.map((texts, column) =>
        texts === null ? [] : usedTexts(kernel.codesOf(column, kernel.row), texts.dictionary),
      ),
      lineCount: kernel.line - 1,
      records: kernel.input,
      dropped: this.dropped.toJSON(),
      repaired: this.repaired.toJSON(),
    };
  }

  /** A record that may be no row, with the next NUL byte at `nul`; returns the position behind it. */
  private lookAt(at: number, nul: number): number {
    const { kernel } = this;
    const behind = this.bareLine(at);
    if (behind >= 0) return behind;
    if (kernel.bytes[at] === this.layout.comment) return this.commentLine(at);
    const end = this.isHeader(at) ? -1 : kernel.record(at);
    if (end < 0 || nul < end || this.isEmpty(at, end)) return this.drop(at);
    return kernel.accept(end);
  }

  /** Position of the first NUL byte from `at`, or the end. */
  private nulFrom(at: number): number {
    const found = this.kernel.bytes.indexOf(NUL, at);
    return found < 0 ? this.kernel.end : found;
  }

  /** Count what was repaired in the rows so far, and forget what was in a record that is none yet. */
  private countRepairs(): void {
    const { kernel, repairs, repaired } = this;
    for (const { row, reason } of repairs) if (row < kernel.row) repaired.add(reason, kernel.lines[row]);
    if (repairs.length > 0) this.repairs = [];
    const crlf = kernel.takeCrlf();
    if (crlf.count > 0) repaired.absorb({ crlf }, 0);
  }

  /**
   * Pass over a line of blanks and delimiters alone (the published Thursday of CIC-IDS-2017 ends with 288,602 of them);
   * returns the position behind it, -1 when it has content.
   */
  private bareLine(start: number): number {
    const { kernel } = this;
    const { bytes, line } = kernel;
    const { delimiter } = this.layout;
    let at = start;
    let delimited = false;
    for (; bytes[at] === delimiter || isBlank(bytes[at]); at++) if (bytes[at] === delimiter) delimited = true;
    const crlf = bytes[at] === CR && bytes[at + 1] === LF;
    if (bytes[at] !== LF && !crlf) return -1;
    if (delimited) this.dropped.add("empty_row", line);
    else this.repaired.add("blank_line", line);
    if (crlf) this.repaired.add("crlf", line);
    kernel.skip(1, delimited ? 1 : 0);
    return crlf ? at + 2 : at + 1;
  }

  /** Pass over a line that is a comment; returns the position behind it. */
  private commentLine(start: number): number {
    const { kernel } = this;
    const { bytes, line } = kernel;
    const lf = bytes.indexOf(LF, start);
    this.repaired.add("comment", line);
    if (bytes[lf - 1] === CR) this.repaired.add("crlf", line);
    kernel.skip(1, 0);
    return lf + 1;
  }

  /** The kernel asks for a text that it has not just met. */
  text(field: number, at: number, end: number, row: number): number {
    return this.storeText(this.layout.columnOf[field], this.kernel.bytes, at, end, row) ? 1 : 0;
  }

  /** Returns whether the text was UTF-8. */
  private storeText(column: number, bytes: Buffer, start: number, end: number, row: number): boolean {
    const texts = this.texts[column];
    if (texts === null) return false;
    let from = start;
    let to = end;
    while (from < to && isBlank(bytes[from])) from++;
    while (from < to && isBlank(bytes[to - 1])) to--;
    const entry = texts.entry(bytes, from, to);
    this.kernel.setCode(column, row, texts.codeOf(entry));
    if (!texts.isOdd(entry)) return true;
    this.repairs.push({ row, reason: "windows_1252" });
    return false;
  }

  /** The kernel asks for a cell that is not plain: into all its columns. */
  cell(field: number, at: number, row: number): number {
    const { kernel } = this;
    let { bytes } = kernel;
    let start = at;
    let end: number;
    let behind: number;
    if (bytes[at] === QUOTE) {
      end = closingQuote(bytes, at, kernel.end);
      behind = end < 0 ? -1 : fieldEnd(bytes, end + 1, kernel.end, this.layout.delimiter);
      if (behind < 0) return -1;
      start = at + 1;
      const content = bytes.subarray(start, end);
      for (let lf = content.indexOf(LF); lf >= 0; lf = content.indexOf(LF, lf + 1)) kernel.addInnerLine();
      if (content.includes(QUOTE)) {
        bytes = Buffer.from(content.toString("latin1").replaceAll('""', '"'), "latin1");
        start = 0;
        end = bytes.length;
      }
    } else {
      end = kernel.fieldEnd(at);
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
    this.kernel.setNumber(column, row, this.reader.value(plan, bytes, start, end));
    const { fault } = this.reader;
    if (fault === "bad") {
      this.badColumn = plan.name;
      return false;
    }
    if (fault === "infinite" || fault === "not_a_number")
      this.repairs.push({ row, reason: `${fault}_${plan.name}` });
    return true;
  }

  private isHeader(at: number): boolean {
    const { header } = this;
    const { bytes } = this.kernel;
    const end = at + header.length;
    return (
      header.length > 0 && (bytes[end] === LF || bytes[end] === CR) && bytes.subarray(at, end).equals(header)
    );
  }

  /** Whether a record that begins with a delimiter, a blank or a quote has no content at all. */
  private isEmpty(start: number, end: number): boolean {
    const { bytes } = this.kernel;
    const { delimiter } = this.layout;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      if (byte !== delimiter && byte !== QUOTE && !isBlank(byte)) return false;
    }
    return isEmptyRecord(rawRecord(bytes, start, this.kernel.end, delimiter));
  }

  /** Count a record that is no row by the reason why; returns the position behind it. */
  private drop(start: number): number {
    const { kernel } = this;
    const { line } = kernel;
    this.repairs = [];
    const record = rawRecord(kernel.bytes, start, kernel.end, this.layout.delimiter);
    const blank = isBlankLine(record);
    if (blank) this.repaired.add("blank_line", line);
    else this.dropped.add(shapeFault(record, this.plan) ?? `bad_value_${this.badColumn}`, line);
    kernel.skip(record.lines, blank ? 0 : 1);
    if (record.crlf) this.repaired.add("crlf", line + record.lines - 1);
    return record.next;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** The texts that rows have, in order of first appearance; records that were dropped leave others. Codes are renumbered. */
function usedTexts(codes: Int32Array, dictionary: readonly string[]): readonly string[] {
  const renumbered = new Int32Array(dictionary.length).fill(-1);
  const used: string[] = [];
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code < 0) continue;
    if (renumbered[code] < 0) renumbered[code] = used.push(dictionary[code]) - 1;
    codes[row] = renumbered[code];
  }
  return used;
}

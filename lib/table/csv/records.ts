import { isUtf8 } from "node:buffer";
import type { CsvPlan } from "./plan.js";
import { closingQuote, fieldEnd } from "./quotes.js";

const LF = 10;
const CR = 13;
const QUOTE = 34;
const NUL = 0;

/** One record, taken apart at leisure: what is not worth the fast way, or failed on it. */
export interface RawRecord {
  /** Number of its fields; those before the fault if there is one. */
  readonly width: number;
  /** Text of a cell without its quotes, not trimmed. */
  text(field: number): string;
  /** Position after the record and its line end. */
  readonly next: number;
  /** Lines it takes up. */
  readonly lines: number;
  /** It ends with CR LF. */
  readonly crlf: boolean;
  /** The quoted field that begins on its last line is never closed, or other text follows the closing quote. */
  readonly fault: "unclosed_quote" | "text_after_quote" | null;
  readonly hasNul: boolean;
}

/** The record at `start` of bytes[0, length), which end with LF. */
export function rawRecord(bytes: Buffer, start: number, length: number, delimiter: number): RawRecord {
  const starts: number[] = [];
  const ends: number[] = [];
  let fault: RawRecord["fault"] = null;
  let end = start; // of the record, without its line end
  for (let at = start; ; at = end + 1) {
    if (bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at, length);
      end = close < 0 ? -1 : fieldEnd(bytes, close + 1, length, delimiter);
      if (end < 0) {
        fault = close < 0 ? "unclosed_quote" : "text_after_quote";
        end = beforeLf(bytes, start, bytes.indexOf(LF, close < 0 ? at : close));
        break;
      }
      starts.push(at + 1);
      ends.push(close);
    } else {
      end = at;
      while (bytes[end] !== delimiter && bytes[end] !== LF) end++;
      if (bytes[end] === LF) end = beforeLf(bytes, at, end);
      starts.push(at);
      ends.push(end);
    }
    if (bytes[end] !== delimiter) break;
  }
  const crlf = bytes[end] === CR;
  const whole = bytes.subarray(start, end);
  return {
    width: starts.length,
    text(field) {
      const from = starts[field];
      const cell = cellText(bytes, from, ends[field]);
      return from > start && bytes[from - 1] === QUOTE ? cell.replaceAll('""', '"') : cell;
    },
    next: end + (crlf ? 2 : 1),
    lines: 1 + count(whole, LF),
    crlf,
    fault,
    hasNul: whole.includes(NUL),
  };
}

/** Position of the CR before the LF at `lf`, or of the LF where there is none. */
function beforeLf(bytes: Uint8Array, start: number, lf: number): number {
  return lf > start && bytes[lf - 1] === CR ? lf - 1 : lf;
}

function count(bytes: Uint8Array, value: number): number {
  let found = 0;
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + 1)) found++;
  return found;
}

/** Bytes 0x80 to 0x9f of windows-1252 (WHATWG Encoding); the others are those of Latin-1. Node's own decoder lacks these. */
const windows1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/** The text of bytes: UTF-8, or windows-1252 when they are not UTF-8. */
export function cellText(bytes: Buffer, start: number, end: number): string {
  const cell = bytes.subarray(start, end);
  if (isUtf8(cell)) return cell.toString("utf8");
  return cell.toString("latin1").replace(/[\u0080-\u009f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80]);
}

/** The texts of all cells. */
export function cellsOf(record: RawRecord): string[] {
  return Array.from({ length: record.width }, (_, field) => record.text(field));
}

/** Whether a record has these cells, but for blanks around them. */
export function isRecord(record: RawRecord, cells: readonly string[]): boolean {
  return record.width === cells.length && cells.every((cell, i) => cell.trim() === record.text(i).trim());
}

/** Whether a record has no content at all: blanks, delimiters, empty quotes. */
export function isEmptyRecord(record: RawRecord): boolean {
  for (let field = 0; field < record.width; field++) if (record.text(field).trim() !== "") return false;
  return record.fault === null;
}

/** Whether a record is a line without content. */
export function isBlankLine(record: RawRecord): boolean {
  return record.width === 1 && isEmptyRecord(record);
}

/** Why a record is no row, whatever its values are; null when it may be one. */
export function shapeFault(record: RawRecord, { header, width }: CsvPlan): string | null {
  if (record.fault !== null) return record.fault;
  if (record.hasNul) return "nul_byte";
  if (isEmptyRecord(record)) return "empty_row";
  if (header !== null && isRecord(record, header)) return "repeated_header";
  if (record.width === width) return null;
  return record.width < width ? "too_few_fields" : "too_many_fields";
}

/**
 * The first `records` records of a head (see `readHead`), for finding out what a file is: cells without their quotes, not
 * trimmed. Blank lines and records with broken quotes (the head may end inside one) are left out.
 */
export function csvHead(head: string, delimiter: string, records: number): string[][] {
  const bytes = Buffer.from(head.endsWith("\n") ? head : `${head}\n`, "utf8");
  const found: string[][] = [];
  for (let at = 0; at < bytes.length && found.length < records; ) {
    const record = rawRecord(bytes, at, bytes.length, delimiter.charCodeAt(0));
    at = record.next;
    if (record.fault === null && !isBlankLine(record)) found.push(cellsOf(record));
  }
  return found;
}

/**
 * Records of delimited text to columns, the plain cells; what is spelled otherwise goes to `cell`. Written in
 * AssemblyScript: whole words of bytes at once, and no call or object a cell. csv/kernel.ts is its other side, which
 * lays out the memory.
 */
import { decimals, eightDigits, leadingDigits, number, value, wordAt } from "./decimal";

/** Any cell into its column; returns its end, or -1 when it is unusable. */
declare function cell(field: i32, at: i32, row: i32): i32;
/** The text of bytes[at, end) into its column; returns whether equal bytes will do the same. */
declare function text(field: i32, at: i32, end: i32, row: i32): i32;

/** Kinds of fields: csv/layout.ts. */
const SKIP = 0;
const TEXT = 1;
const NUMBER = 2;
const PORT = 3;
const TIME = 4;
const OTHER = 5;

/** What is known of a field: its kind, where its column is, and the last cell with what it became. */
const FIELD = 32;
const COLUMN = 4;
const MEMO = 8;
const MEMO_LENGTH = 12;
const MEMO_VALUE = 16;

const TAB: u8 = 9;
const LF: u8 = 10;
const CR: u8 = 13;
const SPACE: u8 = 32;
const QUOTE: u8 = 34;
const MINUS: u8 = 45;
const DOT: u8 = 46;
const SAFE: f64 = 9007199254740991;
const FIRST_LINES = 5;

// What the other side sets before a block:
export let delimiter: u8 = 0;
/** What a line begins with that is no record; 0: none does. */
export let comment: u8 = 0;
/** Memory of the fields. */
export let fields: i32 = 0;
export let lastField: i32 = 0;
/** The first eight bytes of the header, and which of them count. */
export let header: u64 = 0;
export let headerMask: u64 = 0;
/** Where the line and the number of each row go. */
export let lines: i32 = 0;
export let inputRows: i32 = 0;
// What both keep in step:
export let row: i32 = 0;
export let line: i32 = 1;
export let input: i32 = 0;
/** Line ends inside the quoted cells of the record at hand. */
export let innerLines: i32 = 0;
/** Rows that end with CR LF, and where the lines of the first of them are. */
export let crlf: i32 = 0;
export let crlfLines: i32 = 0;

/** Take records from `at` on as rows, up to `limit` or the first one that must be looked at; returns where that is. */
export function records(from: i32, limit: i32): i32 {
  let at = from;
  while (at < limit) {
    const first = load<u8>(at);
    if (first <= QUOTE && isSeldom(first)) return at;
    if (first === delimiter || first === comment) return at;
    if (headerMask !== 0 && (load<u64>(at) & headerMask) === header) return at;
    const end = record(at);
    if (end < 0 || end >= limit) return at;
    at = accept(end);
  }
  return at;
}

/** What a record that has no content, or only seems to have none, begins with. */
function isSeldom(byte: u8): boolean {
  return byte === QUOTE || byte === SPACE || byte === TAB || byte === CR || byte === LF;
}

/** The record at hand is a row and ends at `end`; returns the position behind it. */
export function accept(end: i32): i32 {
  store<f64>(lines + (row << 3), line);
  store<f64>(inputRows + (row << 3), input);
  row++;
  input++;
  if (load<u8>(end) === CR) {
    if (crlf < FIRST_LINES) store<i32>(crlfLines + (crlf << 2), line + innerLines);
    crlf++;
    end++;
  }
  line += 1 + innerLines;
  return end + 1;
}

/** Fill the row at hand from the record at `start`; returns the position of the LF or CR LF behind it, -1 when it is no row. */
export function record(start: i32): i32 {
  innerLines = 0;
  let at = start;
  let known = fields;
  for (let field = 0; field <= lastField; field++, known += FIELD) {
    const kind = load<i32>(known);
    let end = -1;
    if (kind === NUMBER || kind === PORT) {
      const word = wordAt(at);
      const count = leadingDigits(word);
      if (count > 0 && count < 8) {
        const whole = eightDigits(word << (64 - (count << 3)));
        const next = load<u8>(at + count);
        // Most cells of flow records are whole numbers of few digits,
        if (next === delimiter) {
          storeNumber(known, f64(i64(whole)));
          at += count + 1;
          continue;
        }
        // and most others means and rates of ten decimals.
        if (next === DOT) {
          const behind = decimals(whole, at + count + 1);
          if (behind > 0 && load<u8>(behind) === delimiter && kind === NUMBER) {
            storeNumber(known, value);
            at = behind + 1;
            continue;
          }
        }
      }
      end = number(at);
      if (kind === PORT && end > at && !(load<u8>(at) !== MINUS && value <= SAFE && trunc(value) === value))
        end = -1;
      storeNumber(known, value);
    } else if (kind === OTHER || load<u8>(at) === QUOTE) {
      // the long way
    } else if (kind === TEXT) end = textCell(known, field, at);
    else if (kind === TIME) end = timeCell(known, field, at);
    else if (kind === SKIP) end = fieldEnd(at);
    if (end < 0 || !isEnd(end)) {
      end = cell(field, at, row);
      if (end < 0) return -1;
    }
    if (load<u8>(end) !== delimiter) return field === lastField ? end : -1;
    at = end + 1;
  }
  return -1;
}

/** Whether a field can end here. */
function isEnd(at: i32): boolean {
  const byte = load<u8>(at);
  return byte === delimiter || byte === LF || (byte === CR && load<u8>(at + 1) === LF);
}

/** Position of the delimiter, LF or CR LF behind the unquoted field at `at`. */
export function fieldEnd(at: i32): i32 {
  const delimiters = i8x16.splat(delimiter);
  const lfs = i8x16.splat(LF);
  for (let from = at; ; from += 16) {
    const bytes = v128.load(from);
    const ends = i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, lfs)));
    if (ends === 0) continue;
    const end = from + ctz(ends);
    return load<u8>(end) === LF && end > at && load<u8>(end - 1) === CR ? end - 1 : end;
  }
}

function storeNumber(known: i32, number: f64): void {
  store<f64>(load<i32>(known, COLUMN) + (row << 3), number);
}

function textCell(known: i32, field: i32, at: i32): i32 {
  const end = fieldEnd(at);
  const place = load<i32>(known, COLUMN) + (row << 2);
  if (isMemo(known, at, end)) store<i32>(place, load<i32>(known, MEMO_VALUE));
  else if (text(field, at, end, row)) {
    memorize(known, at, end);
    store<i32>(known, load<i32>(place), MEMO_VALUE);
  }
  return end;
}

function timeCell(known: i32, field: i32, at: i32): i32 {
  const end = fieldEnd(at);
  if (isMemo(known, at, end)) {
    storeNumber(known, load<f64>(known, MEMO_VALUE));
    return end;
  }
  if (cell(field, at, row) < 0) return -1;
  memorize(known, at, end);
  store<f64>(known, load<f64>(load<i32>(known, COLUMN) + (row << 3)), MEMO_VALUE);
  return end;
}

/** Whether a cell is spelled like the one before it in its column. */
function isMemo(known: i32, at: i32, end: i32): boolean {
  const length = end - at;
  return load<i32>(known, MEMO_LENGTH) === length && memory.compare(load<i32>(known, MEMO), at, length) === 0;
}

function memorize(known: i32, at: i32, end: i32): void {
  store<i32>(known, at, MEMO);
  store<i32>(known, end - at, MEMO_LENGTH);
}

import type { Column, Table, TextColumn } from "../table/table.js";

/** 64 bits a row, in two words. */
export interface RowHashes {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/**
 * A hash of the values of some columns, for each row of a table: equal rows have equal hashes (two missing values are
 * equal, 0 equals -0, a text is its characters and not its place in a dictionary), and among 16 million different rows
 * a false match has a chance of 1e-5.
 *
 * Each value is taken in by a round that maps the 64 bits of state one to one, and for a given state also the 64 bits of
 * the value: two words that multiply and shift each other, as in the finish of MurmurHash3 (Appleby 2011).
 * @param columns one that the table lacks counts as missing in every row. Whoever asks next for the same columns of the
 *   same rows (ingest after the audit) gets them cheaply.
 * @param more columns that are taken in, too
 */
export function rowHashes(table: Table, columns: readonly string[], more: readonly string[] = []): RowHashes {
  const columnOf = (name: string): Column | null => (table.has(name) ? table.column(name) : null);
  const shared = hashesOf(columns.map(columnOf), table.rows);
  if (more.length === 0) return shared;
  const hashes = { low: shared.low.slice(), high: shared.high.slice() };
  for (const name of more) mixColumn(hashes, columnOf(name));
  return hashes;
}

/** What was hashed last. */
let last: { readonly columns: readonly (Column | null)[]; readonly hashes: RowHashes } | undefined;

function hashesOf(columns: readonly (Column | null)[], rows: number): RowHashes {
  const known = last;
  if (
    known?.hashes.low.length === rows &&
    known.columns.length === columns.length &&
    columns.every((column, i) => column === known.columns[i])
  )
    return known.hashes;
  const hashes = { low: new Int32Array(rows), high: new Int32Array(rows) };
  for (const column of columns) mixColumn(hashes, column);
  last = { columns, hashes };
  return hashes;
}

function mixColumn(hashes: RowHashes, column: Column | null): void {
  if (column === null) mixMissing(hashes);
  else if (column.kind === "text") mixTexts(hashes, column);
  else mixNumbers(hashes, column.values);
}

/** The two halves of a missing value. */
const MISSING_LOW = 0;
const MISSING_HIGH = 0x7ff80001;
/** In the upper half of a double: the exponent's bits, and all of -0. */
const EXPONENT = 0x7ff00000;
const SIGN = -0x80000000;

function mixNumbers({ low, high }: RowHashes, values: Float32Array | Float64Array): void {
  const doubles = values instanceof Float64Array ? values : new Float64Array(values);
  const halves = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * doubles.length);
  for (let row = 0; row < low.length; row++) {
    let lower = halves[2 * row];
    let upper = halves[2 * row + 1];
    if ((upper & EXPONENT) === EXPONENT) {
      if (Number.isNaN(doubles[row])) [lower, upper] = [MISSING_LOW, MISSING_HIGH]; // of which there are many bit patterns
    } else if (upper === SIGN && lower === 0) upper = 0;
    const a = mixLow(low[row], high[row], lower);
    low[row] = a;
    high[row] = mixHigh(a, high[row], upper);
  }
}

function mixTexts({ low, high }: RowHashes, { codes, dictionary }: TextColumn): void {
  const lower = Int32Array.from(dictionary, (text) => textHash(text, 0x9747b28c));
  const upper = Int32Array.from(dictionary, (text) => textHash(text, 0x3c6ef372));
  for (let row = 0; row < low.length; row++) {
    const code = codes[row];
    const a = mixLow(low[row], high[row], code < 0 ? MISSING_LOW : lower[code]);
    low[row] = a;
    high[row] = mixHigh(a, high[row], code < 0 ? MISSING_HIGH : upper[code]);
  }
}

function mixMissing({ low, high }: RowHashes): void {
  for (let row = 0; row < low.length; row++) {
    const a = mixLow(low[row], high[row], MISSING_LOW);
    low[row] = a;
    high[row] = mixHigh(a, high[row], MISSING_HIGH);
  }
}

/** The low word after a value with the lower half `lower`. */
function mixLow(low: number, high: number, lower: number): number {
  const h = (Math.imul(low ^ high ^ lower, 0x85ebca6b) + 0x3c6ef372) | 0;
  return h ^ (h >>> 15);
}

/** The high word after a value with the upper half `upper`; `low` is that after it. */
function mixHigh(low: number, high: number, upper: number): number {
  const h = Math.imul(low ^ high ^ upper, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** xxHash32's round (Collet 2012) a character. */
function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    const h = (hash + Math.imul(text.charCodeAt(i), 0x85ebca77)) | 0;
    hash = Math.imul((h << 13) | (h >>> 19), 0x9e3779b1);
  }
  return finish(hash ^ text.length);
}

/** All bits depend on all bits. */
export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

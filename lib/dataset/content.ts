import type { Column, Table, TextColumn } from "../table/table.js";

/** 32-bit words of a row's hash: 96 bits, so that among 100 million rows a false match has a chance of 1e-13. */
const WORDS = 3;

/**
 * Groups of rows with equal content, fed batch by batch. Rows are equal when a 96-bit hash over the values of the
 * columns is (two missing values are equal, 0 equals -0): the values themselves are not kept, so that 16 million rows
 * of 80 columns take 16 bytes a row.
 *
 * Hash: one round of xxHash32 (Collet 2012) a column and word, each word over other mixtures of the value's two halves;
 * text by its characters, so that the batches' dictionaries do not matter.
 */
export class ContentGroups {
  private hashes = new Int32Array(WORDS * 1024); // of each group
  private slots = new Int32Array(4096).fill(-1);
  private count = 0;

  /** Groups so far. */
  get size(): number {
    return this.count;
  }

  /**
   * Take more rows in.
   * @param columns the columns that decide; one that the table lacks counts as missing in every row. Whoever asks next for
   *   the same columns of the same rows (ingest after the audit) gets them cheaply.
   * @param more columns that decide, too
   * @returns for each row the number of its group; groups are numbered in the order of their first row
   */
  add(table: Table, columns: readonly string[], more: readonly string[] = []): Int32Array {
    const hashes = contentHashes(table, columns, more);
    const groups = new Int32Array(table.rows);
    for (let row = 0; row < groups.length; row++) groups[row] = this.groupOf(hashes, row * WORDS);
    return groups;
  }

  private groupOf(hashes: Int32Array, at: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashes[at] & mask; ; slot = (slot + 1) & mask) {
      const group = this.slots[slot];
      if (group === -1) return this.newGroup(hashes, at, slot);
      const known = group * WORDS;
      if (
        this.hashes[known] === hashes[at] &&
        this.hashes[known + 1] === hashes[at + 1] &&
        this.hashes[known + 2] === hashes[at + 2]
      )
        return group;
    }
  }

  private newGroup(hashes: Int32Array, at: number, slot: number): number {
    const group = this.count++;
    if (group * WORDS === this.hashes.length) {
      const grown = new Int32Array(this.hashes.length * 2);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes.set(hashes.subarray(at, at + WORDS), group * WORDS);
    this.slots[slot] = group;
    if (this.count * 2 > this.slots.length) this.grow();
    return group;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let group = 0; group < this.count; group++) {
      let slot = this.hashes[group * WORDS] & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = group;
    }
    this.slots = slots;
  }
}

/** Group the rows of one table by equal content: see ContentGroups. */
export function contentGroups(table: Table, columns: readonly string[]): Int32Array {
  return new ContentGroups().add(table, columns);
}

/** WORDS words a row. */
function contentHashes(table: Table, names: readonly string[], more: readonly string[]): Int32Array {
  const columnOf = (name: string): Column | null => (table.has(name) ? table.column(name) : null);
  const hashes = mixed(names.map(columnOf), table.rows).slice();
  for (const name of more) mixColumn(hashes, columnOf(name));
  for (let i = 0; i < hashes.length; i++) hashes[i] = finish(hashes[i]);
  return hashes;
}

/** What was mixed last. */
let last: { readonly columns: readonly (Column | null)[]; readonly hashes: Int32Array } | undefined;

/** The words of each row before they are finished; those of the last columns are known. */
function mixed(columns: readonly (Column | null)[], rows: number): Int32Array {
  const known = last;
  if (
    known?.hashes.length === rows * WORDS &&
    known.columns.length === columns.length &&
    columns.every((column, i) => column === known.columns[i])
  )
    return known.hashes;
  const hashes = new Int32Array(rows * WORDS);
  for (const column of columns) mixColumn(hashes, column);
  last = { columns, hashes };
  return hashes;
}

function mixColumn(hashes: Int32Array, column: Column | null): void {
  if (column === null) mixMissing(hashes);
  else if (column.kind === "text") mixTexts(hashes, column);
  else mixNumbers(hashes, column.values);
}

/** The two halves of a missing value. */
const MISSING_LOW = 0;
const MISSING_HIGH = 0x7ff80001;
const bits = new Float64Array(1);
const halves = new Int32Array(bits.buffer);

function mixNumbers(hashes: Int32Array, values: Float32Array | Float64Array): void {
  for (let row = 0, at = 0; row < values.length; row++, at += WORDS) {
    const value = values[row];
    bits[0] = value + 0; // -0 and 0 are equal
    const missing = Number.isNaN(value); // of which there are many bit patterns
    mix(hashes, at, missing ? MISSING_LOW : halves[0], missing ? MISSING_HIGH : halves[1]);
  }
}

function mixTexts(hashes: Int32Array, { codes, dictionary }: TextColumn): void {
  const low = Int32Array.from(dictionary, (text) => textHash(text, 0x9747b28c));
  const high = Int32Array.from(dictionary, (text) => textHash(text, 0x3c6ef372));
  for (let row = 0, at = 0; row < codes.length; row++, at += WORDS) {
    const code = codes[row];
    mix(hashes, at, code < 0 ? MISSING_LOW : low[code], code < 0 ? MISSING_HIGH : high[code]);
  }
}

function mixMissing(hashes: Int32Array): void {
  for (let at = 0; at < hashes.length; at += WORDS) mix(hashes, at, MISSING_LOW, MISSING_HIGH);
}

/** Take a value of 64 bits into the three words at `at`. */
function mix(hashes: Int32Array, at: number, low: number, high: number): void {
  hashes[at] = round(hashes[at], low ^ Math.imul(high, 0x9e3779b1));
  hashes[at + 1] = round(hashes[at + 1], high ^ Math.imul(low, 0xcc9e2d51));
  hashes[at + 2] = round(hashes[at + 2], (low + Math.imul(high, 0x1b873593)) ^ (high >>> 15));
}

/** xxHash32's round. */
function round(hash: number, word: number): number {
  const h = (hash + Math.imul(word, 0x85ebca77)) | 0;
  return Math.imul((h << 13) | (h >>> 19), 0x9e3779b1);
}

function textHash(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = round(hash, text.charCodeAt(i));
  return finish(hash ^ text.length);
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** How often rows repeat each other. */
export interface Duplicates {
  /** Rows that repeat the content of an earlier row. */
  readonly repeated: number;
  /** Of those, rows that repeat an earlier row's content and its label. */
  readonly repeated_with_label: number;
  /** Rows whose content occurs under more than one label: no classifier can get all of them right. */
  readonly contradictory: number;
}

/** Counts repetitions from content groups and label codes, fed batch by batch. */
export class DuplicateCounter {
  private rows = 0;
  private distinct = 0; // pairs of group and label
  private firstLabel = new Int32Array(1024).fill(-1); // by group
  private rowsOf = new Int32Array(1024); // by group
  private readonly others = new Map<number, Set<number>>(); // labels of the groups that have several

  /** @param labels code of each row's label, 0 or more, the same for all batches */
  add(groups: Int32Array, labels: Int32Array): void {
    this.rows += groups.length;
    groups.forEach((group, row) => {
      if (group >= this.firstLabel.length) this.grow(group);
      this.rowsOf[group]++;
      const label = labels[row];
      const first = this.firstLabel[group];
      if (first === -1) {
        this.firstLabel[group] = label;
        this.distinct++;
      } else if (first !== label) this.addOther(group, label);
    });
  }

  private addOther(group: number, label: number): void {
    const known = this.others.get(group) ?? new Set<number>();
    if (!known.has(label)) this.distinct++;
    this.others.set(group, known.add(label));
  }

  private grow(group: number): void {
    const length = Math.max(this.firstLabel.length * 2, group + 1);
    const labels = new Int32Array(length).fill(-1);
    labels.set(this.firstLabel);
    const rows = new Int32Array(length);
    rows.set(this.rowsOf);
    this.firstLabel = labels;
    this.rowsOf = rows;
  }

  finish(): Duplicates {
    let contradictory = 0;
    for (const group of this.others.keys()) contradictory += this.rowsOf[group];
    const groups = this.firstLabel.reduce((count, label) => count + (label === -1 ? 0 : 1), 0);
    return {
      repeated: this.rows - groups,
      repeated_with_label: this.rows - this.distinct,
      contradictory,
    };
  }
}

import type { Table } from "../table/table.js";
import { rowHashes } from "./rowHash.js";

/**
 * Groups of rows with equal content, fed batch by batch. Rows are equal when a hash of 64 bits over the values of the
 * columns is (rowHash.ts): the values themselves are not kept, so that 16 million rows of 80 columns take some 30 bytes a
 * row.
 */
export class ContentGroups {
  private readonly groups = new HashGroups();

  /** Groups so far. */
  get size(): number {
    return this.groups.size;
  }

  /**
   * Take more rows in.
   * @param columns the columns that decide; one that the table lacks counts as missing in every row
   * @returns for each row the number of its group; groups are numbered in the order of their first row
   */
  add(table: Table, columns: readonly string[]): Int32Array {
    return this.groups.add(rowHashes(table, columns));
  }
}

/** Divides content groups by more columns: nearly every row is like the first one of its group. */
export class FinerGroups {
  /** By group: the hash of its first row, and the number of that one's finer group plus 1; 0 is unknown. */
  private firsts = new Int32Array(SLOT * 1024);
  /** Rows that are unlike the first one of their group. */
  private readonly others = new HashGroups();
  private readonly numbers: number[] = [];
  private count = 0;

  /**
   * Take more rows in.
   * @param groups of the rows by `columns`, as ContentGroups numbers them
   * @param more columns that decide, too
   * @returns for each row the number of its finer group
   */
  add(groups: Int32Array, table: Table, columns: readonly string[], more: readonly string[]): Int32Array {
    if (more.length === 0) return groups;
    const hashes = rowHashes(table, columns, more);
    const finer = new Int32Array(groups.length);
    const left = this.likeFirsts(groups, hashes, finer);
    if (left.length === 0) return finer;
    const words = new Int32Array(2 * left.length);
    for (let i = 0; i < left.length; i++) {
      words[2 * i] = hashes[2 * left[i]];
      words[2 * i + 1] = hashes[2 * left[i] + 1];
    }
    this.others.add(words).forEach((other, i) => {
      if (other === this.numbers.length) this.numbers.push(this.count++);
      finer[left[i]] = this.numbers[other];
    });
    return finer;
  }

  /** Fill `finer` for the rows that are like the first one of their group; returns the others. */
  private likeFirsts(groups: Int32Array, hashes: Int32Array, finer: Int32Array): Int32Array {
    const left = new Int32Array(groups.length);
    let leftRows = 0;
    this.makeRoom(groups);
    const { firsts } = this;
    let { count } = this;
    for (let row = 0; row < groups.length; row++) {
      const at = SLOT * groups[row];
      if (firsts[at + 2] === 0) {
        firsts[at] = hashes[2 * row];
        firsts[at + 1] = hashes[2 * row + 1];
        firsts[at + 2] = ++count;
      } else if (firsts[at] !== hashes[2 * row] || firsts[at + 1] !== hashes[2 * row + 1]) {
        left[leftRows++] = row;
        continue;
      }
      finer[row] = firsts[at + 2] - 1;
    }
    this.count = count;
    return left.subarray(0, leftRows);
  }

  private makeRoom(groups: Int32Array): void {
    let last = -1;
    for (let row = 0; row < groups.length; row++) if (groups[row] > last) last = groups[row];
    if (SLOT * (last + 1) <= this.firsts.length) return;
    const grown = new Int32Array(Math.max(2 * this.firsts.length, SLOT * (last + 1)));
    grown.set(this.firsts);
    this.firsts = grown;
  }
}

/** Numbers hashes of 64 bits in the order in which they first come. */
class HashGroups {
  /** Open addressing, three words a slot: a group's hash, and its number plus 1; 0 is free. At most two thirds are taken. */
  private slots = new Int32Array(SLOT * 4096);
  private count = 0;
  private touched = 0;

  get size(): number {
    return this.count;
  }

  /** @param hashes two words each, the low one first */
  add(hashes: Int32Array): Int32Array {
    const groups = new Int32Array(hashes.length / 2);
    for (let from = 0; from < groups.length; from += STRIDE) {
      const to = Math.min(from + STRIDE, groups.length);
      this.makeRoom(to - from);
      this.touch(hashes, from, to);
      this.find(hashes, groups, from, to);
    }
    return groups;
  }

  /** Bring the slots of rows near, many at once: in `find`, each one would be waited for. */
  private touch(hashes: Int32Array, from: number, to: number): void {
    const { slots } = this;
    const mask = slots.length / SLOT - 1;
    let { touched } = this;
    for (let row = from; row < to; row++) touched ^= slots[SLOT * (hashes[2 * row] & mask)];
    this.touched = touched;
  }

  /** Fill `groups`; there is room for as many new ones. */
  private find(hashes: Int32Array, groups: Int32Array, from: number, to: number): void {
    const { slots } = this;
    const mask = slots.length / SLOT - 1;
    let { count } = this;
    for (let row = from; row < to; row++) {
      const low = hashes[2 * row];
      const high = hashes[2 * row + 1];
      let place = low & mask;
      let at = SLOT * place;
      while (slots[at + 2] !== 0 && (slots[at] !== low || slots[at + 1] !== high)) {
        place = (place + 1) & mask;
        at = SLOT * place;
      }
      if (slots[at + 2] === 0) {
        slots[at] = low;
        slots[at + 1] = high;
        slots[at + 2] = ++count;
      }
      groups[row] = slots[at + 2] - 1;
    }
    this.count = count;
  }

  private makeRoom(rows: number): void {
    const { slots } = this;
    if (SLOT * (this.count + rows) * 3 <= slots.length * 2) return;
    const grown = new Int32Array(slots.length * 2);
    const mask = grown.length / SLOT - 1;
    for (let from = 0; from < slots.length; from += SLOT) {
      if (slots[from + 2] === 0) continue;
      let place = slots[from] & mask;
      while (grown[SLOT * place + 2] !== 0) place = (place + 1) & mask;
      for (let word = 0; word < SLOT; word++) grown[SLOT * place + word] = slots[from + word];
    }
    this.slots = grown;
  }
}

/** Words of a slot. */
const SLOT = 3;
/** Rows for which room is made at once; fewer than the first slots. */
const STRIDE = 1024;

/** Group the rows of one table by equal content: see ContentGroups. */
export function contentGroups(table: Table, columns: readonly string[]): Int32Array {
  return new ContentGroups().add(table, columns);
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
  private groups = 0;
  private distinct = 0; // pairs of group and label
  private firstLabel = new Int32Array(1024).fill(-1); // by group
  private rowsOf = new Int32Array(1024); // by group
  private readonly others = new Map<number, Set<number>>(); // labels of the groups that have several

  /** @param labels code of each row's label, 0 or more, the same for all batches */
  add(groups: Int32Array, labels: Int32Array | Uint8Array): void {
    this.rows += groups.length;
    let last = -1;
    for (let row = 0; row < groups.length; row++) if (groups[row] > last) last = groups[row];
    if (last >= this.firstLabel.length) this.grow(last);
    const { firstLabel, rowsOf } = this;
    for (let row = 0; row < groups.length; row++) {
      const group = groups[row];
      const label = labels[row];
      rowsOf[group]++;
      const first = firstLabel[group];
      if (first === -1) {
        firstLabel[group] = label;
        this.groups++;
        this.distinct++;
      } else if (first !== label) this.addOther(group, label);
    }
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
    return {
      repeated: this.rows - this.groups,
      repeated_with_label: this.rows - this.distinct,
      contradictory,
    };
  }
}

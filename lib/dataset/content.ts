import type { Column, Table } from "../table/table.js";

/**
 * Group rows of equal content: equal in every one of `columns` (two missing values are equal).
 * @returns for each row the number of its group; groups are numbered in the order of their first row
 *
 * Hashing with open addressing; rows of one slot are compared value by value, so that equal means equal.
 */
export function contentGroups(table: Table, columns: readonly string[]): Int32Array {
  const rows = table.rows;
  const chosen = columns.map((name) => table.column(name));
  const hashes = new Int32Array(rows);
  for (const column of chosen) mixColumn(hashes, column);
  let capacity = 16;
  while (capacity < rows * 2) capacity *= 2;
  const slots = new Int32Array(capacity).fill(-1); // first row of a group
  const groups = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let slot = finish(hashes[row]) & (capacity - 1);
    for (;;) {
      const first = slots[slot];
      if (first === -1) {
        slots[slot] = row;
        groups[row] = count++;
        break;
      }
      if (hashes[first] === hashes[row] && chosen.every((column) => equal(column, first, row))) {
        groups[row] = groups[first];
        break;
      }
      slot = (slot + 1) & (capacity - 1);
    }
  }
  return groups;
}

function equal(column: Column, a: number, b: number): boolean {
  if (column.kind === "text") return column.codes[a] === column.codes[b];
  return (
    column.values[a] === column.values[b] ||
    (Number.isNaN(column.values[a]) && Number.isNaN(column.values[b]))
  );
}

/** One step of murmur3 (Appleby 2008) a column. */
function mixColumn(hashes: Int32Array, column: Column): void {
  const bits = new Float64Array(1);
  const words = new Int32Array(bits.buffer);
  for (let row = 0; row < hashes.length; row++) {
    let word: number;
    if (column.kind === "text") word = column.codes[row];
    else {
      bits[0] = column.values[row] + 0; // -0 and 0 are equal
      word = words[0] ^ Math.imul(words[1], 0x9e3779b1);
    }
    let k = Math.imul(word, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    const h = hashes[row] ^ Math.imul(k, 0x1b873593);
    hashes[row] = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
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

/** Count repetitions from content groups and label codes. */
export function countDuplicates(groups: Int32Array, labels: Int32Array): Duplicates {
  const firstLabel = new Map<number, number>();
  const contradictory = new Set<number>();
  const pairs = new Set<string>();
  for (let row = 0; row < groups.length; row++) {
    const known = firstLabel.get(groups[row]);
    if (known === undefined) firstLabel.set(groups[row], labels[row]);
    else if (known !== labels[row]) contradictory.add(groups[row]);
    pairs.add(`${groups[row]}:${labels[row]}`);
  }
  let rows = 0;
  for (const group of groups) if (contradictory.has(group)) rows++;
  return {
    repeated: groups.length - firstLabel.size,
    repeated_with_label: groups.length - pairs.size,
    contradictory: rows,
  };
}

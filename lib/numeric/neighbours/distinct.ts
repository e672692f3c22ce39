import type { Points } from "./points.js";

/** The distinct points of rows, in order of first appearance. */
export interface Distinct {
  readonly count: number;
  /** First row of each point. */
  readonly first: Int32Array;
  /** Rows of point p: members[starts[p]] up to starts[p + 1], ascending. */
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

/** Group equal rows; 0 and -0 are equal. */
export function distinctPoints({ rows, columns, data }: Points): Distinct {
  const limit = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * rows)));
  const slots = new Int32Array(limit).fill(-1);
  const point = new Int32Array(rows);
  const first = new Int32Array(rows);
  let count = 0;
  const hashes = rowHashes({ rows, columns, data });
  for (let row = 0; row < rows; row++) {
    let slot = hashes[row] & (limit - 1);
    while (slots[slot] >= 0 && !equal(first[slots[slot]], row)) slot = (slot + 1) & (limit - 1);
    if (slots[slot] < 0) {
      slots[slot] = count;
      first[count++] = row;
    }
    point[row] = slots[slot];
  }
  const starts = new Int32Array(count + 1);
  for (const p of point) starts[p + 1]++;
  for (let p = 0; p < count; p++) starts[p + 1] += starts[p];
  const next = starts.slice();
  const members = new Int32Array(rows);
  for (let row = 0; row < rows; row++) members[next[point[row]]++] = row;
  return { count, first: first.slice(0, count), starts, members };

  function equal(a: number, b: number): boolean {
    if (hashes[a] !== hashes[b]) return false;
    for (let j = 0; j < columns; j++) if (data[a * columns + j] !== data[b * columns + j]) return false;
    return true;
  }
}

/** A hash of 32 bits of each row. Source: Appleby, MurmurHash3 (its mixing of words). */
function rowHashes({ rows, columns, data }: Points): Int32Array {
  const row = data.constructor === Float32Array ? new Float32Array(columns) : new Float64Array(columns);
  const words = new Int32Array(row.buffer);
  const out = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) row[j] = data[i * columns + j] + 0; // -0 becomes 0
    let hash = 0;
    for (let w = 0; w < words.length; w++) {
      let word = Math.imul(words[w], 0xcc9e2d51);
      word = (word << 15) | (word >>> 17);
      hash ^= Math.imul(word, 0x1b873593);
      hash = (hash << 13) | (hash >>> 19);
      hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
    }
    hash ^= hash >>> 16;
    hash = Math.imul(hash, 0x85ebca6b);
    hash ^= hash >>> 13;
    out[i] = hash ^ (hash >>> 16);
  }
  return out;
}

import type { Points } from "./points.js";

/** Rows without their repetitions. */
export interface Distinct {
  readonly points: Points;
  /** How many rows each stands for. */
  readonly weights: Float64Array;
  /** For each row of the original, which of the distinct ones it is; numbers in the order of first appearance. */
  readonly of: Int32Array;
}

/** Rows that are equal in every column become one: flows repeat each other a lot. */
export function distinctRows({ rows, columns, data }: Points): Distinct {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
  const width = 2 * columns;
  let slots = 16;
  while (slots < 2 * rows) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  const first = new Int32Array(rows);
  const weights = new Float64Array(rows);
  const of = new Int32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    let hash = 0;
    for (let w = i * width; w < (i + 1) * width; w++)
      hash = Math.imul(hash ^ bits[w], 0x9e3779b1) ^ (hash >>> 15);
    let slot = (hash ^ (hash >>> 16)) & (slots - 1);
    while (table[slot] >= 0 && !sameRow(data, first[table[slot]] * columns, i * columns, columns))
      slot = (slot + 1) & (slots - 1);
    if (table[slot] < 0) {
      table[slot] = count;
      first[count++] = i;
    }
    of[i] = table[slot];
    weights[of[i]]++;
  }
  const kept = new Float64Array(count * columns);
  for (let k = 0; k < count; k++)
    kept.set(data.subarray(first[k] * columns, (first[k] + 1) * columns), k * columns);
  return { points: { rows: count, columns, data: kept }, weights: weights.slice(0, count), of };
}

function sameRow(data: Float64Array, a: number, b: number, columns: number): boolean {
  for (let j = 0; j < columns; j++) if (data[a + j] !== data[b + j]) return false;
  return true;
}

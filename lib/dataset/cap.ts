import { compareText } from "../base/json.js";
import type { Rng } from "../base/rng.js";
import type { TextColumn } from "../table/table.js";

/**
 * Choose `limit` rows, each family in its share (largest remainder; every family keeps one row when the limit allows).
 * @returns row numbers, ascending
 */
export function stratifiedCap(families: TextColumn, limit: number, rng: Rng): Int32Array {
  const byFamily = new Map<string, number[]>();
  families.codes.forEach((code, row) => {
    const family = families.dictionary[code];
    const rows = byFamily.get(family);
    if (rows === undefined) byFamily.set(family, [row]);
    else rows.push(row);
  });
  const names = [...byFamily.keys()].sort(compareText);
  const sizes = names.map((name) => byFamily.get(name)?.length ?? 0);
  const counts = allocate(sizes, Math.min(limit, families.codes.length));
  const chosen = names.flatMap((name, i) => {
    const rows = byFamily.get(name) ?? [];
    return Array.from(rng.fork(name).sample(rows.length, counts[i]), (at) => rows[at]);
  });
  return Int32Array.from(chosen).sort();
}

/** Divide `total` in proportion to `sizes`; the remainder goes to the largest fractions, ties to the first. */
export function allocate(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  const floor = total >= sizes.length ? 1 : 0;
  const exact = sizes.map((size) => (size * total) / sum);
  const counts = exact.map((share) => Math.max(Math.floor(share), floor));
  const order = sizes.map((_, i) => i);
  order.sort((a, b) => exact[b] - Math.floor(exact[b]) - (exact[a] - Math.floor(exact[a])) || a - b);
  for (let left = total - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; i++) {
    const at = order[i % order.length];
    if (counts[at] < sizes[at]) {
      counts[at]++;
      left--;
    }
  }
  // The guaranteed single rows may have taken too many: the largest give them back.
  for (let over = counts.reduce((a, b) => a + b, 0) - total; over > 0; over--) {
    counts[counts.indexOf(Math.max(...counts))]--;
  }
  return counts;
}

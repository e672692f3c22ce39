import { compareText } from "../base/json.js";
import type { Rng } from "../base/rng.js";
import { allocate } from "../base/statistics.js";
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

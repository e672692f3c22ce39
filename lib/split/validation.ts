import type { Rng } from "../base/rng.js";
import { type Coded, rowsByCode } from "./groups.js";

/** A family that validation could not have. */
export interface LeftOut {
  readonly family: string;
  readonly rows: number;
  /** Groups of rows with equal content. */
  readonly groups: number;
}

export interface Validation {
  readonly rows: ReadonlySet<number>;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Draw validation rows inside the training part: `share` of each family, rows of equal content together (a group
 * counts for the family of its first row). A family whose rows fall into fewer than two groups, or whose smallest
 * group is more than half of it, stays in training and is listed. A group that is larger than the family's whole share
 * stays in training, so that training keeps the common content of each family.
 * @param content group of equal content of each row of the table
 */
export function drawValidation(
  train: readonly number[],
  families: Coded,
  content: Int32Array,
  share: number,
  rng: Rng,
): Validation {
  const groups = rowsByCode(content, train);
  const byFamily = new Map<number, number[][]>();
  for (const rows of groups.values()) {
    const family = families.codes[rows[0]];
    const list = byFamily.get(family);
    if (list === undefined) byFamily.set(family, [rows]);
    else list.push(rows);
  }
  const chosen = new Set<number>();
  const leftOut: LeftOut[] = [];
  for (const family of [...byFamily.keys()].sort((a, b) => a - b)) {
    const members = byFamily.get(family) ?? [];
    const sizes = members.map((rows) => rows.length);
    const total = sizes.reduce((a, b) => a + b, 0);
    const order = rng.fork(families.values[family]).shuffle(members.map((_, i) => i));
    const taken = takeUpTo(order, sizes, Math.max(Math.round(share * total), 1));
    if (taken.length === 0) {
      const smallest = order.reduce((a, b) => (sizes[b] < sizes[a] ? b : a));
      if (sizes[smallest] * 2 <= total) taken.push(smallest);
    }
    if (taken.length === 0 || taken.length === members.length)
      leftOut.push({ family: families.values[family], rows: total, groups: members.length });
    else for (const i of taken) for (const row of members[i]) chosen.add(row);
  }
  return { rows: chosen, leftOut };
}

/** Take items in `order` as long as they fit below `limit`. */
function takeUpTo(order: readonly number[], sizes: readonly number[], limit: number): number[] {
  let room = limit;
  return order.filter((i) => {
    if (sizes[i] > room) return false;
    room -= sizes[i];
    return true;
  });
}

import { deal } from "../base/deal.js";
import type { Rng } from "../base/rng.js";
import { ContentGroups } from "../dataset/content.js";
import type { Table } from "../table/table.js";
import { shuffled, takeUpTo } from "./draw.js";
import type { Coded } from "./groups.js";
import { groupRows, rowsWhere } from "./rows.js";

/** Rows of equal content: the number of its group for every row of the table, and the columns that were compared. */
export interface Content {
  readonly groups: Int32Array;
  readonly columns: readonly string[];
}

/** Which rows of a table are equal by `columns`, told batch by batch. */
export async function readContent(
  batches: AsyncIterable<Table>,
  columns: readonly string[],
): Promise<Content> {
  const known = new ContentGroups();
  const parts: Int32Array[] = [];
  for await (const batch of batches) parts.push(known.add(batch, columns));
  const groups = new Int32Array(parts.reduce((rows, part) => rows + part.length, 0));
  let at = 0;
  for (const part of parts) {
    groups.set(part, at);
    at += part.length;
  }
  return { groups, columns };
}

/** A family whose rows fall into too few groups of equal content. */
export interface ShortFamily {
  readonly family: string;
  readonly rows: number;
  /** Groups of rows with equal content. */
  readonly groups: number;
}

/** The groups of some rows, numbered in the order of their first row. A group counts for the family of its first row. */
interface Groups {
  /** By group of the whole table; -1 where no row is among them. */
  readonly number: Int32Array;
  readonly sizes: Int32Array;
  readonly family: Int32Array;
}

function groupsOf(rows: Int32Array, families: Coded, content: Int32Array): Groups {
  let highest = -1;
  for (const row of rows) if (content[row] > highest) highest = content[row];
  const number = new Int32Array(highest + 1).fill(-1);
  const sizes = new Int32Array(rows.length);
  const family = new Int32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    if (number[content[row]] < 0) {
      family[count] = families.codes[row];
      number[content[row]] = count++;
    }
    sizes[number[content[row]]]++;
  }
  return { number, sizes: sizes.slice(0, count), family: family.slice(0, count) };
}

/** Calls `use` with the groups of each family, families in their order. */
function byFamily(groups: Groups, families: Coded, use: (members: Int32Array, family: string) => void): void {
  const all = rowsWhere(groups.sizes.length);
  const grouped = groupRows(groups.family, all, families.values.length);
  families.values.forEach((family, code) => {
    if (grouped.sizes[code] > 0) use(grouped.of(code), family);
  });
}

/**
 * Draw `share` of each family, rows of equal content together. A family whose rows fall into fewer than two groups, or
 * whose smallest group is more than half of it, is left whole and listed. A group that is larger than the family's whole
 * share is never drawn, so that what is left keeps the common content of each family.
 * @returns 1 for each row of the table that is drawn
 */
export function drawContent(
  rows: Int32Array,
  families: Coded,
  content: Int32Array,
  share: number,
  rng: Rng,
): { readonly drawn: Uint8Array; readonly leftOut: readonly ShortFamily[] } {
  const groups = groupsOf(rows, families, content);
  const chosen = new Uint8Array(groups.sizes.length);
  const leftOut: ShortFamily[] = [];
  byFamily(groups, families, (members, family) => {
    const sizes = members.map((group) => groups.sizes[group]);
    const total = sizes.reduce((a, b) => a + b, 0);
    const order = shuffled(sizes.length, rng.fork(family));
    const taken = takeUpTo(order, sizes, Math.max(Math.round(share * total), 1));
    let count = taken.reduce((a, b) => a + b, 0);
    if (count === 0) {
      const smallest = order.reduce((a, b) => (sizes[b] < sizes[a] ? b : a));
      if (sizes[smallest] * 2 <= total) count = taken[smallest] = 1;
    }
    if (count === 0 || count === members.length)
      leftOut.push({ family, rows: total, groups: members.length });
    else
      members.forEach((group, i) => {
        chosen[group] = taken[i];
      });
  });
  const drawn = new Uint8Array(content.length);
  for (const row of rows) drawn[row] = chosen[groups.number[content[row]]];
  return { drawn, leftOut };
}

/**
 * Deal rows to `bins`, each family evenly, rows of equal content together.
 * @param totals rows of each bin so far; what is dealt is added
 * @param into the bin of each dealt row, by row of the table
 * @returns families with fewer groups than bins: some bins have none of their rows
 */
export function dealContent(
  rows: Int32Array,
  families: Coded,
  content: Int32Array,
  totals: Float64Array,
  rng: Rng,
  into: Int32Array,
): ShortFamily[] {
  const groups = groupsOf(rows, families, content);
  const bin = new Int32Array(groups.sizes.length);
  const short: ShortFamily[] = [];
  byFamily(groups, families, (members, family) => {
    const order = shuffled(members.length, rng.fork(family)).map((i) => members[i]);
    deal(order, groups.sizes, totals, bin);
    if (members.length >= totals.length) return;
    const size = members.reduce((sum, group) => sum + groups.sizes[group], 0);
    short.push({ family, rows: size, groups: members.length });
  });
  for (const row of rows) into[row] = bin[groups.number[content[row]]];
  return short;
}

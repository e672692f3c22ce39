import type { Table } from "../../table/table.js";
import type { Divisible, Division } from "../division.js";
import { type Coded, codedColumn, missingColumn } from "../groups.js";
import type { RecipeOf } from "../recipe.js";
import { counted, groupRows, keep } from "../rows.js";

/** The last share of the rows in time is the test part; rows of one instant stay together. Needs real times. */
export function byTime({ flows, rows }: Divisible, recipe: RecipeOf<"time">): Division {
  const { first, last } = lastShare(flows, rows, recipe.test);
  return { train: first, test: last, unused: counted("no_time", rows.length - first.length - last.length) };
}

/** Rows before and from the instant that leaves `share` of them behind it, each ascending; rows without a time in neither. */
export function lastShare(
  flows: Table,
  rows: Int32Array,
  share: number,
): { readonly first: Int32Array; readonly last: Int32Array } {
  const times = timesOf(flows);
  const known = keep(rows, (row) => !Number.isNaN(times[row]));
  if (known.length === 0) return { first: known, last: known };
  const sorted = Float64Array.from(known, (row) => times[row]).sort();
  const at = Math.min(Math.max(Math.round(sorted.length * (1 - share)), 1), sorted.length - 1);
  const border = sorted[at];
  return {
    first: keep(known, (row) => times[row] < border),
    last: keep(known, (row) => times[row] >= border),
  };
}

/** Blocks of each source: as many rows in each as in the others, but rows of one instant together. */
export const BLOCKS = 10;

/**
 * Rows as blocks of time: each source (capture) is cut into ten stretches of about equally many rows.
 * @returns the block of each row of the table; -1 for rows that are not among `rows` or have no time
 */
export function blocksOfTime(
  flows: Table,
  rows: Int32Array,
): { readonly codes: Int32Array; readonly count: number } {
  const times = timesOf(flows);
  const sources: Coded = flows.has("source")
    ? codedColumn(flows, "source")
    : { codes: new Int32Array(flows.rows), values: [""] };
  const codes = new Int32Array(flows.rows).fill(-1);
  const timed = groupRows(
    sources.codes,
    keep(rows, (row) => !Number.isNaN(times[row])),
    sources.values.length,
  );
  sources.values.forEach((_, source) => {
    const own = timed.of(source);
    if (own.length === 0) return;
    const sorted = Float64Array.from(own, (row) => times[row]).sort();
    const borders = Array.from(
      { length: BLOCKS - 1 },
      (_, b) => sorted[Math.floor(((b + 1) * own.length) / BLOCKS)],
    );
    for (const row of own) {
      let block = 0;
      while (block < borders.length && times[row] >= borders[block]) block++;
      codes[row] = source * BLOCKS + block;
    }
  });
  return { codes, count: sources.values.length * BLOCKS };
}

/** @throws SchemaError when the data has no times */
export function timesOf(flows: Table): Float32Array | Float64Array {
  if (!flows.has("start_us")) throw missingColumn("start_us", flows.names);
  return flows.numbers("start_us");
}

import type { Rng } from "../../base/rng.js";
import { allocate } from "../../base/statistics.js";
import { codedColumn } from "../../split/groups.js";
import { groupRows } from "../../split/rows.js";
import type { Table } from "../../table/table.js";
import type { Domain } from "./domains.js";

/**
 * The target's rows that are added to training, for each share of all of its rows: drawn among the rows that are no test
 * rows, each family in its share and, where the number allows it, with at least one row. Larger draws contain the smaller
 * ones of the same family, so that a curve shows more labels and not other labels.
 * @param shares of the target's rows, 0 to 0.5
 * @returns rows by share, in the order of `shares`
 */
export function fewShotRows(flows: Table, target: Domain, shares: readonly number[], rng: Rng): Int32Array[] {
  const families = codedColumn(flows, "family");
  const pool = Int32Array.from([...target.train, ...target.validation]).sort();
  const grouped = groupRows(families.codes, pool, families.values.length);
  const orders = families.values.flatMap((family, code) =>
    grouped.sizes[code] === 0 ? [] : [rng.fork(family).shuffle(grouped.of(code).slice())],
  );
  const sizes = orders.map((order) => order.length);
  return shares.map((share) => {
    const wanted = Math.min(Math.round(share * target.rows.length), pool.length);
    if (wanted === 0) return new Int32Array(0);
    const counts = allocate(sizes, wanted);
    return Int32Array.from(orders.flatMap((order, i) => [...order.subarray(0, counts[i])])).sort();
  });
}

import type { Rng } from "../../base/rng.js";
import { CenterRows, type TakenOver } from "../../numeric/centerRows.js";
import type { Points } from "./points.js";

/**
 * First centres by greedy k-means++: each next one is drawn with the squared distance to the nearest centre as weight, and
 * of 2 + ln k draws the one is kept that leaves the smallest sum. Rows that a candidate cannot come nearer to (triangle
 * inequality) are passed over, which changes no result.
 * Source: Arthur and Vassilvitskii 2007, k-means++: the advantages of careful seeding, SODA (section 5: several draws).
 * @param held the rows with room for the centres; holds for `lloyd` which centre is the nearest to each
 * @returns clusters × columns
 */
export function plusPlus(
  { rows, columns, data }: Points,
  clusters: number,
  rng: Rng,
  held = new CenterRows(data, rows, columns, clusters),
): Float64Array {
  const { centers, nearest, apart, labels: owner } = held;
  const trials = 2 + Math.floor(Math.log(clusters));
  owner.fill(0);
  const first = rng.integer(rows);
  centers.set(data.subarray(first * columns, (first + 1) * columns));
  held.measure(first);
  let total = sum(nearest);
  for (let c = 1; c < clusters; c++) {
    let [bestTotal, bestRow] = [Number.POSITIVE_INFINITY, -1];
    let best: TakenOver | undefined;
    const drawn = draw(nearest, total, trials, rng);
    for (const row of drawn) {
      for (let o = 0; o < c; o++) apart[o] = held.toCenter(row, o) / 4;
      const { taken, gain } = held.takeOver(row, best);
      if (total - gain < bestTotal) [bestTotal, bestRow, best] = [total - gain, row, taken];
    }
    if (best === undefined) break; // only where the sum is no number
    centers.set(data.subarray(bestRow * columns, (bestRow + 1) * columns), c * columns);
    for (let k = 0; k < best.count; k++) {
      nearest[best.rows[k]] = best.values[k];
      owner[best.rows[k]] = c;
    }
    total = sum(nearest);
  }
  return centers.slice(0, clusters * columns);
}

/** Sum of numbers, one after the other. */
export function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** Rows with their weights as chances; any row where all weights are 0. */
function draw(weights: Float64Array, total: number, trials: number, rng: Rng): number[] {
  const at = Float64Array.from({ length: trials }, () => rng.uniform() * total);
  if (!(total > 0)) return Array.from({ length: trials }, () => rng.integer(weights.length));
  const order = Array.from(at.keys()).sort((a, b) => at[a] - at[b]);
  const found = new Array<number>(trials).fill(-1);
  let [sum, next, last] = [0, 0, 0];
  for (let i = 0; i < weights.length && next < trials; i++) {
    sum += weights[i];
    if (weights[i] > 0) last = i;
    while (next < trials && at[order[next]] < sum) found[order[next++]] = i;
  }
  return found.map((row) => (row < 0 ? last : row)); // rounding may leave the end of the sum short
}

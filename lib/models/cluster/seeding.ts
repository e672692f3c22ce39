import type { Rng } from "../../base/rng.js";
import { boundedDistance, squaredDistance } from "../../numeric/squaredDistance.js";
import type { Points } from "./points.js";

/**
 * First centres by greedy k-means++: each next one is drawn with the squared distance to the nearest centre as weight, and
 * of 2 + ln k draws the one is kept that leaves the smallest sum. Rows that a candidate cannot come nearer to (triangle
 * inequality) are passed over, which changes no result.
 * Source: Arthur and Vassilvitskii 2007, k-means++: the advantages of careful seeding, SODA (section 5: several draws).
 * @returns clusters × columns
 */
export function plusPlus(X: Points, clusters: number, rng: Rng): Float64Array {
  const { rows, columns, data } = X;
  const centers = new Float64Array(clusters * columns);
  const trials = 2 + Math.floor(Math.log(clusters));
  const nearest = new Float64Array(rows);
  const owner = new Int32Array(rows);
  const first = rng.integer(rows);
  centers.set(data.subarray(first * columns, (first + 1) * columns));
  let total = 0;
  for (let i = 0; i < rows; i++) {
    nearest[i] = squaredDistance(data, i * columns, centers, 0, columns);
    total += nearest[i];
  }
  // A candidate's own distances: only rows that it would take over.
  let best = { rows: new Int32Array(rows), values: new Float64Array(rows), count: 0 };
  let trial = { rows: new Int32Array(rows), values: new Float64Array(rows), count: 0 };
  const apart = new Float64Array(clusters);
  for (let c = 1; c < clusters; c++) {
    let [bestTotal, bestRow] = [Number.POSITIVE_INFINITY, -1];
    const drawn = draw(nearest, total, trials, rng);
    for (const row of drawn) {
      const from = row * columns;
      for (let o = 0; o < c; o++) apart[o] = squaredDistance(data, from, centers, o * columns, columns) / 4;
      let gain = 0;
      trial.count = 0;
      for (let i = 0; i < rows; i++) {
        const now = nearest[i];
        if (apart[owner[i]] >= now) continue;
        const distance = boundedDistance(data, i * columns, data, from, columns, now);
        if (distance >= now) continue;
        gain += now - distance;
        trial.rows[trial.count] = i;
        trial.values[trial.count++] = distance;
      }
      if (total - gain < bestTotal) {
        [bestTotal, bestRow] = [total - gain, row];
        [best, trial] = [trial, best];
      }
    }
    centers.set(data.subarray(bestRow * columns, (bestRow + 1) * columns), c * columns);
    for (let k = 0; k < best.count; k++) {
      nearest[best.rows[k]] = best.values[k];
      owner[best.rows[k]] = c;
    }
    total = 0;
    for (let i = 0; i < rows; i++) total += nearest[i];
  }
  return centers;
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

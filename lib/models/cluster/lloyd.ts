import { boundedDistance, squaredDistance } from "../../numeric/squaredDistance.js";
import type { Points } from "./points.js";

/** Centres that Lloyd's iterations have come to. */
export interface KMeansResult {
  /** clusters × columns */
  readonly centers: Float64Array;
  readonly labels: Int32Array;
  /** Sum of the squared distances of the rows to their centres. */
  readonly inertia: number;
  readonly iterations: number;
}

/**
 * Lloyd's iterations from given centres, until no row changes its cluster, the centres move by at most `tolerance`
 * (sum of squares), or `maxIterations`. A cluster that loses all rows gets the row that lies farthest from its centre.
 * The distances that bounds show to be needless are not computed; the clusters are those of the plain algorithm, ties to
 * the lower number.
 * Source: Lloyd 1982, Least squares quantization in PCM; Hamerly 2010, Making k-means even faster, SDM (the bounds).
 */
export function lloyd(
  X: Points,
  start: Float64Array,
  options: { readonly maxIterations: number; readonly tolerance: number },
): KMeansResult {
  const { rows, columns, data } = X;
  const k = start.length / columns;
  const centers = start.slice();
  const labels = new Int32Array(rows);
  const upper = new Float64Array(rows); // distance to the own centre at most
  const lower = new Float64Array(rows); // distance to any other centre at least
  const counts = new Float64Array(k);
  const sums = new Float64Array(k * columns);
  const halfGap = new Float64Array(k);
  const moved = new Float64Array(k);
  for (let i = 0; i < rows; i++) {
    place(data, i * columns, centers, k, columns);
    labels[i] = found.label;
    upper[i] = Math.sqrt(found.nearest);
    lower[i] = Math.sqrt(found.second);
    counts[found.label]++;
    addRow(sums, found.label * columns, data, i * columns, columns, 1);
  }
  let iterations = 1;
  for (; ; iterations++) {
    for (const row of relocateEmpty(X, centers, labels, counts, sums)) {
      upper[row] = Number.POSITIVE_INFINITY;
      lower[row] = 0;
    }
    const shift = moveCenters(centers, sums, counts, moved, columns);
    if (shift <= options.tolerance || iterations >= options.maxIterations) break;
    const [most, next] = largestTwo(moved);
    gaps(centers, k, columns, halfGap);
    let changed = 0;
    for (let i = 0; i < rows; i++) {
      const own = labels[i];
      const below = lower[i] - (own === most.at ? next : most.value);
      lower[i] = below;
      let above = upper[i] + moved[own];
      const bound = Math.max(below, halfGap[own]) * SAFE;
      if (above < bound) {
        upper[i] = above;
        continue;
      }
      above = Math.sqrt(squaredDistance(data, i * columns, centers, own * columns, columns));
      upper[i] = above;
      if (above < bound) continue;
      place(data, i * columns, centers, k, columns);
      upper[i] = Math.sqrt(found.nearest);
      lower[i] = Math.sqrt(found.second);
      if (found.label === own) continue;
      changed++;
      labels[i] = found.label;
      counts[own]--;
      counts[found.label]++;
      addRow(sums, own * columns, data, i * columns, columns, -1);
      addRow(sums, found.label * columns, data, i * columns, columns, 1);
    }
    if (changed === 0) break;
    // Sums that were only ever added to and taken from drift: they are made anew now and then.
    if (iterations % 10 === 0) resum(X, labels, sums);
  }
  return { centers, labels, inertia: settle(X, centers, labels), iterations };
}

/** Bounds hold for exact numbers: a hair off them covers rounding. */
const SAFE = 1 - 1e-12;

/** The nearest centre of a row and how far the second one is, squared; lower numbers win ties. */
const found = { label: 0, nearest: 0, second: 0 };

function place(data: Float64Array, at: number, centers: Float64Array, k: number, columns: number): void {
  let [label, nearest, second] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let c = 0; c < k; c++) {
    const distance = boundedDistance(data, at, centers, c * columns, columns, second);
    if (distance < nearest) {
      second = nearest;
      nearest = distance;
      label = c;
    } else if (distance < second) second = distance;
  }
  found.label = label;
  found.nearest = nearest;
  found.second = second;
}

/** The cluster of the nearest centre of each row, and the sum of the squared distances. */
export function nearestCenters(
  { rows, columns, data }: Points,
  centers: Float64Array,
): { readonly labels: Int32Array; readonly inertia: number } {
  const labels = new Int32Array(rows);
  let inertia = 0;
  for (let i = 0; i < rows; i++) {
    place(data, i * columns, centers, centers.length / columns, columns);
    labels[i] = found.label;
    inertia += found.nearest;
  }
  return { labels, inertia };
}

/** Give each row to the nearest of the final centres. @returns the inertia */
function settle(X: Points, centers: Float64Array, labels: Int32Array): number {
  const last = nearestCenters(X, centers);
  labels.set(last.labels);
  return last.inertia;
}

function addRow(
  sums: Float64Array,
  to: number,
  data: Float64Array,
  from: number,
  columns: number,
  sign: number,
): void {
  for (let j = 0; j < columns; j++) sums[to + j] += sign * data[from + j];
}

function resum({ rows, columns, data }: Points, labels: Int32Array, sums: Float64Array): void {
  sums.fill(0);
  for (let i = 0; i < rows; i++) addRow(sums, labels[i] * columns, data, i * columns, columns, 1);
}

/** An empty cluster takes the row that is farthest from its own centre; of equal ones the first. @returns those rows */
function relocateEmpty(
  { rows, columns, data }: Points,
  centers: Float64Array,
  labels: Int32Array,
  counts: Float64Array,
  sums: Float64Array,
): Set<number> {
  const taken = new Set<number>();
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] > 0) continue;
    let [far, farthest] = [-1, 0];
    for (let i = 0; i < rows; i++) {
      if (counts[labels[i]] < 2 || taken.has(i)) continue;
      const distance = squaredDistance(data, i * columns, centers, labels[i] * columns, columns);
      if (distance > farthest) [far, farthest] = [i, distance];
    }
    if (far < 0) continue; // fewer distinct rows than clusters: it stays empty
    taken.add(far);
    const own = labels[far];
    counts[own]--;
    counts[c]++;
    addRow(sums, own * columns, data, far * columns, columns, -1);
    addRow(sums, c * columns, data, far * columns, columns, 1);
    labels[far] = c;
  }
  return taken;
}

/** Centres become the means. @returns the sum of squares that they moved by; `moved` holds each one's way */
function moveCenters(
  centers: Float64Array,
  sums: Float64Array,
  counts: Float64Array,
  moved: Float64Array,
  columns: number,
): number {
  let shift = 0;
  for (let c = 0; c < counts.length; c++) {
    let way = 0;
    if (counts[c] > 0) {
      for (let j = c * columns; j < (c + 1) * columns; j++) {
        const mean = sums[j] / counts[c];
        const by = mean - centers[j];
        centers[j] = mean;
        way += by * by;
      }
    }
    moved[c] = Math.sqrt(way);
    shift += way;
  }
  return shift;
}

function largestTwo(values: Float64Array): [{ readonly at: number; readonly value: number }, number] {
  let [at, value, next] = [0, 0, 0];
  values.forEach((v, i) => {
    if (v > value) [at, value, next] = [i, v, value];
    else if (v > next) next = v;
  });
  return [{ at, value }, next];
}

/** Half the distance of each centre to its nearest neighbour among the centres. */
function gaps(centers: Float64Array, k: number, columns: number, into: Float64Array): void {
  into.fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < k; a++) {
    for (let b = a + 1; b < k; b++) {
      const half = Math.sqrt(squaredDistance(centers, a * columns, centers, b * columns, columns)) / 2;
      if (half < into[a]) into[a] = half;
      if (half < into[b]) into[b] = half;
    }
  }
}

import { CenterRows, type Moves } from "../../numeric/centerRows.js";
import { squaredDistance } from "../../numeric/squaredDistance.js";
import type { Points } from "./points.js";
import { sum } from "./seeding.js";

/** Centres that Lloyd's iterations have come to. */
export interface KMeansResult {
  /** clusters × columns */
  readonly centers: Float64Array;
  readonly labels: Int32Array;
  /** Sum of the squared distances of the rows to their centres. */
  readonly inertia: number;
  readonly iterations: number;
}

/** When Lloyd's iterations end, before no row changes its cluster. */
export interface LloydOptions {
  readonly maxIterations: number;
  /** The centres moved by at most this (sum of squares). */
  readonly tolerance: number;
}

/**
 * Lloyd's iterations from given centres, until no row changes its cluster, the centres move by at most `tolerance`
 * (sum of squares), or `maxIterations`. A cluster that loses all rows gets the row that lies farthest from its centre.
 * The distances that bounds show to be needless are not computed; the clusters are those of the plain algorithm, ties to
 * the lower number.
 * @param held the rows as plusPlus left them; by default they are placed here
 * Source: Lloyd 1982, Least squares quantization in PCM; Hamerly 2010, Making k-means even faster, SDM (the bounds).
 */
export function lloyd(
  X: Points,
  start: Float64Array,
  options: LloydOptions,
  held = placed(X, start),
): KMeansResult {
  const { rows, columns } = X;
  const k = start.length / columns;
  const centers = held.centers.subarray(0, start.length);
  centers.set(start);
  const { labels, nearest: upper, second: lower, moved, apart: halfGap } = held;
  const sums = held.sums.subarray(0, start.length);
  const counts = held.counts.subarray(0, k).fill(0);
  for (let i = 0; i < rows; i++) {
    upper[i] = Math.sqrt(upper[i]);
    lower[i] = upper[i]; // at least: placing all again would give more, and most rows are placed soon
    counts[labels[i]]++;
  }
  held.sum();
  let iterations = 1;
  for (; ; iterations++) {
    for (const row of relocateEmpty(X, centers, labels, counts, sums)) {
      upper[row] = Number.POSITIVE_INFINITY;
      lower[row] = 0;
    }
    const shift = moveCenters(centers, sums, counts, moved, columns);
    gaps(centers, k, columns, halfGap);
    if (shift <= options.tolerance || iterations >= options.maxIterations) break;
    if (held.reassign(k, largestMoves(moved, k)) === 0) {
      moved.fill(0);
      break;
    }
    // Sums that were only ever added to and taken from drift: they are made anew now and then.
    if (iterations % 10 === 0) held.sum();
  }
  held.settle(k, largestMoves(moved, k));
  return { centers: centers.slice(), labels: labels.slice(), inertia: sum(held.nearest), iterations };
}

/** Rows that are held at a time. */
const BLOCK = 4096;

/** The cluster of the nearest centre of each row, of equal ones the first, and the sum of the squared distances. */
export function nearestCenters(
  { rows, columns, data }: Points,
  centers: Float64Array,
): { readonly labels: Int32Array; readonly inertia: number } {
  const labels = new Int32Array(rows);
  const k = centers.length / columns;
  let inertia = 0;
  for (let first = 0; first < rows; first += BLOCK) {
    const last = Math.min(rows, first + BLOCK);
    const held = new CenterRows(data.subarray(first * columns, last * columns), last - first, columns, k);
    held.centers.set(centers);
    held.place(k);
    labels.set(held.labels, first);
    for (const square of held.nearest) inertia += square;
  }
  return { labels, inertia };
}

/** Rows whose nearest centres are found. */
function placed({ rows, columns, data }: Points, centers: Float64Array): CenterRows {
  const held = new CenterRows(data, rows, columns, centers.length / columns);
  held.centers.set(centers);
  held.place(centers.length / columns);
  return held;
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

function largestMoves(moved: Float64Array, k: number): Moves {
  let [at, most, next] = [0, 0, 0];
  for (let c = 0; c < k; c++) {
    if (moved[c] > most) [at, most, next] = [c, moved[c], most];
    else if (moved[c] > next) next = moved[c];
  }
  return { at, most, next };
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

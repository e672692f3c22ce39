import type { FeatureInfo, Matrix } from "../../table/matrix.js";

/** Rows made ready for distances: numbers scaled, then categories as codes; doubles, row by row. */
export interface Space {
  readonly rows: number;
  readonly numbers: number;
  readonly categories: number;
  readonly values: Float64Array;
  /** Squared distance that a category adds where two rows differ, and a number that only one of them has. */
  readonly apart: number;
  /** Every number is there and finite. */
  readonly complete: boolean;
}

/**
 * The space in which the rows of one group are compared.
 *
 * Numbers are divided by `scale`. Two rows that differ in a category are further apart by the median of the standard
 * deviations of the group's numbers (SMOTE-NC); so are two of which one lacks a number. Values that both lack are equal.
 * @param rows which rows of X
 * @param scale divisor of each column; that of a category is not read
 * Source: Chawla et al. 2002, SMOTE, JAIR 16, section 6.1 (SMOTE-NC), arXiv:1106.1813.
 */
export function spaceOf(
  X: Matrix,
  rows: Int32Array,
  features: readonly FeatureInfo[],
  scale: Float64Array,
): Space {
  const isNumber = features.map(({ kind }) => kind === "number");
  const order = [...features.keys()].filter((j) => isNumber[j]);
  const numbers = order.length;
  order.push(...[...features.keys()].filter((j) => !isNumber[j]));
  const width = order.length;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    order.forEach((j, at) => {
      const x = X.data[row * X.columns + j];
      values[i * width + at] = at < numbers ? x / scale[j] : x;
    });
  });
  const spreads = Array.from({ length: numbers }, (_, at) => deviation(values, at, width)).sort(
    (a, b) => a - b,
  );
  const complete = values.every((x, at) => at % width >= numbers || Number.isFinite(x));
  const middle = spreads.length >> 1;
  const median =
    spreads.length === 0
      ? 1
      : spreads.length % 2 === 1
        ? spreads[middle]
        : (spreads[middle - 1] + spreads[middle]) / 2;
  return {
    rows: rows.length,
    numbers,
    categories: width - numbers,
    values,
    apart: median * median,
    complete,
  };
}

/** Standard deviation (of the population) of column `at`, missing values left out; 0 when none is there. */
export function deviation(values: ArrayLike<number>, at: number, width: number): number {
  let n = 0;
  let mean = 0;
  let squares = 0;
  for (let p = at; p < values.length; p += width) {
    const x = values[p];
    if (!Number.isFinite(x)) continue;
    n++;
    const off = x - mean;
    mean += off / n;
    squares += off * (x - mean);
  }
  return n === 0 ? 0 : Math.sqrt(squares / n);
}

/** Rows that are compared with one another while they are in the cache. */
const BLOCK = 256;

/**
 * The k nearest other rows of each asked row, nearest first, of equal distances the lower row first. Exact: every pair
 * is looked at, a block of rows at a time, and a distance is given up once it is above the k-th best.
 * @param asked row numbers in the space
 * @param k at most rows - 1
 * @returns asked.length × k row numbers
 * Time grows with asked × rows × columns.
 */
export function nearestRows(space: Space, asked: Int32Array, k: number): Int32Array {
  const found = new Int32Array(asked.length * k).fill(-1);
  const distances = new Float64Array(asked.length * k).fill(Number.POSITIVE_INFINITY);
  for (let first = 0; first < space.rows; first += BLOCK) {
    const last = Math.min(space.rows, first + BLOCK);
    for (let i = 0; i < asked.length; i++) {
      for (let other = first; other < last; other++) {
        if (other === asked[i]) continue;
        const limit = distances[i * k + k - 1];
        const distance = squaredDistance(space, asked[i], other, limit);
        if (distance < limit) insert(found, distances, i * k, k, other, distance);
      }
    }
  }
  return found;
}

/** Squared distance of two rows; some number from `limit` up where it is that or more. */
export function squaredDistance(
  space: Space,
  a: number,
  b: number,
  limit = Number.POSITIVE_INFINITY,
): number {
  const { numbers, categories, values, apart, complete } = space;
  const width = numbers + categories;
  const p = a * width;
  const q = b * width;
  let sum = 0;
  if (complete) {
    let j = 0;
    for (; j + 3 < numbers && sum < limit; j += 4) {
      const d0 = values[p + j] - values[q + j];
      const d1 = values[p + j + 1] - values[q + j + 1];
      const d2 = values[p + j + 2] - values[q + j + 2];
      const d3 = values[p + j + 3] - values[q + j + 3];
      sum += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
    }
    for (; j < numbers && sum < limit; j++) sum += (values[p + j] - values[q + j]) ** 2;
  } else {
    for (let j = 0; j < numbers && sum < limit; j++) {
      const x = values[p + j];
      const y = values[q + j];
      const off = x - y;
      if (Number.isFinite(off)) sum += off * off;
      else if (!Object.is(x, y)) sum += apart;
    }
  }
  for (let j = numbers; j < width && sum < limit; j++) {
    if (!Object.is(values[p + j], values[q + j])) sum += apart;
  }
  return sum;
}

/** Put a row into a list of the k nearest, behind those that are as near. */
function insert(
  found: Int32Array,
  distances: Float64Array,
  start: number,
  k: number,
  row: number,
  distance: number,
): void {
  let at = start + k - 1;
  while (at > start && distances[at - 1] > distance) {
    distances[at] = distances[at - 1];
    found[at] = found[at - 1];
    at--;
  }
  distances[at] = distance;
  found[at] = row;
}

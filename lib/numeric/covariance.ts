import { RowScan } from "./rowScan.js";

/** Rows of numbers, row-major. */
export interface DenseRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/** First and second moments of rows. */
export interface Moments {
  /** A number a column. */
  readonly mean: Float64Array;
  /** columns × columns, symmetric, of the population (divided by the rows). */
  readonly covariance: Float64Array;
  /** Of each column the value of more than half of its rows where there is one, else some value: majorityValues. */
  readonly majority: Float64Array;
}

/** Rows whose products are summed apart before they join the whole: keeps the rounding of long sums small. */
const BLOCK = 4096;

/**
 * Means and covariance in two passes, the covariance of the population (times rows / (rows − 1) is that of a sample).
 *
 * Products are of differences from a constant of the column: the value that more than half of the rows have where there
 * is one, else the mean. Such a value lies within one standard deviation of the mean, so that nothing is lost when the
 * rest is taken off, and differences of zero are left out: one-hot columns and counters cost next to nothing.
 * NaN and infinities pass into the result of their columns. No rows: NaN.
 * @param X n × d, n ≥ 1
 */
export function moments(X: DenseRows): Moments {
  const { rows, columns } = X;
  const scan = new RowScan(X, true);
  const mean = blockwise(scan.sums, rows, (first, end) => scan.sum(first, end)).map((sum) => sum / rows);
  const majority = scan.vote();
  const votes = scan.votes();
  const centre = mean.map((average, j) => (votes[j] * 2 > rows ? majority[j] : average));
  scan.value.set(centre);
  scan.sums.fill(0);
  const total = blockwise(scan.products, rows, (first, end) => scan.multiply(first, end));
  const rest = scan.sums;
  for (let j = 0; j < columns; j++) {
    for (let k = 0; k <= j; k++) {
      const entry = (total[j * columns + k] - (rest[j] * rest[k]) / rows) / rows;
      total[j * columns + k] = entry;
      total[k * columns + j] = entry;
    }
    mean[j] = centre[j] + rest[j] / rows;
  }
  return { mean, covariance: total, majority };
}

/** Sums of what is added to `block` for a block of rows at a time. */
function blockwise(
  block: Float64Array,
  rows: number,
  add: (first: number, end: number) => void,
): Float64Array {
  const total = new Float64Array(block.length);
  for (let first = 0; first < rows; first += BLOCK) {
    block.fill(0);
    add(first, Math.min(first + BLOCK, rows));
    for (let k = 0; k < total.length; k++) total[k] += block[k];
  }
  return total;
}

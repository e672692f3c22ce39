import { majorityValues } from "./sparseRows.js";

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
  const { rows, columns, data } = X;
  const mean = columnMeans(X);
  const majority = majorityValues(X);
  const centre = centres(X, mean, majority);
  const total = new Float64Array(columns * columns);
  const block = new Float64Array(columns * columns);
  const rest = new Float64Array(columns);
  const place = new Int32Array(columns);
  const value = new Float64Array(columns);
  for (let first = 0; first < rows; first += BLOCK) {
    block.fill(0);
    for (let i = first, end = Math.min(first + BLOCK, rows); i < end; i++) {
      let count = 0;
      for (let j = 0, at = i * columns; j < columns; j++, at++) {
        const x = data[at] - centre[j];
        if (x === 0) continue;
        place[count] = j;
        value[count++] = x;
      }
      for (let p = 0; p < count; p++) {
        const x = value[p];
        const row = place[p] * columns;
        rest[place[p]] += x;
        for (let q = 0; q <= p; q++) block[row + place[q]] += x * value[q];
      }
    }
    for (let k = 0; k < total.length; k++) total[k] += block[k];
  }
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

/** Mean of each column, summed in blocks; NaN without rows. */
export function columnMeans({ rows, columns, data }: DenseRows): Float64Array {
  const total = new Float64Array(columns);
  const block = new Float64Array(columns);
  for (let first = 0; first < rows; first += BLOCK) {
    block.fill(0);
    for (let i = first, at = i * columns, end = Math.min(first + BLOCK, rows); i < end; i++)
      for (let j = 0; j < columns; j++) block[j] += data[at++];
    for (let j = 0; j < columns; j++) total[j] += block[j];
  }
  return total.map((sum) => sum / rows);
}

/** The value of more than half of the rows of each column where there is one, else the mean. */
function centres(
  { rows, columns, data }: DenseRows,
  mean: Float64Array,
  candidate: Float64Array,
): Float64Array {
  const votes = new Int32Array(columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) if (data[at] === candidate[j]) votes[j]++;
  return mean.map((average, j) => (votes[j] * 2 > rows ? candidate[j] : average));
}

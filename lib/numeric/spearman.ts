import { meanAndDeviation } from "../base/statistics.js";

/**
 * Ranks of values, 1 for the smallest; equal ones share the mean of theirs.
 * @param values no NaN
 */
export function ranks(values: Float64Array): Float64Array {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let at = from; at < to; at++) out[order[at]] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

/**
 * Spearman's correlations of columns with each other: Pearson's of their ranks.
 * @param columns of equal length, none constant, no NaN
 * @returns columns × columns, symmetric, ones on the diagonal
 * Source: Spearman 1904, The proof and measurement of association between two things
 */
export function spearman(columns: readonly Float64Array[]): Float64Array {
  const n = columns.length;
  const standard = columns.map((values) => {
    const own = ranks(values);
    const { mean, deviation } = meanAndDeviation(own);
    return own.map((rank) => (rank - mean) / deviation);
  });
  const out = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    out[a * n + a] = 1;
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let i = 0; i < standard[a].length; i++) sum += standard[a][i] * standard[b][i];
      const rho = Math.max(-1, Math.min(1, sum / standard[a].length));
      out[a * n + b] = rho;
      out[b * n + a] = rho;
    }
  }
  return out;
}

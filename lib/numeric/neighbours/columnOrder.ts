import type { Points } from "./points.js";

/**
 * Columns in the order in which squared differences are summed up: those with the largest variance first, of equal ones
 * the lower first. The sum is soon too large for points that are far.
 */
export function columnOrder({ rows, columns, data }: Points): Int32Array {
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++, at++) {
      const off = data[at] - data[j];
      sums[j] += off;
      squares[j] += off * off;
    }
  }
  const spread = squares.map((square, j) => square - (sums[j] * sums[j]) / rows);
  const order = Array.from({ length: columns }, (_, j) => j);
  return Int32Array.from(order.sort((a, b) => spread[b] - spread[a] || a - b));
}

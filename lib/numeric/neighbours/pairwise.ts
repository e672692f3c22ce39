import type { Points } from "./points.js";

/**
 * Euclidean distances of every row of A to every row of B, in double: A.rows × B.rows numbers. Call it by blocks of A
 * (say 256 rows, `subarray`), so that the memory stays small.
 * @param into where they go; made when it is left out
 */
export function distances(
  A: Points,
  B: Points,
  into: Float64Array = new Float64Array(A.rows * B.rows),
): Float64Array {
  const d = A.columns;
  for (let i = 0, at = 0; i < A.rows; i++) {
    for (let r = 0; r < B.rows; r++, at++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (A.data[i * d + j] - B.data[r * d + j]) ** 2;
      into[at] = Math.sqrt(sum);
    }
  }
  return into;
}

/**
 * A gradient and a hessian in one double: both are rounded to integers, and G × 2^26 + H is added in one operation.
 * Sums stay exact while |ΣG| and ΣH are below 2^26, which `scaleFor` ensures, so additions may come in any order and
 * a sibling's histogram is the parent's less the other child's, to the last bit.
 * Source: the idea of integer gradients is of Shi et al. 2022, "Quantized training of gradient boosting decision
 * trees", arXiv:2207.09682; here with 25 bits for
 * the sum over all rows, so that leaf values need no second look at unrounded gradients.
 */
export const HALF = 67108864; // 2^26

/** Most rows that leave room for rounding: one unit a row. */
export const MOST_ROWS = HALF / 2;

/** Units in 1, a power of two, such that numbers of a given sum of magnitudes stay below 2^26 after rounding up. */
export function scaleFor(sum: number): number {
  return 2 ** Math.floor(Math.log2(MOST_ROWS / Math.max(sum, 1e-30)));
}

/** The gradient part of a packed sum. */
export function upper(packed: number): number {
  return Math.floor(packed / HALF);
}

/** The hessian part of a packed sum. */
export function lower(packed: number): number {
  return packed - Math.floor(packed / HALF) * HALF;
}

/** A Newton step on packed sums, the value of their leaf before the learning rate, within its bounds. */
export function boundedStep(
  packed: number,
  gScale: number,
  hScale: number,
  l2: number,
  bounds: ArrayLike<number>,
): number {
  const step = -upper(packed) / gScale / (lower(packed) / hScale + l2);
  // Without l2 a leaf of rows that are all certain has nothing to step on.
  const value = Number.isFinite(step) ? step : 0;
  return Math.min(Math.max(value, bounds[0]), bounds[1]);
}

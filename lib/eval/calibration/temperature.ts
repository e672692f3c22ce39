/** The temperatures that are looked at: a model that is right on every row would else get the temperature 0. */
export const TEMPERATURES = { least: 0.05, most: 20 } as const;

/**
 * Temperature scaling: the one T for which softmax(logits / T) has the least log loss. It keeps the order of the classes
 * of a row, and of two classes the order of the rows. The loss is convex in 1/T: its derivative is bisected.
 * @param logits n × k, row by row
 * @param truth n, class of each row, in 0 … k−1
 * Source: Guo et al. 2017, On calibration of modern neural networks, arXiv:1706.04599.
 */
export function fitTemperature(logits: Float64Array, truth: ArrayLike<number>, k: number): number {
  let low = 1 / TEMPERATURES.most;
  let high = 1 / TEMPERATURES.least;
  if (slopeAt(low, logits, truth, k) >= 0) return TEMPERATURES.most;
  if (slopeAt(high, logits, truth, k) <= 0) return TEMPERATURES.least;
  // Halves the interval to the last double.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return 1 / middle;
    if (slopeAt(middle, logits, truth, k) < 0) low = middle;
    else high = middle;
  }
}

/** Derivative of the log loss by β = 1/T: sum over rows of the mean logit under softmax(β · logits) less the truth's. */
function slopeAt(beta: number, logits: Float64Array, truth: ArrayLike<number>, k: number): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) top = Math.max(top, logits[i * k + c]);
    let [weights, weighted] = [0, 0];
    for (let c = 0; c < k; c++) {
      const weight = Math.exp(beta * (logits[i * k + c] - top));
      weights += weight;
      weighted += weight * logits[i * k + c];
    }
    sum += weighted / weights - logits[i * k + truth[i]];
  }
  return sum;
}

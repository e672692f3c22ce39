import { ParamsError } from "../base/errors.js";
import type { Tensor } from "./graph.js";
import { add, div, exp, minus, mul, neg, power, sub } from "./ops/elementwise.js";
import { mean, sum } from "./ops/reduce.js";
import { logSoftmax } from "./ops/softmax.js";
import { text } from "./shape.js";

/** What training makes small: scalars from what a network says of a batch. */

/**
 * Cross-entropy of logits [n, k], weighted: Σ w l / Σ w over the rows, as PyTorch's CrossEntropyLoss has it.
 * @param target [n, k], 1 in the column of each row's class
 * @param weight [n]
 * @param smoothing share of the target that is spread over all classes. Szegedy et al. 2016, section 7
 * @param gamma above 0: focal, (1 − p)^γ l. Lin et al. 2017, arXiv:1708.02002
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  weight: Tensor,
  { smoothing = 0, gamma = 0 }: { readonly smoothing?: number; readonly gamma?: number } = {},
): Tensor {
  sameShapes("cross-entropy", logits, target);
  const classes = logits.shape[1] as number;
  const wanted = smoothing === 0 ? target : add(mul(target, 1 - smoothing), smoothing / classes);
  const logs = logSoftmax(logits);
  const each = gamma === 0 ? logs : mul(power(minus(1, exp(logs)), gamma), logs);
  return weightedMean(neg(sum(mul(wanted, each), [1])), weight);
}

/** Mean squared error of [n, d] against `target` [n, d]: over all numbers of a row, then over the rows by `weight` [n]. */
export function meanSquaredError(output: Tensor, target: Tensor, weight: Tensor): Tensor {
  sameShapes("mean squared error", output, target);
  const difference = sub(output, target);
  return weightedMean(mean(mul(difference, difference), [1]), weight);
}

/**
 * Squared distance of [n, d] from a centre [d], the mean over the rows.
 * Source: Ruff et al. 2018, Deep One-Class Classification, equation 4.
 */
export function hypersphere(output: Tensor, centre: Tensor, weight: Tensor): Tensor {
  const difference = sub(output, centre);
  return weightedMean(sum(mul(difference, difference), [1]), weight);
}

/** Σ w l / Σ w of losses [n] and weights [n]. */
export function weightedMean(losses: Tensor, weight: Tensor): Tensor {
  return div(sum(mul(losses, weight), null), sum(weight, null));
}

function sameShapes(what: string, output: Tensor, target: Tensor): void {
  if (text(output.shape) !== text(target.shape))
    throw new ParamsError(`nn: ${what} of shape ${text(output.shape)} against ${text(target.shape)}.`);
}

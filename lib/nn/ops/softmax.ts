import type { Tensor } from "../graph.js";

/** exp(x) / Σ exp(x) along the last axis. */
export function softmax(x: Tensor): Tensor {
  return x.graph.node("Softmax", [x], x.shape, { axis: { int: -1 } });
}

/** Its logarithm, exact where a probability is next to 0. */
export function logSoftmax(x: Tensor): Tensor {
  return x.graph.node("LogSoftmax", [x], x.shape, { axis: { int: -1 } });
}

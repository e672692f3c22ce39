import type { Tensor } from "../graph.js";
import { add, mul, sigmoid, sub, tanh } from "./elementwise.js";
import { concat, split } from "./layout.js";
import { gemm } from "./products.js";
import { recurrentSteps } from "./recurrentSteps.js";

/** Values of one step that the gradient needs, all [width, n] but the first four. */
export interface GruStep {
  /** [d + 1, n]: the step's input, ones. */
  readonly own: Tensor;
  /** [width + 1, n]: the state before, ones. */
  readonly before: Tensor;
  /** [d + width + 2, n]: both. */
  readonly seen: Tensor;
  /** [2 width, n]: both gates. */
  readonly gates: Tensor;
  readonly update: Tensor;
  readonly reset: Tensor;
  readonly state: Tensor;
  readonly ofState: Tensor;
  readonly candidate: Tensor;
}

/** Weights by what they are multiplied with. */
export interface GruWeights {
  /** [2 width, d + width + 2] */
  readonly gates: Tensor;
  /** [width, d + 1] */
  readonly input: Tensor;
  /** [width, width + 1] */
  readonly state: Tensor;
}

/** Cut [3 width, d + width + 2] as the products of a step need it. */
export function gruWeights(weights: Tensor, width: number): GruWeights {
  const [gates, candidate] = split(weights, [2 * width, width], 0);
  const ofInput = (weights.shape[1] as number) - width - 1;
  const [input, state] = split(candidate, [ofInput, width + 1], 1);
  return { gates, input, state };
}

/**
 * The recurrence of a GRU whose reset gate acts behind the product with the state, as PyTorch's does.
 * @param x [T d, n]
 * @param weights [3 width, d + 1 + width + 1]: of the input, its bias, of the state, its bias; gates in ONNX's order:
 * update, reset, candidate
 * @returns as recurrentSteps
 * Source: Cho et al. 2014, arXiv:1406.1078; the variant of version 3 of the paper.
 */
export function gruSteps(
  x: Tensor,
  weights: Tensor,
  steps: number,
  reverse: boolean,
): { readonly all: Tensor; readonly last: Tensor } {
  const start = (zeros: Tensor, ones: Tensor) => {
    const width = zeros.shape[0] as number;
    const of = gruWeights(weights, width);
    let state = zeros;
    return (each: Tensor): { readonly state: Tensor; readonly saved: GruStep } => {
      const own = concat([each, ones], 0);
      const before = concat([state, ones], 0);
      const seen = concat([own, before], 0);
      const gates = sigmoid(gemm(of.gates, seen));
      const [update, reset] = split(gates, [width, width], 0);
      const ofState = gemm(of.state, before);
      const candidate = tanh(add(gemm(of.input, own), mul(reset, ofState)));
      const saved = { own, before, seen, gates, update, reset, state, ofState, candidate };
      state = add(candidate, mul(update, sub(state, candidate)));
      return { state, saved };
    };
  };
  const recurrence = { op: "GruSteps", called: "a GRU", gates: 3, biases: 2, start };
  return recurrentSteps(recurrence, { x, weights }, steps, reverse);
}

import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { text } from "../shape.js";
import { add, mul, sigmoid, sub, tanh } from "./elementwise.js";
import { concat, filledRows, split, splitEvenly } from "./layout.js";
import { inOrder } from "./lstmSteps.js";
import { gemm } from "./products.js";

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
 * @returns as lstmSteps
 * Source: Cho et al. 2014, arXiv:1406.1078; the variant of version 3 of the paper.
 */
export function gruSteps(
  x: Tensor,
  weights: Tensor,
  steps: number,
  reverse: boolean,
): { readonly all: Tensor; readonly last: Tensor } {
  const width = (weights.shape[0] as number) / 3;
  const d = (x.shape[0] as number) / steps;
  if (weights.shape[1] !== d + width + 2)
    throw new ParamsError(`nn: a GRU on ${d} numbers a step with weights ${text(weights.shape)}.`);
  const build = () => {
    const { gates: gateWeights, input: inputWeights, state: stateWeights } = gruWeights(weights, width);
    const states: Tensor[] = [];
    const saved: GruStep[] = [];
    const xs = inOrder(splitEvenly(x, steps, 0), reverse);
    const ones = filledRows(1, 1, xs[0]);
    let state = filledRows(0, width, xs[0]);
    for (const each of xs) {
      const own = concat([each, ones], 0);
      const before = concat([state, ones], 0);
      const seen = concat([own, before], 0);
      const gates = sigmoid(gemm(gateWeights, seen));
      const [update, reset] = split(gates, [width, width], 0);
      const ofState = gemm(stateWeights, before);
      const candidate = tanh(add(gemm(inputWeights, own), mul(reset, ofState)));
      saved.push({ own, before, seen, gates, update, reset, state, ofState, candidate });
      state = add(candidate, mul(update, sub(state, candidate)));
      states.push(state);
    }
    return { outputs: [concat(inOrder(states, reverse), 0), state], saved };
  };
  const [all, last] = x.graph.fused("GruSteps", [x, weights], build, { reverse: { int: reverse ? 1 : 0 } });
  return { all, last };
}

import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { text } from "../shape.js";
import { add, mul, sigmoid, tanh } from "./elementwise.js";
import { concat, filledRows, split, splitEvenly } from "./layout.js";
import { gemm } from "./products.js";

/** Values of one step that the gradient needs, all [width, n] but the first two. */
export interface LstmStep {
  /** [d + width + 1, n]: the step's input, the state before, ones. */
  readonly seen: Tensor;
  /** [3 width, n]: the three gates. */
  readonly gates: Tensor;
  readonly input: Tensor;
  readonly output: Tensor;
  readonly forget: Tensor;
  readonly candidate: Tensor;
  readonly cellBefore: Tensor;
  readonly cellTanh: Tensor;
}

/** Steps in the order in which a direction takes them. */
export function inOrder<T>(steps: readonly T[], reverse: boolean): readonly T[] {
  return reverse ? steps.toReversed() : steps;
}

/**
 * The recurrence of an LSTM, one product for each step, its gates kept for the gradient. Rows of a batch lie along the
 * last axis, so that gates and steps are cut without moving numbers about.
 * @param x [T d, n]
 * @param weights [4 width, d + width + 1]: of the input, of the state, bias; gates in ONNX's order: input, output, forget, cell
 * @returns the states of all steps in order of time [T width, n], and that after the last one taken [width, n]
 * Source: Hochreiter and Schmidhuber 1997, Gers et al. 2000.
 */
export function lstmSteps(
  x: Tensor,
  weights: Tensor,
  steps: number,
  reverse: boolean,
): { readonly all: Tensor; readonly last: Tensor } {
  const width = (weights.shape[0] as number) / 4;
  const d = (x.shape[0] as number) / steps;
  if (weights.shape[1] !== d + width + 1)
    throw new ParamsError(`nn: an LSTM on ${d} numbers a step with weights ${text(weights.shape)}.`);
  const build = () => {
    const states: Tensor[] = [];
    const saved: LstmStep[] = [];
    const xs = inOrder(splitEvenly(x, steps, 0), reverse);
    const ones = filledRows(1, 1, xs[0]);
    const zeros = filledRows(0, width, xs[0]);
    let [state, cell] = [zeros, zeros];
    for (const own of xs) {
      const seen = concat([own, state, ones], 0);
      const [z, zc] = split(gemm(weights, seen), [3 * width, width], 0);
      const gates = sigmoid(z);
      const [input, output, forget] = split(gates, [width, width, width], 0);
      const candidate = tanh(zc);
      const next = add(mul(forget, cell), mul(input, candidate));
      const cellTanh = tanh(next);
      saved.push({ seen, gates, input, output, forget, candidate, cellBefore: cell, cellTanh });
      state = mul(output, cellTanh);
      cell = next;
      states.push(state);
    }
    return { outputs: [concat(inOrder(states, reverse), 0), state], saved };
  };
  // Nodes of `all` that nobody asks for are left out when the graph is written.
  const [all, last] = x.graph.fused("LstmSteps", [x, weights], build, {
    reverse: { int: reverse ? 1 : 0 },
  });
  return { all, last };
}

import type { Tensor } from "../graph.js";
import { add, mul, sigmoid, tanh } from "./elementwise.js";
import { concat, split } from "./layout.js";
import { gemm } from "./products.js";
import { recurrentSteps } from "./recurrentSteps.js";

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

/**
 * The recurrence of an LSTM, one product for each step, its gates kept for the gradient.
 * @param x [T d, n]
 * @param weights [4 width, d + width + 1]: of the input, of the state, bias; gates in ONNX's order: input, output, forget, cell
 * @returns as recurrentSteps
 * Source: Hochreiter and Schmidhuber 1997, Gers et al. 2000.
 */
export function lstmSteps(
  x: Tensor,
  weights: Tensor,
  steps: number,
  reverse: boolean,
): { readonly all: Tensor; readonly last: Tensor } {
  const start = (zeros: Tensor, ones: Tensor) => {
    const width = zeros.shape[0] as number;
    let [state, cell] = [zeros, zeros];
    return (own: Tensor): { readonly state: Tensor; readonly saved: LstmStep } => {
      const seen = concat([own, state, ones], 0);
      const [z, zc] = split(gemm(weights, seen), [3 * width, width], 0);
      const gates = sigmoid(z);
      const [input, output, forget] = split(gates, [width, width, width], 0);
      const candidate = tanh(zc);
      const next = add(mul(forget, cell), mul(input, candidate));
      const cellTanh = tanh(next);
      const saved = { seen, gates, input, output, forget, candidate, cellBefore: cell, cellTanh };
      state = mul(output, cellTanh);
      cell = next;
      return { state, saved };
    };
  };
  const recurrence = { op: "LstmSteps", called: "an LSTM", gates: 4, biases: 1, start };
  return recurrentSteps(recurrence, { x, weights }, steps, reverse);
}

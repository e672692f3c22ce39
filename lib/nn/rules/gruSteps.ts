import type { Tensor } from "../graph.js";
import { minus, mul, sub } from "../ops/elementwise.js";
import { type GruStep, gruWeights } from "../ops/gruSteps.js";
import { concat, slice, splitEvenly, transpose } from "../ops/layout.js";
import { gemm } from "../ops/products.js";
import { inOrder } from "../ops/recurrentSteps.js";
import { isReverse, plus, seenGradient, weightsGradient } from "./recurrent.js";
import type { Rule } from "./rule.js";

/** Backpropagation through time, as for an LSTM. */
export const gruStepsRule: Rule = ({ inputs: [x, weights], saved, attributes }, [all, last]) => {
  const steps = saved as readonly GruStep[];
  const reverse = isReverse(attributes);
  const width = (weights!.shape[0] as number) / 3;
  const d = (x!.shape[0] as number) / steps.length;
  const parts = gruWeights(weights!, width);
  const gatesBack = transpose(slice(parts.gates, 1, d + 1, d + 1 + width), [1, 0]); // [width, 2 width]
  const stateBack = transpose(slice(parts.state, 1, 0, width), [1, 0]); // [width, width]
  const ofStates = all === null ? [] : inOrder(splitEvenly(all, steps.length, 0), reverse);
  const ofGates: Tensor[] = [];
  const ofInput: Tensor[] = [];
  const ofProduct: Tensor[] = [];
  let later: Tensor | null = last;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { gates, update, reset, state, ofState, candidate } = steps[t];
    const h = plus(later, ofStates[t] ?? null)!;
    const kept = mul(h, update);
    ofInput[t] = mul(sub(h, kept), minus(1, mul(candidate, candidate)));
    ofProduct[t] = mul(ofInput[t], reset);
    const activations = concat([mul(h, sub(state, candidate)), mul(ofInput[t], ofState)], 0);
    ofGates[t] = mul(activations, mul(gates, minus(1, gates)));
    if (t > 0) later = gemm(gatesBack, ofGates[t], gemm(stateBack, ofProduct[t], kept));
  }
  return [
    () =>
      seenGradient(
        concat([slice(parts.gates, 1, 0, d), slice(parts.input, 1, 0, d)], 0),
        inOrder(
          ofGates.map((each, t) => concat([each, ofInput[t]], 0)),
          reverse,
        ),
      ),
    () => {
      const of = (key: "seen" | "own" | "before"): Tensor[] => steps.map((step) => step[key]);
      const candidate = [weightsGradient(ofInput, of("own")), weightsGradient(ofProduct, of("before"))];
      return concat([weightsGradient(ofGates, of("seen")), concat(candidate, 1)], 0);
    },
  ];
};

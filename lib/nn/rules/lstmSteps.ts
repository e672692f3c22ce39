import type { Tensor } from "../graph.js";
import { minus, mul } from "../ops/elementwise.js";
import { concat, slice, splitEvenly, transpose } from "../ops/layout.js";
import type { LstmStep } from "../ops/lstmSteps.js";
import { gemm } from "../ops/products.js";
import { inOrder } from "../ops/recurrentSteps.js";
import { isReverse, plus, seenGradient, weightsGradient } from "./recurrent.js";
import type { Rule } from "./rule.js";

/**
 * Backpropagation through time, Werbos 1990: from the last step taken to the first, with what the steps kept. Step by
 * step rather than over all steps at once, because what one step needs stays in the processor's cache.
 */
export const lstmStepsRule: Rule = ({ inputs: [x, weights], saved, attributes }, [all, last]) => {
  const steps = saved as readonly LstmStep[];
  const reverse = isReverse(attributes);
  const width = (weights!.shape[0] as number) / 4;
  const d = (x!.shape[0] as number) / steps.length;
  const ofStates = all === null ? [] : inOrder(splitEvenly(all, steps.length, 0), reverse);
  const recurrent = transpose(slice(weights!, 1, d, d + width), [1, 0]); // [width, 4 width]
  const ofGates: Tensor[] = [];
  let ofState: Tensor | null = last;
  let ofCell: Tensor | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { gates, input, output, forget, candidate, cellBefore, cellTanh } = steps[t];
    const h = plus(ofState, ofStates[t] ?? null)!;
    const c = plus(ofCell, mul(mul(h, output), minus(1, mul(cellTanh, cellTanh))))!;
    const activations = concat([mul(c, candidate), mul(h, cellTanh), mul(c, cellBefore)], 0);
    ofGates[t] = concat(
      [
        mul(activations, mul(gates, minus(1, gates))),
        mul(mul(c, input), minus(1, mul(candidate, candidate))),
      ],
      0,
    );
    if (t === 0) break;
    ofCell = mul(c, forget);
    ofState = gemm(recurrent, ofGates[t]);
  }
  return [
    () => seenGradient(slice(weights!, 1, 0, d), inOrder(ofGates, reverse)),
    () =>
      weightsGradient(
        ofGates,
        steps.map(({ seen }) => seen),
      ),
  ];
};

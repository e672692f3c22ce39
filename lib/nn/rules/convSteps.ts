import type { Tensor } from "../graph.js";
import { type Windows, windowCount } from "../ops/convSteps.js";
import { concat, filledRows, reshape, slice, splitEvenly, transpose } from "../ops/layout.js";
import { gemm } from "../ops/products.js";
import { sum } from "../ops/reduce.js";
import { weightsGradient } from "./recurrent.js";
import type { Rule } from "./rule.js";

/**
 * The gradient of a convolution by its input is a convolution of the gradient with the kernel turned round: again one
 * product for each step.
 */
export const convStepsRule: Rule = ({ inputs: [, weight], saved }, [g]) => {
  const { seen, windows } = saved as { readonly seen: readonly Tensor[]; readonly windows: Windows };
  const [width, kernel, d] = weight!.shape as readonly number[];
  const count = windowCount(windows);
  const parts = splitEvenly(g!, count, 0); // [width, n] each
  return [
    () => inputGradient(g!, parts, weight!, windows),
    () => reshape(weightsGradient(parts, seen), [width, kernel, d]),
    // [T' width, n] -> [T' width] -> [T', width] -> [width]
    () => sum(reshape(sum(g!, [1]), [count, width]), [0]),
  ];
};

function inputGradient(
  g: Tensor,
  parts: readonly Tensor[],
  weight: Tensor,
  { steps, kernel, stride, dilation, padding }: Windows,
): Tensor {
  const [width, , d] = weight.shape as readonly number[];
  // [width, kernel, d] -> [d, kernel width]: taps in the order in which their windows follow one another
  const taps = splitEvenly(transpose(weight, [1, 2, 0]), kernel, 0).map((tap) => reshape(tap, [d, width]));
  const products = new Map<string, Tensor>();
  const zeros = filledRows(0, d, g);
  const gradients = Array.from({ length: steps }, (_, step) => {
    const pairs: { readonly tap: number; readonly window: number }[] = [];
    for (let tap = kernel - 1; tap >= 0; tap--) {
      const offset = step + padding - tap * dilation;
      if (offset >= 0 && offset % stride === 0 && offset / stride < parts.length)
        pairs.push({ tap, window: offset / stride });
    }
    if (pairs.length === 0) return zeros;
    const key = pairs.map(({ tap }) => tap).join(",");
    let matrix = products.get(key);
    if (matrix === undefined) {
      matrix = concat(
        pairs.map(({ tap }) => taps[tap]),
        1,
      );
      products.set(key, matrix);
    }
    const [first, last] = [pairs[0].window, pairs[pairs.length - 1].window];
    const together = last - first === pairs.length - 1;
    const seen = together
      ? slice(g, 0, first * width, (last + 1) * width)
      : concat(
          pairs.map(({ window }) => parts[window]),
          0,
        );
    return gemm(matrix, seen);
  });
  return concat(gradients, 0);
}

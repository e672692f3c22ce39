import type { Attributes, Tensor } from "../graph.js";
import { add } from "../ops/elementwise.js";
import { concat, transpose } from "../ops/layout.js";
import { gemm } from "../ops/products.js";

/** What the rules of recurrent layers share. */

/** Of two parts of a gradient, either of which may be missing. */
export function plus(a: Tensor | null, b: Tensor | null): Tensor | null {
  return a === null ? b : b === null ? a : add(a, b);
}

export function isReverse({ reverse }: Attributes): boolean {
  return "int" in reverse && reverse.int === 1;
}

/** Σ over the steps of g_t s_tᵀ: [m, n] [k, n] → [m, k], one product a step while both are in the cache. */
export function weightsGradient(gradients: readonly Tensor[], seen: readonly Tensor[]): Tensor {
  let sum: Tensor | null = null;
  for (let t = gradients.length - 1; t >= 0; t--) sum = gemm(gradients[t], seen[t], sum, { transB: true });
  return sum!;
}

/** Gradient of the steps' inputs: Wᵀ g_t for each, [m, d] [m, n] → [T d, n]. */
export function seenGradient(weights: Tensor, gradients: readonly Tensor[]): Tensor {
  const back = transpose(weights, [1, 0]);
  return concat(
    gradients.map((each) => gemm(back, each)),
    0,
  );
}

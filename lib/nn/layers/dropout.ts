import type { Tensor } from "../graph.js";
import { mul } from "../ops/elementwise.js";

/**
 * Numbers set to 0 at random while training, the others larger in exchange; as they are in the graph that is served.
 * Source: Srivastava et al. 2014, Dropout.
 */
export function dropout(name: string, x: Tensor, rate: number): Tensor {
  if (rate === 0 || !x.graph.training) return x;
  return mul(x, x.graph.mask(name, x.shape, rate));
}

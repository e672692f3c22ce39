import type { Tensor } from "../graph.js";
import { filled } from "../initial.js";
import { layerNormalization } from "../ops/normalization.js";

/**
 * Each row of the last axis with mean 0 and variance 1, then scaled and shifted.
 * Parameters: `<name>.weight`, `<name>.bias` [d]. Source: Ba et al. 2016, arXiv:1607.06450.
 */
export function layerNorm(name: string, x: Tensor, epsilon = 1e-5): Tensor {
  const width = x.shape.at(-1) as number;
  const weight = x.graph.parameter(`${name}.weight`, [width], filled(1));
  const bias = x.graph.parameter(`${name}.bias`, [width], filled(0));
  return layerNormalization(x, weight, bias, epsilon);
}

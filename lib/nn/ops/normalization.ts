import type { Tensor } from "../graph.js";

/** (x − mean) / √(variance + ε) of each row of the last axis, times `scale` [d] plus `shift` [d]. */
export function layerNormalization(x: Tensor, scale: Tensor, shift: Tensor, epsilon: number): Tensor {
  const moments = [...x.shape.slice(0, -1), 1];
  return x.graph.nodeOf(
    "LayerNormalization",
    [x, scale, shift],
    [{ shape: x.shape }, { shape: moments }, { shape: moments }],
    { axis: { int: -1 }, epsilon: { float: epsilon } },
  )[0];
}

import type { Tensor } from "../graph.js";
import { reshape } from "../ops/layout.js";
import { sum } from "../ops/reduce.js";
import { type Shape, sameShape } from "../shape.js";

/** The gradient of what was broadcast from `shape`: summed along the axes that were added or stretched. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((dim, i) =>
    i < added || (shape[i - added] === 1 && dim !== 1) ? [i] : [],
  );
  return reshape(sum(gradient, axes), shape);
}

import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { add } from "../ops/elementwise.js";
import { sameShape, text } from "../shape.js";

/** x + change(x). He et al. 2016, arXiv:1512.03385. @throws ParamsError when the change has another shape */
export function residual(x: Tensor, change: (x: Tensor) => Tensor): Tensor {
  const changed = change(x);
  if (!sameShape(x.shape, changed.shape))
    throw new ParamsError(
      `nn: residual: ${text(changed.shape)} cannot be added to ${text(x.shape)}; both must have one shape.`,
    );
  return add(x, changed);
}

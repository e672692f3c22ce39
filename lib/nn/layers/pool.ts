import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { add, div, maximum, minus, mul, sub } from "../ops/elementwise.js";
import { concat, reshape, splitEvenly, transpose } from "../ops/layout.js";
import { max, mean, sum } from "../ops/reduce.js";
import { sameShape, text } from "../shape.js";
import { byStep, type Series } from "./series.js";

/** Pooling over time, of each column by itself. */

/** What is made of several steps. */
export type Pooling = "max" | "average";

/**
 * Windows of `window` steps, `stride` apart (default: side by side); the last steps that fill no window are left out.
 * @throws ParamsError when the series is shorter than one window
 */
export function pool(
  { values, steps, width }: Series,
  of: Pooling,
  window: number,
  stride: number = window,
): Series {
  const count = Math.floor((steps - window) / stride) + 1;
  if (count < 1)
    throw new ParamsError(`nn: pooling over ${window} steps of a series of ${steps}: no window fits.`);
  const parts = splitEvenly(values, steps, 0);
  const pooled = Array.from({ length: count }, (_, t) => {
    const inside = parts.slice(t * stride, t * stride + window);
    return of === "max" ? inside.reduce((a, b) => maximum(a, b)) : mul(inside.reduce(add), 1 / window);
  });
  return { values: concat(pooled, 0), steps: count, width };
}

/** Far below every number that a layer makes: what the mask shuts out is never the largest. */
const LOWEST = 1e30;

/**
 * All steps in one: [T, d] → [n, d].
 * @param mask n × T: 0 in steps that do not count
 * @throws ParamsError for a mask of another shape
 */
export function globalPool(series: Series, of: Pooling, mask?: Tensor): Tensor {
  const { steps, values } = series;
  const n = values.shape[1];
  const x = byStep(series); // T d × n -> T × d × n
  if (mask === undefined) return transpose(of === "max" ? max(x, 0) : mean(x, [0]), [1, 0]);
  if (!sameShape(mask.shape, [n, steps]))
    throw new ParamsError(
      `nn: pooling of ${steps} steps of ${n} rows with a mask of shape ${text(mask.shape)}.`,
    );
  const counts = transpose(mask, [1, 0]); // n × T -> T × n
  const each = reshape(counts, [steps, 1, n]);
  if (of === "max") return transpose(max(sub(x, mul(minus(1, each), LOWEST)), 0), [1, 0]);
  const total = sum(mul(x, each), [0]); // d × n
  return transpose(div(total, sum(counts, [0], true)), [1, 0]);
}

import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { reshape, transpose } from "../ops/layout.js";
import { product, text } from "../shape.js";

/**
 * A batch of sequences as layers over time want it, step by step with the rows of the batch along the last axis: a step,
 * or several that follow one another, lies in one piece.
 */
export interface Series {
  /** [steps · width, n] */
  readonly values: Tensor;
  readonly steps: number;
  readonly width: number;
}

/** n × T × d → series. @throws ParamsError for a tensor of another shape, or a T that a graph does not know */
export function seriesOf(x: Tensor): Series {
  const [n, steps, width] = x.shape;
  if (x.shape.length !== 3 || typeof steps !== "number" || typeof width !== "number")
    throw new ParamsError(`nn: a sequence of shape ${text(x.shape)}; rows × steps × columns were expected.`);
  return { values: transpose(reshape(x, [n, steps * width]), [1, 0]), steps, width };
}

/** Series → n × T × d. */
export function sequenceOf({ values, steps, width }: Series): Tensor {
  return reshape(transpose(values, [1, 0]), [values.shape[1], steps, width]);
}

/** Something done to each number. */
export function each(series: Series, change: (x: Tensor) => Tensor): Series {
  return { ...series, values: change(series.values) };
}

/** [steps · width, n] → [steps, width, n]. */
export function byStep({ values, steps, width }: Series): Tensor {
  return reshape(values, [steps, width, values.shape[1]]);
}

/** Steps of a series as one tensor again, of the given width. */
export function joinSteps(x: Tensor): Series {
  const [steps, width, n] = x.shape;
  return {
    values: reshape(x, [product([steps, width]), n]),
    steps: steps as number,
    width: width as number,
  };
}

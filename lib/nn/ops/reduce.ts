import type { Tensor } from "../graph.js";
import { axisOf, type Shape } from "../shape.js";

/** Sums, means and largest values along axes. */

/** Without the axes, or with 1 in their places. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  return shape.flatMap((dim, i) => (!axes.includes(i) ? [dim] : keep ? [1] : []));
}

/** @param axes null: over everything, to a scalar */
export function sum(x: Tensor, axes: readonly number[] | null, keep = false): Tensor {
  const along = axes?.map((axis) => axisOf("ReduceSum", x.shape, axis)) ?? x.shape.map((_, i) => i);
  return x.graph.node("ReduceSum", [x, x.graph.integers(along)], reducedShape(x.shape, along, keep), {
    keepdims: { int: keep ? 1 : 0 },
  });
}

/** Mean along axes whose length the graph knows or not. */
export function mean(x: Tensor, axes: readonly number[] | null, keep = false): Tensor {
  const along = axes?.map((axis) => axisOf("ReduceMean", x.shape, axis)) ?? x.shape.map((_, i) => i);
  return x.graph.node("ReduceMean", [x], reducedShape(x.shape, along, keep), {
    axes: { ints: along },
    keepdims: { int: keep ? 1 : 0 },
  });
}

/** Largest along one axis; where several are largest, all of them share its gradient. */
export function max(x: Tensor, axis: number, keep = false): Tensor {
  const along = axisOf("ReduceMax", x.shape, axis);
  return x.graph.node("ReduceMax", [x], reducedShape(x.shape, [along], keep), {
    axes: { ints: [along] },
    keepdims: { int: keep ? 1 : 0 },
  });
}

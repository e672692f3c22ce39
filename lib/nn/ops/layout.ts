import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { axisOf, type Dim, perRow, product, reshapeTarget, type Shape, sameShape, text } from "../shape.js";

/** Operators that move numbers about and compute nothing. */

export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (product(x.shape) !== product(shape))
    throw new ParamsError(`nn: a tensor of shape ${text(x.shape)} cannot be reshaped to ${text(shape)}.`);
  return x.graph.node("Reshape", [x, x.graph.integers(reshapeTarget(shape))], shape);
}

/** @param order the axes of `x`, in the order in which they are to stand */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length)
    throw new ParamsError(
      `nn: axes (${order.join(", ")}) are no order of those of a tensor of shape ${text(x.shape)}.`,
    );
  const shape = order.map((axis) => x.shape[axis]);
  return x.graph.node("Transpose", [x], shape, { perm: { ints: order } });
}

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const [first] = parts;
  const along = axisOf("Concat", first.shape, axis);
  for (const { shape } of parts) {
    if (shape.length !== first.shape.length || shape.some((dim, i) => i !== along && dim !== first.shape[i]))
      throw new ParamsError(
        `nn: tensors of shapes ${parts.map((each) => text(each.shape)).join(", ")} cannot be joined along axis ${axis}.`,
      );
  }
  if (parts.length === 1) return first;
  return first.graph.node(
    "Concat",
    parts,
    replaced(first.shape, along, total(parts.map(({ shape }) => shape[along]))),
    {
      axis: { int: along },
    },
  );
}

/** Sum of dimensions. */
function total(dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === "number")) return dims.reduce((sum, dim) => sum + dim, 0);
  if (dims.every((dim) => typeof dim === "string"))
    return product(["n", dims.reduce((sum, dim) => sum + perRow(dim), 0)]);
  throw new ParamsError(`nn: dimensions ${dims.join(", ")} cannot be added.`);
}

/** Parts of the given lengths along an axis. */
export function split(x: Tensor, lengths: readonly number[], axis: number): readonly Tensor[] {
  const along = axisOf("Split", x.shape, axis);
  if (lengths.reduce((sum, length) => sum + length, 0) !== x.shape[along])
    throw new ParamsError(
      `nn: parts of ${lengths.join(" + ")} of axis ${axis} of a tensor of shape ${text(x.shape)}.`,
    );
  if (lengths.length === 1) return [x];
  return x.graph.nodeOf(
    "Split",
    [x, x.graph.integers(lengths)],
    lengths.map((length) => ({ shape: replaced(x.shape, along, length) })),
    { axis: { int: along } },
  );
}

/** As many equal parts along an axis, which may go by the batch. */
export function splitEvenly(x: Tensor, parts: number, axis: number): readonly Tensor[] {
  const along = axisOf("Split", x.shape, axis);
  const length = x.shape[along];
  const each = typeof length === "number" ? length / parts : perRow(length) / parts;
  if (!Number.isInteger(each))
    throw new ParamsError(`nn: ${parts} equal parts of axis ${axis} of a tensor of shape ${text(x.shape)}.`);
  if (parts === 1) return [x];
  const dim = typeof length === "number" ? each : product(["n", each]);
  return x.graph.nodeOf(
    "Split",
    [x],
    Array.from({ length: parts }, () => ({ shape: replaced(x.shape, along, dim) })),
    { axis: { int: along } },
  );
}

/** From `start` up to `end` (not included) along an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const along = axisOf("Slice", x.shape, axis);
  const length = x.shape[along];
  if (typeof length !== "number" || start < 0 || end > length || start >= end)
    throw new ParamsError(`nn: ${start} to ${end} of axis ${axis} of a tensor of shape ${text(x.shape)}.`);
  if (start === 0 && end === length) return x;
  const { graph } = x;
  const inputs = [x, graph.integers([start]), graph.integers([end]), graph.integers([along])];
  return graph.node("Slice", inputs, replaced(x.shape, along, end - start));
}

/** Zeros before and behind, along an axis. */
export function pad(x: Tensor, axis: number, before: number, behind: number): Tensor {
  const along = axisOf("Pad", x.shape, axis);
  if (before === 0 && behind === 0) return x;
  const length = x.shape[along];
  if (typeof length !== "number")
    throw new ParamsError(
      `nn: padding of axis ${axis} of a tensor of shape ${text(x.shape)}, which goes by the batch.`,
    );
  const pads = [
    ...x.shape.map((_, i) => (i === along ? before : 0)),
    ...x.shape.map((_, i) => (i === along ? behind : 0)),
  ];
  return x.graph.node("Pad", [x, x.graph.integers(pads)], replaced(x.shape, along, length + before + behind));
}

/** `x` repeated along its axes of length 1 until it has the shape of `like`. */
export function expandLike(x: Tensor, like: Tensor): Tensor {
  if (sameShape(x.shape, like.shape)) return x;
  return x.graph.node("Expand", [x, shapeOf(like)], like.shape);
}

/** Dimensions of a tensor: a constant where they are known, else what the run has. */
function shapeOf(x: Tensor): Tensor {
  if (x.shape.every((dim) => typeof dim === "number")) return x.graph.integers(x.shape as number[]);
  return x.graph.nodeOf("Shape", [x], [{ shape: [x.shape.length], type: "int64" }])[0];
}

/** Zeros of the shape of `like`. */
export function zerosLike(like: Tensor): Tensor {
  const ones = like.shape.map(() => 1);
  return expandLike(like.graph.constant([0], ones), like);
}

/** `rows` rows that hold `value`, as long as those of a matrix [m, n] → [rows, n]. */
export function filledRows(value: number, rows: number, like: Tensor): Tensor {
  const { graph } = like;
  const column = graph.constant(new Float32Array(rows).fill(value), [rows, 1]);
  const row = slice(like, 0, 0, 1);
  return graph.node("Expand", [column, shapeOf(row)], [rows, row.shape[1]]);
}

/** Rows `places` (int64 [n]) of a table [m, d] → [n, d]. */
export function gatherRows(table: Tensor, places: Tensor): Tensor {
  return table.graph.node("Gather", [table, places], [...places.shape, ...table.shape.slice(1)], {
    axis: { int: 0 },
  });
}

function replaced(shape: Shape, axis: number, dim: Dim): Shape {
  return shape.map((each, i) => (i === axis ? dim : each));
}

import { ParamsError } from "../base/errors.js";

/** A dimension: a number, or a multiple of the rows of a batch, which only a run knows: "n", "32n". */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** How many rows a dimension has for each row of the batch; 0 when it is a number. */
export function perRow(dim: Dim): number {
  if (typeof dim === "number") return 0;
  return dim === "n" ? 1 : Number(dim.slice(0, -1));
}

/** Product of dimensions, of which at most one goes by the batch. */
export function product(dims: Shape): Dim {
  let known = 1;
  let rows = 0;
  for (const dim of dims) {
    if (typeof dim === "number") known *= dim;
    else if (rows > 0) throw new ParamsError(`nn: shape ${text(dims)} goes by the batch in two dimensions.`);
    else rows = perRow(dim);
  }
  if (rows === 0) return known;
  return rows * known === 1 ? "n" : `${rows * known}n`;
}

/** Elements, where the batch does not count. */
export function size(shape: Shape): number {
  return shape.reduce<number>((total, dim) => total * (typeof dim === "number" ? dim : perRow(dim)), 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/**
 * NumPy's rule: aligned at the end, 1 goes with anything.
 * @throws ParamsError when the shapes do not go together
 */
export function broadcast(op: string, a: Shape, b: Shape): Shape {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const [x, y] = [a[i - length + a.length] ?? 1, b[i - length + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1)
      throw new ParamsError(`nn: ${op} of shapes ${text(a)} and ${text(b)}, which do not go together.`);
    return x === 1 ? y : x;
  });
}

/** As Reshape takes it: what goes by the batch is left to it. */
export function reshapeTarget(shape: Shape): number[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : -1));
}

/** The axis counted from the front. @throws ParamsError when the shape has none such */
export function axisOf(op: string, shape: Shape, axis: number): number {
  const at = axis < 0 ? axis + shape.length : axis;
  if (at < 0 || at >= shape.length || !Number.isInteger(at))
    throw new ParamsError(`nn: ${op} along axis ${axis} of a tensor of shape ${text(shape)}.`);
  return at;
}

/** "n × 32 × 64". */
export function text(shape: Shape): string {
  return shape.length === 0 ? "(scalar)" : shape.join(" × ");
}

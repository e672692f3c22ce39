import { ParamsError } from "../../base/errors.js";
import type { Tensor } from "../graph.js";
import { axisOf, text } from "../shape.js";
import { transpose } from "./layout.js";

/** Matrix products. */

interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/** a b + c of matrices [n, k] [k, m] and a row c [m] (left out: 0) → [n, m]. */
export function gemm(a: Tensor, b: Tensor, c: Tensor | null = null, options: GemmOptions = {}): Tensor {
  const { transA = false, transB = false } = options;
  if (a.shape.length !== 2 || b.shape.length !== 2)
    throw new ParamsError(
      `nn: a product of shapes ${text(a.shape)} and ${text(b.shape)}; two matrices were expected.`,
    );
  const [n, k] = transA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]];
  const [inner, m] = transB ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]];
  if (k !== inner || (c !== null && c.shape.at(-1) !== m && c.shape.at(-1) !== 1))
    throw new ParamsError(
      `nn: a product of shapes ${text([n, k])} and ${text([inner, m])}${c === null ? "" : ` plus ${text(c.shape)}`} does not go together.`,
    );
  return a.graph.node("Gemm", c === null ? [a, b] : [a, b, c], [n, m], {
    ...(transA ? { transA: { int: 1 } } : {}),
    ...(transB ? { transB: { int: 1 } } : {}),
  });
}

/** Products of the last two axes, [..., n, k] [..., k, m] → [..., n, m]; the axes before are the same, or a matrix alone. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [k, inner] = [a.shape.at(-1), b.shape.at(-2)];
  const [front, other] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (k === undefined || k !== inner || (other.length > 0 && text(front) !== text(other)))
    throw new ParamsError(
      `nn: a product of shapes ${text(a.shape)} and ${text(b.shape)} does not go together.`,
    );
  return a.graph.node("MatMul", [a, b], [...a.shape.slice(0, -1), b.shape.at(-1)!]);
}

/** The last two axes exchanged. */
export function transposed(x: Tensor): Tensor {
  const order = x.shape.map((_, i) => i);
  const last = axisOf("Transpose", x.shape, -1);
  [order[last - 1], order[last]] = [order[last], order[last - 1]];
  return transpose(x, order);
}

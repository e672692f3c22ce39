import type { Tensor } from "../graph.js";
import { broadcast } from "../shape.js";

/** Operators that work number by number, with NumPy's broadcasting where they take two. */

function two(op: string, a: Tensor, b: Tensor): Tensor {
  return a.graph.node(op, [a, b], broadcast(op, a.shape, b.shape));
}

function one(op: string, x: Tensor, attributes = {}): Tensor {
  return x.graph.node(op, [x], x.shape, attributes);
}

type Operand = Tensor | number;

function operand(of: Tensor, value: Operand): Tensor {
  return typeof value === "number" ? of.graph.scalar(value) : value;
}

export function add(a: Tensor, b: Operand): Tensor {
  return two("Add", a, operand(a, b));
}

export function sub(a: Tensor, b: Operand): Tensor {
  return two("Sub", a, operand(a, b));
}

export function mul(a: Tensor, b: Operand): Tensor {
  return two("Mul", a, operand(a, b));
}

export function div(a: Tensor, b: Operand): Tensor {
  return two("Div", a, operand(a, b));
}

/** `constant` − x. */
export function minus(constant: number, x: Tensor): Tensor {
  return two("Sub", x.graph.scalar(constant), x);
}

export function neg(x: Tensor): Tensor {
  return one("Neg", x);
}

export function exp(x: Tensor): Tensor {
  return one("Exp", x);
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return one("Log", x);
}

export function sqrt(x: Tensor): Tensor {
  return one("Sqrt", x);
}

/** x to the power of a constant. */
export function power(x: Tensor, exponent: number): Tensor {
  return two("Pow", x, x.graph.scalar(exponent));
}

export function relu(x: Tensor): Tensor {
  return one("Relu", x);
}

/** @param slope of the side below 0 */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return one("LeakyRelu", x, { alpha: { float: slope } });
}

export function sigmoid(x: Tensor): Tensor {
  return one("Sigmoid", x);
}

export function tanh(x: Tensor): Tensor {
  return one("Tanh", x);
}

/** The error function. */
export function erf(x: Tensor): Tensor {
  return one("Erf", x);
}

/** bool. */
export function greater(a: Tensor, b: Operand): Tensor {
  const other = operand(a, b);
  return a.graph.nodeOf(
    "Greater",
    [a, other],
    [{ shape: broadcast("Greater", a.shape, other.shape), type: "bool" }],
  )[0];
}

/** `yes` where the condition (bool) holds, else `no`. */
export function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const shape = broadcast("Where", condition.shape, broadcast("Where", yes.shape, no.shape));
  return yes.graph.nodeOf("Where", [condition, yes, no], [{ shape, type: yes.type }])[0];
}

/** 1 where the condition (bool) holds, else 0. */
export function indicator(condition: Tensor): Tensor {
  return condition.graph.nodeOf("Cast", [condition], [{ shape: condition.shape, type: "float" }], {
    to: { int: 1 },
  })[0];
}

/** The smaller of each two. */
export function minimum(a: Tensor, b: Operand): Tensor {
  return two("Min", a, operand(a, b));
}

/** The larger of each two; of equal ones the first has the gradient. */
export function maximum(a: Tensor, b: Operand): Tensor {
  return two("Max", a, operand(a, b));
}

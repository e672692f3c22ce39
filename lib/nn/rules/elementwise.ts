import { div, exp, greater, indicator, minus, mul, neg, sub, where } from "../ops/elementwise.js";
import { type Rules, single } from "./rule.js";
import { sumTo } from "./sumTo.js";

export const elementwiseRules: Rules = {
  Identity: single((_, g) => [() => g]),
  Add: single(({ inputs: [a, b] }, g) => [() => sumTo(g, a.shape), () => sumTo(g, b.shape)]),
  Sub: single(({ inputs: [a, b] }, g) => [() => sumTo(g, a.shape), () => sumTo(neg(g), b.shape)]),
  Mul: single(({ inputs: [a, b] }, g) => [() => sumTo(mul(g, b), a.shape), () => sumTo(mul(g, a), b.shape)]),
  Div: single(({ inputs: [a, b], output }, g) => [
    () => sumTo(div(g, b), a.shape),
    () => sumTo(neg(mul(g, div(output, b))), b.shape),
  ]),
  Neg: single((_, g) => [() => neg(g)]),
  Exp: single(({ output }, g) => [() => mul(g, output)]),
  Log: single(({ inputs: [x] }, g) => [() => div(g, x)]),
  Sqrt: single(({ output }, g) => [() => div(mul(g, 0.5), output)]),
  Pow: single(({ inputs: [x, exponent] }, g) => [
    () => mul(g, mul(g.graph.node("Pow", [x, sub(exponent, 1)], x.shape), exponent)),
    null,
  ]),
  // A product takes half the time of ONNX Runtime's Where.
  Relu: single(({ output }, g) => [() => mul(g, indicator(greater(output, 0)))]),
  LeakyRelu: single(({ inputs: [x], attributes: { alpha } }, g) => [
    () => where(greater(x, 0), g, mul(g, "float" in alpha ? alpha.float : 0.01)),
  ]),
  Sigmoid: single(({ output }, g) => [() => mul(g, mul(output, minus(1, output)))]),
  Tanh: single(({ output }, g) => [() => mul(g, minus(1, mul(output, output)))]),
  Erf: single(({ inputs: [x] }, g) => [() => mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))]),
  Max: single(({ inputs: [a, b] }, g) => {
    const second = greater(b, a);
    const zero = g.graph.scalar(0);
    return [() => sumTo(where(second, zero, g), a.shape), () => sumTo(where(second, g, zero), b.shape)];
  }),
  Where: single(({ inputs: [condition, yes, no] }, g) => {
    const zero = g.graph.scalar(0);
    return [
      null,
      () => sumTo(where(condition, g, zero), yes.shape),
      () => sumTo(where(condition, zero, g), no.shape),
    ];
  }),
};

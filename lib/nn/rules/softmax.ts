import { exp, mul, sub } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import { type Rules, single } from "./rule.js";

export const softmaxRules: Rules = {
  Softmax: single(({ output }, g) => [() => mul(output, sub(g, sum(mul(g, output), [-1], true)))]),
  LogSoftmax: single(({ output }, g) => [() => sub(g, mul(exp(output), sum(g, [-1], true)))]),
};

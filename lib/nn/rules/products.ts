import type { Tensor } from "../graph.js";
import { reshape } from "../ops/layout.js";
import { gemm, matmul, transposed } from "../ops/products.js";
import { sum } from "../ops/reduce.js";
import { product } from "../shape.js";
import { type Rules, single } from "./rule.js";
import { sumTo } from "./sumTo.js";

/** As a matrix: every axis but the last in one. */
function rows(x: Tensor): Tensor {
  if (x.shape.length === 2) return x;
  return reshape(x, [product(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

export const productRules: Rules = {
  Gemm: single(({ inputs: [a, b, c], attributes }, g) => {
    const [transA, transB] = [attributes.transA !== undefined, attributes.transB !== undefined];
    return [
      () =>
        transA ? gemm(b, g, null, { transA: transB, transB: true }) : gemm(g, b, null, { transB: !transB }),
      () =>
        transB ? gemm(g, a, null, { transA: true, transB: transA }) : gemm(a, g, null, { transA: !transA }),
      c === undefined ? null : () => sumTo(c.shape.length === 1 ? sum(g, [0]) : g, c.shape),
    ];
  }),
  MatMul: single(({ inputs: [a, b] }, g) => [
    () => matmul(g, transposed(b)),
    () => (b.shape.length > 2 ? matmul(transposed(a), g) : gemm(rows(a), rows(g), null, { transA: true })),
  ]),
};

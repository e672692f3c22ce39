import { expect, it } from "vitest";
import { Graph } from "#lib/nn/graph.js";
import { dense } from "#lib/nn/layers/dense.js";
import { add } from "#lib/nn/ops/elementwise.js";
import { reshape, transpose } from "#lib/nn/ops/layout.js";
import { printGraph } from "#lib/nn/print.js";

it("has a line for each tensor that is given and for each node, and the nodes of a fused one below it", () => {
  const graph = new Graph();
  const x = graph.input("x", ["n", 2]);
  graph.input("place", ["n"], "int64");
  const h = reshape(add(dense("first", x, 3), 0.5), ["3n"]);
  graph.fused("Twice", [h], () => ({ outputs: [add(h, h)], saved: null }));
  transpose(x, [1, 0]);
  expect(printGraph(graph)).toBe(`input x: n × 2
input place: int64 n
parameter first.weight: 2 × 3
parameter first.bias: 3
gemm_0: n × 3 = Gemm(x: n × 2, first.weight: 2 × 3, first.bias: 3)
add_2: n × 3 = Add(gemm_0: n × 3, 0.5)
reshape_4: 3n = Reshape(add_2: n × 3, [-1])
add_5: 3n = Twice(reshape_4: 3n)
  add_5: 3n = Add(reshape_4: 3n, reshape_4: 3n)
transpose_6: 2 × n = Transpose(x: n × 2, perm=1,0)
`);
});

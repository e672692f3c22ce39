import { expect, it } from "vitest";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { costOf } from "#lib/onnx/operations.js";

it("counts products, added rows and elements, for one flow", () => {
  const onnx = new OnnxBuilder();
  const x = onnx.input("X", "float", ["n", 10]);
  const scaled = onnx.node("Div", [x, onnx.tensor("float", [1, 10], new Float32Array(10).fill(2))]); // 10
  const chosen = onnx.node("Gather", [scaled, onnx.tensor("int64", [3], [0, 1, 2])], { axis: { int: 1 } }); // 3
  const z = onnx.node("Gemm", [
    chosen,
    onnx.tensor("float", [3, 4], new Float32Array(12)),
    onnx.tensor("float", [4], new Float32Array(4)),
  ]); // 2 · 3 · 4 + 4
  const p = onnx.node("Softmax", [z], { axis: { int: 1 } }); // 4
  const sum = onnx.node("ReduceSum", [p, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } }); // 4
  onnx.output("y", sum, "float", ["n", 1]);
  expect(onnx.operations).toBe(10 + 3 + 28 + 4 + 4);
});

it("counts nothing that does not depend on the flow", () => {
  const onnx = new OnnxBuilder();
  const x = onnx.input("X", "float", ["n", 2]);
  const constant = onnx.node("Exp", [onnx.tensor("float", [1, 100], new Float32Array(100))]);
  onnx.node("Slice", [
    onnx.node("Shape", [x]),
    onnx.tensor("int64", [1], [0]),
    onnx.tensor("int64", [1], [1]),
  ]);
  expect(onnx.operations).toBe(0);
  onnx.node("Add", [
    onnx.node("Gather", [x, onnx.tensor("int64", [1], [0])], { axis: { int: 1 } }),
    constant,
  ]);
  expect(onnx.operations).toBe(1 + 100);
});

it("counts the mean path of each tree and one addition", () => {
  // A tree of leaves at depths 1, 2, 2, and a tree that is a leaf.
  const { shape, operations } = costOf("TreeEnsembleRegressor", [["n", 5]], {
    n_targets: { int: 3 },
    nodes_treeids: { ints: [0, 0, 0, 0, 0, 1] },
    nodes_nodeids: { ints: [0, 1, 2, 3, 4, 0] },
    nodes_modes: { strings: ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF"] },
    nodes_truenodeids: { ints: [1, 0, 3, 0, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 4, 0, 0, 0] },
  });
  expect(shape).toEqual(["n", 3]);
  expect(operations).toBeCloseTo(5 / 3 + 1 + 1, 12);
});

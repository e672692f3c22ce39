import { describe, expect, it } from "vitest";
import { differentiate } from "#lib/nn/differentiate.js";
import { Graph, type Tensor } from "#lib/nn/graph.js";
import { convSteps } from "#lib/nn/ops/convSteps.js";
import * as elementwise from "#lib/nn/ops/elementwise.js";
import { gruSteps } from "#lib/nn/ops/gruSteps.js";
import * as layout from "#lib/nn/ops/layout.js";
import { lstmSteps } from "#lib/nn/ops/lstmSteps.js";
import { layerNormalization } from "#lib/nn/ops/normalization.js";
import { gemm, matmul } from "#lib/nn/ops/products.js";
import * as reduce from "#lib/nn/ops/reduce.js";
import { logSoftmax, softmax } from "#lib/nn/ops/softmax.js";
import { rules } from "#lib/nn/rules/table.js";
import type { Shape } from "#lib/nn/shape.js";
import { expectGradients } from "../gradients.js";

/** Shapes of the inputs, all of them differentiated by, and what is computed from them. */
interface Case {
  readonly shapes: readonly Shape[];
  readonly of: (...inputs: readonly Tensor[]) => Tensor | readonly Tensor[];
  /** Values of the first input, where ±1 does not do. */
  readonly values?: readonly number[];
}

const batch: Shape = ["n", 4];
/** Away from kinks and poles: 12 numbers. */
const positive = Array.from({ length: 12 }, (_, i) => 0.5 + i / 8);
const apart = Array.from({ length: 12 }, (_, i) => ((i * 5) % 12) / 6 - 0.9);

const cases: Readonly<Record<string, readonly Case[]>> = {
  Identity: [{ shapes: [batch], of: (x) => x.graph.node("Identity", [x], x.shape) }],
  Add: [
    { shapes: [batch, [4]], of: elementwise.add },
    {
      shapes: [
        ["n", 1],
        [2, 1, 4],
      ],
      of: elementwise.add,
    },
  ],
  Sub: [{ shapes: [batch, ["n", 1]], of: elementwise.sub }],
  Mul: [
    { shapes: [batch, [4]], of: elementwise.mul },
    { shapes: [batch], of: (x) => elementwise.mul(x, x) },
  ],
  Div: [{ shapes: [batch, batch], of: (x, y) => elementwise.div(y, x), values: positive }],
  Neg: [{ shapes: [batch], of: elementwise.neg }],
  Exp: [{ shapes: [batch], of: elementwise.exp }],
  Log: [{ shapes: [batch], of: elementwise.log, values: positive }],
  Sqrt: [{ shapes: [batch], of: elementwise.sqrt, values: positive }],
  Pow: [{ shapes: [batch], of: (x) => elementwise.power(x, 2.5), values: positive }],
  Relu: [{ shapes: [batch], of: elementwise.relu, values: apart }],
  LeakyRelu: [{ shapes: [batch], of: (x) => elementwise.leakyRelu(x, 0.2), values: apart }],
  Sigmoid: [{ shapes: [batch], of: elementwise.sigmoid }],
  Tanh: [{ shapes: [batch], of: elementwise.tanh }],
  Erf: [{ shapes: [batch], of: elementwise.erf }],
  Max: [{ shapes: [batch, [4]], of: elementwise.maximum, values: apart }],
  Where: [
    {
      shapes: [batch, batch, [4]],
      of: (x, yes, no) =>
        elementwise.where(
          elementwise.greater(x.graph.constant([0.4, -3, 3, 0], [4]), 0.1),
          elementwise.mul(yes, x),
          no,
        ),
    },
  ],
  ReduceSum: [
    { shapes: [["n", 2, 3]], of: (x) => reduce.sum(x, [1]) },
    { shapes: [["n", 2, 3]], of: (x) => reduce.sum(x, [0, 2], true) },
  ],
  ReduceMean: [
    { shapes: [["n", 2, 3]], of: (x) => reduce.mean(x, [-1]) },
    { shapes: [["n", 2, 3]], of: (x) => reduce.mean(x, [0, 1], true) },
  ],
  ReduceMax: [{ shapes: [batch], of: (x) => reduce.max(x, 1), values: apart }],
  Reshape: [{ shapes: [["n", 2, 3]], of: (x) => layout.reshape(x, ["2n", 3]) }],
  Transpose: [{ shapes: [["n", 2, 3]], of: (x) => layout.transpose(x, [2, 0, 1]) }],
  Concat: [
    {
      shapes: [
        ["n", 2],
        ["n", 3],
      ],
      of: (...parts) => layout.concat(parts, 1),
    },
    { shapes: [batch, batch], of: (...parts) => layout.concat(parts, 0) },
  ],
  Split: [
    { shapes: [["n", 5]], of: (x) => layout.split(x, [1, 4], 1) },
    { shapes: [["n", 5]], of: (x) => layout.split(x, [1, 4], 1)[1] },
    { shapes: [["2n", 2]], of: (x) => layout.splitEvenly(x, 2, 0) },
  ],
  Slice: [{ shapes: [["n", 5]], of: (x) => layout.slice(x, 1, 1, 4) }],
  Pad: [{ shapes: [["n", 2, 2]], of: (x) => layout.pad(x, 1, 2, 1) }],
  Expand: [{ shapes: [["n", 1], batch], of: (x, like) => elementwise.mul(layout.expandLike(x, like), like) }],
  Gather: [
    { shapes: [[4, 2]], of: (x) => layout.gatherRows(x, x.graph.integers([3, 0, 3])) },
    {
      shapes: [[4, 2]],
      of: (x) => layout.gatherRows(x, x.graph.constant([3, 0, 3, 1, 1, 1], [3, 2], "int64")),
    },
  ],
  Gemm: [
    { shapes: [["n", 2], [2, 3], [3]], of: (a, b, c) => gemm(a, b, c) },
    {
      shapes: [
        ["n", 2],
        [3, 2],
      ],
      of: (a, b) => gemm(a, b, null, { transB: true }),
    },
    {
      shapes: [
        ["n", 2],
        ["n", 3],
      ],
      of: (a, b) => gemm(a, b, null, { transA: true }),
    },
    {
      shapes: [
        ["n", 2],
        [3, "n"],
        [2, 1],
      ],
      of: (a, b, c) => gemm(a, b, c, { transA: true, transB: true }),
    },
  ],
  MatMul: [
    {
      shapes: [
        ["n", 2, 3],
        ["n", 3, 2],
      ],
      of: matmul,
    },
    {
      shapes: [
        ["n", 2, 3],
        [3, 2],
      ],
      of: matmul,
    },
  ],
  Softmax: [{ shapes: [batch], of: softmax }],
  LogSoftmax: [{ shapes: [batch], of: logSoftmax }],
  LayerNormalization: [
    {
      shapes: [batch, [4], [4]],
      of: (x, scale, shift) => layerNormalization(x, scale, shift, 1e-5),
      values: apart,
    },
  ],
  LstmSteps: [
    {
      shapes: [
        [6, "n"],
        [8, 5],
      ],
      of: (x, weights) => lstmSteps(x, weights, 3, false).last,
    },
    {
      shapes: [
        [6, "n"],
        [8, 5],
      ],
      of: (x, weights) => lstmSteps(x, weights, 3, false).all,
    },
    {
      shapes: [
        [6, "n"],
        [8, 5],
      ],
      of(x, weights) {
        const { all, last } = lstmSteps(x, weights, 3, true);
        return [all, last];
      },
    },
  ],
  GruSteps: [
    {
      shapes: [
        [6, "n"],
        [6, 6],
      ],
      of: (x, weights) => gruSteps(x, weights, 3, false).last,
    },
    {
      shapes: [
        [6, "n"],
        [6, 6],
      ],
      of: (x, weights) => gruSteps(x, weights, 3, false).all,
    },
    {
      shapes: [
        [6, "n"],
        [6, 6],
      ],
      of(x, weights) {
        const { all, last } = gruSteps(x, weights, 3, true);
        return [all, last];
      },
    },
  ],
  ConvSteps: [
    [1, 1, 0],
    [1, 1, 1],
    [2, 1, 1],
    [1, 2, 2],
    [3, 2, 1],
  ].map(([stride, dilation, padding]) => ({
    shapes: [[12, "n"], [2, 3, 2], [2]],
    of: (x, weight, bias) =>
      convSteps("conv", x, weight, bias, { steps: 6, kernel: 3, stride, dilation, padding }),
  })),
};

describe("rules", () => {
  it("has a case for every operator that has one", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(rules).sort());
  });

  for (const [op, each] of Object.entries(cases)) {
    it.each(each.map((one, i) => [i, one] as const))(
      `${op}, case %i: gradient by finite differences`,
      async (_, { shapes, of, values }) => {
        const graph = new Graph();
        const inputs = shapes.map((shape, i) => graph.input(`x${i}`, shape));
        const made = of(...inputs);
        expect(graph.nodes.map((node) => node.op)).toContain(op);
        await expectGradients(
          Array.isArray(made) ? made : [made],
          inputs,
          values === undefined ? {} : { x0: values },
        );
      },
    );
  }

  it("names an operator without a derivative", () => {
    const graph = new Graph();
    const x = graph.input("x", ["n"]);
    const loss = reduce.sum(graph.node("Floor", [x], ["n"]), null);
    expect(() => differentiate(loss, [x])).toThrow(/operator Floor has no derivative/);
  });
});

import { describe, expect, it } from "vitest";
import { Graph, type Tensor } from "#lib/nn/graph.js";
import { attention } from "#lib/nn/layers/attention.js";
import { batchNorm, seriesBatchNorm } from "#lib/nn/layers/batchNorm.js";
import { conv1d } from "#lib/nn/layers/conv1d.js";
import { dense } from "#lib/nn/layers/dense.js";
import { dropout } from "#lib/nn/layers/dropout.js";
import { embedding } from "#lib/nn/layers/embedding.js";
import { layerNorm } from "#lib/nn/layers/layerNorm.js";
import { globalPool, pool } from "#lib/nn/layers/pool.js";
import { positional } from "#lib/nn/layers/positional.js";
import { residual } from "#lib/nn/layers/residual.js";
import { sequenceOf, seriesOf } from "#lib/nn/layers/series.js";
import { relu } from "#lib/nn/ops/elementwise.js";
import { Evaluator, type Numbers, ROWS, randomFor } from "../evaluate.js";
import { expectGradients } from "../gradients.js";

/** Values of the outputs; what is not given is random in ±1. */
async function valuesOf(
  graph: Graph,
  outputs: readonly Tensor[],
  given: Readonly<Record<string, Numbers>>,
): Promise<number[][]> {
  const evaluator = await Evaluator.of(graph, outputs);
  const feeds = Object.fromEntries(
    evaluator.given.map((tensor) => [tensor.name, given[tensor.name] ?? randomFor(tensor)]),
  );
  return (await evaluator.outputs(feeds)).map((values) =>
    Array.from(values, (each) => Number(each.toFixed(4))),
  );
}

function parametersOf(graph: Graph): readonly Tensor[] {
  return graph.parameters.map(({ tensor }) => tensor);
}

/** Three rows of three steps of one column. */
const three = [1, 2, 4, 0, 0, 1, -1, -2, -3];

describe("conv1d", () => {
  const convolved = (options: { stride?: number; dilation?: number; padding?: number | "same" }) => {
    const graph = new Graph();
    const x = seriesOf(graph.input("x", ["n", 3, 1]));
    const out = sequenceOf(conv1d("conv", x, { width: 1, kernel: 2, ...options }));
    return valuesOf(graph, [out], { x: three, "conv.weight": [1, 10], "conv.bias": [0.5] });
  };

  it("slides a kernel over the steps", async () => {
    expect(await convolved({})).toEqual([[21.5, 42.5, 0.5, 10.5, -20.5, -31.5]]);
  });

  it("pads, strides and dilates", async () => {
    expect(await convolved({ padding: 1, stride: 3 })).toEqual([[10.5, 4.5, 0.5, 1.5, -9.5, -2.5]]);
    expect(await convolved({ dilation: 2 })).toEqual([[41.5, 10.5, -30.5]]);
  });

  it("refuses what does not fit, by the layer's name", () => {
    const x = seriesOf(new Graph().input("x", ["n", 3, 1]));
    expect(() => conv1d("first", x, { width: 1, kernel: 5 })).toThrow(
      /first: a kernel of 5 steps .* on 3 steps .*no window fits/,
    );
    expect(() => conv1d("first", x, { width: 1, kernel: 2, padding: "same" })).toThrow(
      /odd kernel and stride 1/,
    );
  });
});

describe("pooling", () => {
  it("takes the largest and the mean of windows", async () => {
    const graph = new Graph();
    const x = seriesOf(graph.input("x", ["n", 3, 1]));
    const outputs = [sequenceOf(pool(x, "max", 2, 1)), sequenceOf(pool(x, "average", 2))];
    expect(await valuesOf(graph, outputs, { x: three })).toEqual([
      [2, 4, 0, 1, -1, -2],
      [1.5, 0, -1.5],
    ]);
    expect(() => pool(x, "max", 4)).toThrow(/pooling over 4 steps of a series of 3/);
  });

  it("takes all steps, or those of the mask", async () => {
    const graph = new Graph();
    const x = seriesOf(graph.input("x", ["n", 3, 1]));
    const mask = graph.input("mask", ["n", 3]);
    const outputs = [
      globalPool(x, "max"),
      globalPool(x, "average"),
      globalPool(x, "max", mask),
      globalPool(x, "average", mask),
    ];
    expect(await valuesOf(graph, outputs, { x: three, mask: [1, 1, 1, 0, 1, 1, 0, 1, 1] })).toEqual([
      [4, 1, -1],
      [2.3333, 0.3333, -2],
      [4, 1, -2],
      [2.3333, 0.5, -2.5],
    ]);
  });

  it("has gradients", async () => {
    const graph = new Graph();
    const input = graph.input("x", ["n", 4, 2]);
    const x = seriesOf(input);
    const outputs = [
      pool(x, "max", 2).values,
      pool(x, "average", 3, 1).values,
      globalPool(x, "max"),
      globalPool(x, "average", graph.input("mask", ["n", 4])),
    ];
    const apart = Array.from({ length: 24 }, (_, i) => ((i * 7) % 24) / 10);
    await expectGradients(outputs, [input], { x: apart, mask: [1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1] });
  });
});

describe("normalization", () => {
  it("layer norm: mean 0 and variance 1 of each row", async () => {
    const graph = new Graph();
    const out = layerNorm("norm", graph.input("x", ["n", 2]));
    const x = [1, 3, 5, 5, -1, 0];
    expect(await valuesOf(graph, [out], { x, "norm.weight": [1, 2], "norm.bias": [0, 10] })).toEqual([
      [-1, 12, 0, 10, -1, 12],
    ]);
  });

  it("batch norm: moments of the batch in training, and those carried along where it is served", async () => {
    const x = [1, 10, 2, 10, 3, 40];
    const given = {
      x,
      "norm.weight": [1, 1],
      "norm.bias": [0, 5],
      "norm.mean": [1, 0],
      "norm.variance": [4, 1],
    };
    const training = new Graph();
    const out = batchNorm("norm", training.input("x", ["n", 2]));
    expect(training.carried.map(({ tensor }) => tensor.name)).toEqual(["norm.mean", "norm.variance"]);
    const next = training.carried.map((each) => each.next!);
    expect(await valuesOf(training, [out, ...next], given)).toEqual([
      [-1.2247, 4.2929, 0, 4.2929, 1.2247, 6.4142],
      [1.1, 2],
      [3.7, 30.9],
    ]);
    const served = new Graph(false);
    const same = batchNorm("norm", served.input("x", ["n", 2]));
    expect((await valuesOf(served, [same], given))[0].map((value) => Number(value.toFixed(3)))).toEqual([
      0, 15, 0.5, 15, 1, 45,
    ]);
  });

  it("batch norm has gradients, of rows and of series", async () => {
    const graph = new Graph();
    const x = graph.input("x", ["n", 4, 2]);
    const series = seriesBatchNorm("series", seriesOf(x));
    const rows = batchNorm("rows", globalPool(series, "average"));
    await expectGradients([series.values, rows], [x, ...parametersOf(graph)], {}, 0.005);
  });
});

describe("dropout", () => {
  it("multiplies by a mask in training and does nothing where it is served", async () => {
    const training = new Graph();
    const out = dropout("drop", training.input("x", ["n", 1]), 0.5);
    expect(training.masks.map(({ tensor, rate }) => [tensor.name, rate])).toEqual([["drop", 0.5]]);
    expect(await valuesOf(training, [out], { x: [1, 2, 3], drop: [2, 0, 2] })).toEqual([[2, 0, 6]]);
    const served = new Graph(false);
    const x = served.input("x", ["n", 1]);
    expect(dropout("drop", x, 0.5)).toBe(x);
    expect(served.masks).toEqual([]);
  });
});

describe("embedding", () => {
  it("looks rows up, and sums the gradients of a row that is looked up twice", async () => {
    const graph = new Graph();
    const out = embedding("port", graph.input("places", ["n"], "int64"), 3, 2);
    const given = { places: [2, 0, 2], "port.weight": [1, 2, 3, 4, 5, 6] };
    expect(await valuesOf(graph, [out], given)).toEqual([[5, 6, 1, 2, 5, 6]]);
    await expectGradients([out], parametersOf(graph), given);
  });
});

describe("attention", () => {
  const attended = (masked: boolean) => {
    const graph = new Graph();
    const x = graph.input("x", ["n", 3, 4]);
    const out = attention("self", x, {
      heads: 2,
      ...(masked ? { mask: graph.input("mask", ["n", 3]) } : {}),
    });
    return { graph, x, out };
  };

  it("sees nothing of steps that the mask shuts out", async () => {
    const { graph, out } = attended(true);
    const mask = [0, 1, 1, 0, 1, 1, 0, 1, 1];
    const x = randomFor({ graph, name: "x", shape: ["n", 3, 4], type: "float" });
    const changed = x.map((value, i) => (i % 12 < 4 ? 5 : value));
    const [[before], [after]] = [
      await valuesOf(graph, [out], { x, mask }),
      await valuesOf(graph, [out], { x: changed, mask }),
    ];
    const inside = (values: readonly number[]) => values.filter((_, i) => i % 12 >= 4);
    expect(inside(after)).toEqual(inside(before));
    expect(after.slice(0, 4)).not.toEqual(before.slice(0, 4));
  });

  it("has gradients", async () => {
    const { graph, x, out } = attended(true);
    await expectGradients([out], [x, ...parametersOf(graph)], { mask: [0, 1, 1, 1, 1, 1, 0, 0, 1] });
  });

  it("refuses columns that heads cannot share", () => {
    const x = new Graph().input("x", ["n", 3, 4]);
    expect(() => attention("self", x, { heads: 3 })).toThrow(/self: 3 heads on n × 3 × 4/);
  });
});

describe("positional encoding and residual", () => {
  it("adds sines and cosines of the step", async () => {
    const graph = new Graph();
    const out = positional("place", graph.input("x", ["n", 2, 4]));
    const [values] = await valuesOf(graph, [out], { x: new Float32Array(ROWS * 8) });
    expect(values.slice(0, 8)).toEqual([0, 1, 0, 1, 0.8415, 0.5403, 0.01, 0.9999]);
  });

  it("adds a learned row for each step", async () => {
    const graph = new Graph();
    const x = graph.input("x", ["n", 2, 2]);
    await expectGradients([positional("place", x, "learned")], [x, ...parametersOf(graph)]);
  });

  it("adds what a block makes of its input, of the same shape", async () => {
    const graph = new Graph();
    const x = graph.input("x", ["n", 1]);
    const out = residual(x, (inner) => relu(inner));
    expect(await valuesOf(graph, [out], { x: [1, -1, 2] })).toEqual([[2, -1, 4]]);
    expect(() => residual(x, (inner) => dense("d", inner, 2))).toThrow(/n × 2 cannot be added to n × 1/);
  });
});

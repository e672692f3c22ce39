import { z } from "zod";
import type { Graph, Tensor } from "../../nn/graph.js";
import { normal } from "../../nn/initial.js";
import { dense } from "../../nn/layers/dense.js";
import { dropout } from "../../nn/layers/dropout.js";
import { add, erf, leakyRelu, mul, relu, sigmoid, sub, tanh } from "../../nn/ops/elementwise.js";
import { concat, gatherRows } from "../../nn/ops/layout.js";
import { mean } from "../../nn/ops/reduce.js";
import { WEIGHT } from "../../nn/training/network.js";
import { type NetworkColumns, numbersOf, tableLength } from "./columns.js";
import { NUMBERS, placesOf } from "./rowBatches.js";

/** Bends between dense layers. */
export const activations = {
  relu,
  "leaky-relu": (x: Tensor) => leakyRelu(x, 0.1),
  gelu: (x: Tensor) => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)),
  tanh,
  sigmoid,
} as const;
export type Activation = keyof typeof activations;

/** `activation`. */
export const activationParam = (usual: Activation) =>
  z
    .enum(Object.keys(activations) as [Activation, ...Activation[]])
    .default(usual)
    .describe("what bends the output of each hidden layer; leaky-relu: slope .1");

/** `dropout`. */
export const dropoutParam = z
  .number()
  .min(0)
  .lt(1)
  .default(0)
  .describe("share of each hidden layer's outputs that a training step goes without");

/** Dense layers, each with its bend and its dropout. */
export function hiddenLayers(
  name: string,
  x: Tensor,
  widths: readonly number[],
  { activation, dropout: rate = 0, bias = true }: HiddenOptions,
): Tensor {
  return widths.reduce((h, width, i) => {
    const layer = `${name}${i}`;
    return dropout(`${layer}.dropout`, activations[activation](dense(layer, h, width, { bias })), rate);
  }, x);
}

export interface HiddenOptions {
  readonly activation: Activation;
  readonly dropout?: number;
  readonly bias?: boolean;
}

/** The numbers of a row: [n, d]. */
export function numbersInput(graph: Graph, columns: number): Tensor {
  return graph.input(NUMBERS, ["n", columns]);
}

/** How much each row counts: [n]. */
export function weightInput(graph: Graph): Tensor {
  return graph.input(WEIGHT, ["n"]);
}

/** Numbers that stand for a level, where nobody says how many. Howard and Gugger 2020, fastai, arXiv:2002.04688. */
export function embeddingWidth(levels: number): number {
  return Math.min(64, Math.round(1.6 * tableLength(levels) ** 0.56));
}

/**
 * A row as one vector: its numbers, and behind them for each category the vector that stands for its level. New levels and
 * missing ones start at 0, and new ones stay there.
 * @param width of such a vector; null: embeddingWidth
 */
export function rowVector(graph: Graph, columns: NetworkColumns, width: number | null): Tensor {
  const vectors = columns.categories.map(({ levels }, c) => {
    const own = width ?? embeddingWidth(levels);
    const table = graph.parameter(`embedding${c}`, [tableLength(levels), own], (rng, size) => {
      const drawn = normal(1 / Math.sqrt(own))(rng, size);
      drawn.fill(0, 0, own);
      return drawn.fill(0, size - own);
    });
    return gatherRows(table, graph.input(placesOf(c), ["n"], "int64"));
  });
  const numbers = numbersOf(columns);
  return concat([...(numbers > 0 ? [numbersInput(graph, numbers)] : []), ...vectors], 1);
}

/** Mean of the squared differences of two [n, d]: [n, 1]. */
export function squaredError(a: Tensor, b: Tensor): Tensor {
  const difference = sub(a, b);
  return mean(mul(difference, difference), [1], true);
}

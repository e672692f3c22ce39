import type { Tensor } from "./graph.js";
import { add, div, minimum, mul, sqrt, sub } from "./ops/elementwise.js";
import { reshape } from "./ops/layout.js";
import { sum } from "./ops/reduce.js";

/**
 * Optimizers as nodes of the training graph. All parameters are one vector: an update is a few large operations, and
 * not a few for each parameter.
 */

/** An optimizer and its settings. */
export type Optimizer =
  /** v ← μ v + g; θ ← θ − η v. */
  | { readonly type: "sgd"; readonly momentum: number; readonly weight_decay: number }
  /** Kingma and Ba 2015, arXiv:1412.6980; weight decay added to the gradient. */
  | {
      readonly type: "adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weight_decay: number;
    }
  /** Loshchilov and Hutter 2019, arXiv:1711.05101: weight decay apart from the gradient. */
  | {
      readonly type: "adamw";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly weight_decay: number;
    };

export const adam: Optimizer = { type: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0 };

/** Vectors as long as the parameters that an optimizer keeps from step to step. */
export function slotNames({ type }: Optimizer): readonly string[] {
  return type === "sgd" ? ["velocity"] : ["mean", "square"];
}

/** Numbers of a step that the graph is told: what `update` takes as `rates` [3]. @param step from 1 */
export function ratesOf(optimizer: Optimizer, learningRate: number, step: number): Float32Array {
  if (optimizer.type === "sgd") return Float32Array.of(learningRate, 0, 0);
  const { beta1, beta2, weight_decay: decay, type } = optimizer;
  return Float32Array.of(
    learningRate / (1 - beta1 ** step),
    1 / Math.sqrt(1 - beta2 ** step),
    type === "adamw" ? 1 - learningRate * decay : 1,
  );
}

/** One step's parameters and slots after it. All vectors are as long as the parameters. */
export interface Updated {
  readonly parameters: Tensor;
  readonly slots: readonly Tensor[];
}

/**
 * @param rates three scalars, ratesOf's
 * @param slots in the order of slotNames
 */
export function update(
  optimizer: Optimizer,
  {
    parameters,
    gradient,
    slots,
    rates,
  }: {
    readonly parameters: Tensor;
    readonly gradient: Tensor;
    readonly slots: readonly Tensor[];
    readonly rates: readonly Tensor[];
  },
): Updated {
  const { weight_decay: decay, type } = optimizer;
  const g = decay > 0 && type !== "adamw" ? add(gradient, mul(parameters, decay)) : gradient;
  if (optimizer.type === "sgd") {
    const velocity = optimizer.momentum === 0 ? g : add(mul(slots[0], optimizer.momentum), g);
    return { parameters: sub(parameters, mul(velocity, rates[0])), slots: [velocity] };
  }
  const { beta1, beta2, epsilon } = optimizer;
  const mean = add(slots[0], mul(sub(g, slots[0]), 1 - beta1));
  const square = add(mul(slots[1], beta2), mul(mul(g, g), 1 - beta2));
  const step = div(mul(mean, rates[0]), add(mul(sqrt(square), rates[1]), epsilon));
  const from = type === "adamw" && decay > 0 ? mul(parameters, rates[2]) : parameters;
  return { parameters: sub(from, step), slots: [mean, square] };
}

/** The gradient, no longer than `most`. Pascanu et al. 2013, arXiv:1211.5063. */
export function clipped(gradient: Tensor, most: number): Tensor {
  const length = sqrt(sum(mul(gradient, gradient), null));
  const factor = minimum(div(gradient.graph.scalar(most), add(length, 1e-6)), 1);
  return mul(gradient, reshape(factor, [1]));
}

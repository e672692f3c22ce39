import { columnSources } from "./columnSources.js";
import type { OnnxModel } from "./reader.js";

/** A model that is one matrix product over columns that each come from one column of the input. */
export interface LinearLayer {
  /** Name of the value that is multiplied, n × d. */
  readonly input: string;
  /** Input column of each of its d columns; -1: none. */
  readonly sources: readonly number[];
  /** d × k, row by row. */
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
  readonly outputs: number;
  /**
   * Margins go through a softmax, or each has another's taken from it (naive Bayes, which gathers them first): of two classes
   * their difference is the log-odds. Else each is a class's own margin.
   */
  readonly softmax: boolean;
}

/**
 * The linear layer of model.onnx.
 * @param columns width of the model's input
 * @returns null when the model is anything but linear up to its margins
 */
export function readLinear(model: OnnxModel, columns: number): LinearLayer | null {
  const products = model.nodes.filter(({ op }) => op === "Gemm" || op === "MatMul");
  const sources = columnSources(model, columns);
  const [product] = products;
  const weights = model.constants.get(product?.inputs[1] ?? "");
  const input = sources.get(product?.inputs[0] ?? "");
  if (products.length !== 1 || weights?.shape.length !== 2 || input === undefined) return null;
  if (typeof input === "string" || product.attributes.size > 0) return null;
  // Whatever else mixes columns must do so after the product.
  const [output] = product.outputs;
  const after = new Set([output]);
  for (const { op, inputs, outputs } of model.nodes) {
    const follows = inputs.some((name) => after.has(name));
    if (!follows && op !== product.op && outputs.some((name) => sources.get(name) === "mixed")) return null;
    if (follows) for (const name of outputs) after.add(name);
  }
  const intercepts = model.constants.get(product.inputs[2] ?? "")?.values;
  const next = model.nodes.find(({ inputs }) => inputs.includes(output));
  return {
    input: product.inputs[0],
    sources: input.columns,
    weights: weights.values,
    intercepts: intercepts ?? new Float64Array(weights.shape[1]),
    outputs: weights.shape[1],
    softmax: next?.op === "Softmax" || next?.op === "Gather",
  };
}

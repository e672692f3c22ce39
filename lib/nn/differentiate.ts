import { ParamsError } from "../base/errors.js";
import type { Graph, GraphNode, Tensor } from "./graph.js";
import { add } from "./ops/elementwise.js";
import { rules } from "./rules/table.js";
import { text } from "./shape.js";

/**
 * Reverse-mode differentiation from graph to graph: adds the nodes that compute the gradients of a scalar.
 * @param loss of shape ()
 * @param wanted parameters or inputs
 * @returns the gradient of each, of its shape, in the same order
 * @throws ParamsError when the loss is no scalar, does not depend on one of them, or an operator between has no derivative
 * Source: Griewank and Walther 2008, Evaluating Derivatives, chapter 3.
 */
export function differentiate(loss: Tensor, wanted: readonly Tensor[]): readonly Tensor[] {
  const { graph } = loss;
  if (loss.shape.length > 0)
    throw new ParamsError(
      `nn: the gradient of a tensor of shape ${text(loss.shape)}; a scalar was expected.`,
    );
  const nodes = [...graph.nodes];
  const depends = dependents(nodes, wanted);
  const gradients = new Map<string, Tensor>([[loss.name, graph.scalar(1)]]);
  for (const node of nodes.toReversed()) {
    const upstream = node.outputs.map(({ name }) => gradients.get(name) ?? null);
    if (upstream.every((each) => each === null) || !node.outputs.some(({ name }) => depends.has(name)))
      continue;
    const rule = rules[node.op];
    if (rule === undefined)
      throw new ParamsError(`nn: operator ${node.op} has no derivative; it cannot be trained through.`);
    rule(node, upstream).forEach((gradientOf, i) => {
      const input = node.inputs[i];
      if (gradientOf === null || input === null || !depends.has(input.name)) return;
      const known = gradients.get(input.name);
      const gradient = gradientOf();
      gradients.set(input.name, known === undefined ? gradient : add(known, gradient));
    });
  }
  return wanted.map((tensor) => {
    const gradient = gradients.get(tensor.name);
    if (gradient === undefined) throw new ParamsError(`nn: the loss does not depend on "${tensor.name}".`);
    return gradient;
  });
}

/** Names of the wanted tensors and of all that is computed from them. */
function dependents(nodes: readonly GraphNode[], wanted: readonly Tensor[]): ReadonlySet<string> {
  const names = new Set(wanted.map(({ name }) => name));
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((input) => input !== null && names.has(input.name)))
      for (const { name } of outputs) names.add(name);
  }
  return names;
}

/** The graph's parameters as tensors, in the order in which they were made. */
export function parametersOf(graph: Graph): readonly Tensor[] {
  return graph.parameters.map(({ tensor }) => tensor);
}

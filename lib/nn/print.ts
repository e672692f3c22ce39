import type { Graph, GraphNode, Tensor } from "./graph.js";
import { text } from "./shape.js";

/**
 * A graph as text, for debugging: a line for each input, parameter and carried tensor, then one for each node, those of
 * a fused node below it. Constants stand as their values where they are few.
 *
 * ```
 * input x: n × 4
 * parameter first.weight: 4 × 8
 * gemm_0: n × 8 = Gemm(x: n × 4, first.weight: 4 × 8)
 * ```
 */
export function printGraph(graph: Graph): string {
  const declared = (kind: string, tensors: readonly Tensor[]): string[] =>
    tensors.map((tensor) => `${kind} ${named(tensor)}`);
  const lines = [
    ...declared("input", graph.inputs),
    ...declared(
      "parameter",
      graph.parameters.map(({ tensor }) => tensor),
    ),
    ...declared(
      "carried",
      graph.carried.map(({ tensor }) => tensor),
    ),
    ...graph.nodes.flatMap((node) => [line(node), ...(node.parts ?? []).map((part) => `  ${line(part)}`)]),
  ];
  return `${lines.join("\n")}\n`;
}

function line({ op, inputs, outputs, attributes }: GraphNode): string {
  const given = inputs.map((input) => (input === null ? "none" : argument(input)));
  const set = Object.entries(attributes).map(([name, value]) => `${name}=${Object.values(value)[0]}`);
  return `${outputs.map(named).join(", ")} = ${op}(${[...given, ...set].join(", ")})`;
}

function named({ name, shape, type }: Tensor): string {
  return `${name}: ${type === "float" ? "" : `${type} `}${text(shape)}`;
}

function argument(tensor: Tensor): string {
  const constant = tensor.graph.constants.get(tensor.name);
  if (constant === undefined || constant.values.length > 8) return named(tensor);
  const values = Array.from(constant.values).join(", ");
  return tensor.shape.length === 0 ? values : `[${values}]`;
}

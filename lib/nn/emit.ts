import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { Graph, GraphNode, Tensor } from "./graph.js";

/**
 * Write what `outputs` need of a graph into an ONNX model.
 * @param given values of the graph's inputs and parameters, by name, that stand in the model already
 * @returns the outputs' values there
 */
export function emitGraph(
  graph: Graph,
  onnx: OnnxBuilder,
  given: ReadonlyMap<string, Value>,
  outputs: readonly Tensor[],
): readonly Value[] {
  const values = new Map(given);
  const inModel = ({ name, type }: Tensor): Value => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const constant = graph.constants.get(name);
    if (constant === undefined)
      throw new TypeError(`nn: "${name}" has no value in the model that is written`);
    const value = onnx.tensor(type, constant.tensor.shape as number[], constant.values);
    values.set(name, value);
    return value;
  };
  for (const node of needed(graph, outputs)) {
    const inputs = node.inputs.map((input) => (input === null ? "" : inModel(input)));
    const made = onnx.nodes(
      node.op,
      inputs,
      node.attributes,
      node.outputs.map(({ shape }) => shape),
    );
    node.outputs.forEach(({ name }, i) => {
      values.set(name, made[i]);
    });
  }
  return outputs.map(inModel);
}

/** Nodes that some output needs, in order. */
function needed(graph: Graph, outputs: readonly Tensor[]): readonly GraphNode[] {
  const names = new Set(outputs.map(({ name }) => name));
  const kept: GraphNode[] = [];
  const flat = graph.nodes.flatMap((node) => node.parts ?? [node]);
  for (const node of flat.reverse()) {
    if (!node.outputs.some(({ name }) => names.has(name))) continue;
    kept.push(node);
    for (const input of node.inputs) if (input !== null) names.add(input.name);
  }
  return kept.reverse();
}

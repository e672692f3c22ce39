import { attributeProto, valueInfo } from "#lib/onnx/builder.js";
import { ProtoWriter } from "#lib/onnx/protoWriter.js";

/** A node of a file that another program might have written. */
export interface Part {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly ints?: Readonly<Record<string, number>>;
  readonly graphs?: Readonly<Record<string, { readonly nodes: readonly Part[]; readonly output: string }>>;
}

interface Constant {
  readonly shape: readonly number[];
  readonly floats?: readonly number[];
  readonly integers?: readonly number[];
  readonly booleans?: readonly number[];
}

/** An ONNX model `x` float [rows, width] -> `y`, field by field and at any opset. */
export function foreignFile({
  opset,
  nodes,
  constants,
  rows = "n",
  width = 3,
  output = ["n", 2],
  also,
}: {
  readonly opset: number;
  readonly nodes: readonly Part[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly rows?: number | string;
  readonly width?: number;
  readonly output?: readonly (number | string)[];
  /** A second output. */
  readonly also?: string;
}): Uint8Array {
  const graph = new ProtoWriter();
  for (const node of nodes) graph.message(1, nodeProto(node));
  graph.string(2, "g");
  for (const [name, constant] of Object.entries(constants)) graph.message(5, tensorProto(name, constant));
  graph.message(11, valueInfo("x", "float", [rows, width]));
  graph.message(12, valueInfo("y", "float", output));
  if (also !== undefined) graph.message(12, valueInfo(also, "float", output));
  const model = new ProtoWriter();
  model.integer(1, 9);
  model.message(7, graph);
  const imported = new ProtoWriter();
  imported.integer(2, opset);
  model.message(8, imported);
  return model.finish().slice();
}

function nodeProto({ op, inputs, output, ints = {}, graphs = {} }: Part): ProtoWriter {
  const node = new ProtoWriter();
  for (const input of inputs) node.string(1, input);
  node.string(2, output);
  node.string(4, op);
  for (const [name, int] of Object.entries(ints)) node.message(5, attributeProto(name, { int }));
  for (const [name, inner] of Object.entries(graphs)) {
    const graph = new ProtoWriter();
    for (const each of inner.nodes) graph.message(1, nodeProto({ ...each, output: `inner_${each.output}` }));
    graph.string(2, name);
    graph.message(12, valueInfo(`inner_${inner.output}`, "float", [2, 3]));
    const attribute = new ProtoWriter();
    attribute.string(1, name);
    attribute.message(6, graph);
    attribute.integer(20, 5);
    node.message(5, attribute);
  }
  return node;
}

function tensorProto(name: string, { shape, floats, integers, booleans }: Constant): ProtoWriter {
  const tensor = new ProtoWriter();
  for (const dimension of shape) tensor.integer(1, dimension);
  tensor.integer(2, floats ? 1 : integers ? 7 : 9);
  tensor.string(8, name);
  tensor.bytes(
    9,
    floats
      ? new Uint8Array(Float32Array.from(floats).buffer)
      : integers
        ? new Uint8Array(BigInt64Array.from(integers, BigInt).buffer)
        : Uint8Array.from(booleans ?? []),
  );
  return tensor;
}

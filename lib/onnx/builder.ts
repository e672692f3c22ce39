import { costOf, type Shape } from "./operations.js";
import { ProtoWriter } from "./protoWriter.js";

/**
 * Writes ONNX models: a graph builder on a small protobuf writer.
 * Source: onnx.proto of ONNX 1.18 (field numbers), https://onnx.ai/onnx/intro/concepts.html.
 * Limits: no external data, no subgraphs, tensors up to 2 GB.
 */

/** Element types by their number in onnx.proto. */
const elementType = { float: 1, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;
export type ElementType = keyof typeof elementType;

/** An attribute of a node. Plain numbers are ambiguous in JavaScript, so integers and floats are named. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: ArrayLike<number> }
  | { readonly floats: ArrayLike<number> }
  | { readonly strings: readonly string[] };

/** Metadata of a file: rows that may be scored in one call. */
export const MOST_ROWS = "nidslab.most_rows";

/** Name of a tensor in the graph. */
export type Value = string;
type Dimension = number | string;

/** A node that is not written yet. */
interface NodeRecord {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Value[];
  readonly domain: string;
  readonly name: string;
}

/** Builds one graph: add initializers and nodes, name inputs and outputs, `finish` gives the model's bytes. */
export class OnnxBuilder {
  private readonly graph = new ProtoWriter();
  private readonly inputs: ProtoWriter[] = [];
  private readonly outputs: ProtoWriter[] = [];
  private readonly tensors: (ProtoWriter | Uint8Array)[] = [];
  private readonly nodesSoFar: (NodeRecord | Uint8Array)[] = [];
  private readonly constants = new Map<string, Value>();
  private readonly shapes = new Map<Value, Shape>();
  private cost = 0;
  private most: number | undefined;
  private count = 0;
  private opset = 17;
  private irVersion = 8; // read by ONNX Runtime 1.10 and later

  /** Operations for one flow of all nodes so far (operations.ts), rounded. */
  get operations(): number {
    return Math.round(this.cost);
  }

  private fresh(prefix: string): Value {
    return `${prefix}_${this.count++}`;
  }

  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.inputs.push(valueInfo(name, type, shape));
    this.shapes.set(name, shape);
    return name;
  }

  /** Declare `value` (made by a node) as an output called `name`. */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.add("Identity", [value], {}, [name]);
    this.outputs.push(valueInfo(name, type, shape));
  }

  /** A constant tensor; equal small constants are stored once. */
  tensor(type: ElementType, shape: readonly number[], values: ArrayLike<number>): Value {
    const key =
      values.length <= 64 ? `${type}:${shape.join("x")}:${Array.from(values).join(",")}` : undefined;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.fresh("c");
    const tensor = new ProtoWriter();
    for (const dimension of shape) tensor.integer(1, dimension);
    tensor.integer(2, elementType[type]);
    tensor.string(8, name);
    tensor.bytes(9, rawBytes(type, values));
    this.tensors.push(tensor);
    this.shapes.set(name, shape);
    if (key !== undefined) this.constants.set(key, name);
    return name;
  }

  /** Add a node with one output and return it. `domain` is empty or "ai.onnx.ml". */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): Value {
    const output = this.fresh(op.toLowerCase());
    this.add(op, inputs, attributes, [output], domain);
    return output;
  }

  /** The same for nodes whose output has a shape that operations.ts cannot know: `inner` dimensions behind the rows. */
  shaped(op: string, inputs: readonly Value[], inner: readonly number[]): Value {
    return this.withShape(this.node(op, inputs), inner);
  }

  /** Say which dimensions a value has behind the rows. */
  withShape(value: Value, inner: readonly number[]): Value {
    this.shapes.set(value, ["n", ...inner]);
    return value;
  }

  /** A node whose outputs have shapes that are known: one value for each of them. */
  nodes(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    shapes: readonly Shape[],
  ): readonly Value[] {
    const outputs = shapes.map(() => this.fresh(op.toLowerCase()));
    this.add(op, inputs, attributes, outputs, "", shapes);
    return outputs;
  }

  /** The k smallest of each row of [n, m], ascending; of equal ones the first comes first. */
  smallest(value: Value, k: number): { readonly values: Value; readonly indices: Value } {
    const [values, indices] = [this.fresh("smallest"), this.fresh("places")];
    const attributes = { axis: { int: 1 }, largest: { int: 0 }, sorted: { int: 1 } };
    this.add("TopK", [value, this.tensor("int64", [1], [k])], attributes, [values, indices]);
    for (const output of [values, indices]) this.shapes.set(output, ["n", k]);
    return { values, indices };
  }

  /** Let no more rows be scored in one call: what the graph makes of them would not fit into memory. */
  limitBatch(rows: number): void {
    this.most = Math.min(this.most ?? rows, rows);
  }

  /** A name that begins no other: for what is brought in from another model. */
  scope(): string {
    return `${this.fresh("file")}/`;
  }

  /** Write the model at the opset of the file whose nodes are brought in: they mean what they mean at that one alone. */
  useOpset(opset: number, irVersion: number): void {
    this.opset = opset;
    this.irVersion = Math.max(this.irVersion, irVersion);
  }

  /** A constant as another file has it: a TensorProto, named `name` inside. */
  foreignTensor(name: Value, proto: Uint8Array, shape: readonly number[]): void {
    this.tensors.push(proto);
    this.shapes.set(name, shape);
  }

  /** A node as another file has it: a NodeProto, its names already in a scope. @param known shapes of values, by name */
  foreignNode(
    proto: Uint8Array,
    node: {
      readonly op: string;
      readonly inputs: readonly Value[];
      readonly outputs: readonly Value[];
      readonly attributes: Readonly<Record<string, Attribute>>;
    },
    known: ReadonlyMap<Value, Shape>,
  ): void {
    this.nodesSoFar.push(proto);
    const shapes = node.outputs.map((output) => known.get(output));
    this.measure(node, shapes[0] ?? (node.inputs.length === 0 ? [] : undefined), shapes);
  }

  /** Add a node with named outputs. @param shapes of the outputs, where they are known */
  add(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly Value[],
    domain = "",
    shapes?: readonly Shape[],
  ): void {
    this.nodesSoFar.push({ op, inputs, attributes, outputs, domain, name: this.fresh("node") });
    this.measure({ op, inputs, attributes, outputs }, shapes?.[0], shapes);
  }

  /** The shapes of a node's outputs and what it costs. */
  private measure(
    { op, inputs, attributes, outputs }: Pick<NodeRecord, "op" | "inputs" | "attributes" | "outputs">,
    known: Shape | undefined,
    shapes: readonly (Shape | undefined)[] = [],
  ): void {
    const { shape, operations } = costOf(
      op,
      inputs.map((input) => (input === "" ? [] : (this.shapes.get(input) ?? ["n"]))),
      attributes,
      known,
    );
    outputs.forEach((output, i) => {
      this.shapes.set(output, shapes[i] ?? shape);
    });
    this.cost += operations;
  }

  /** From opset 18 on the axes of a reduction are an input. */
  private atOpset(node: NodeRecord): NodeRecord {
    const { axes, ...attributes } = node.attributes;
    if (this.opset < 18 || axes === undefined || !("ints" in axes) || !node.op.startsWith("Reduce"))
      return node;
    return {
      ...node,
      attributes,
      inputs: [...node.inputs, this.tensor("int64", [axes.ints.length], axes.ints)],
    };
  }

  /** The model's bytes. `metadata` becomes metadata_props, sorted by key. */
  finish(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    for (const node of this.nodesSoFar) {
      if (node instanceof Uint8Array) this.graph.bytes(1, node);
      else this.graph.message(1, nodeProto(this.atOpset(node)));
    }
    this.graph.string(2, "nidslab");
    for (const tensor of this.tensors)
      this.graph.bytes(5, tensor instanceof Uint8Array ? tensor : tensor.finish());
    for (const input of this.inputs) this.graph.message(11, input);
    for (const output of this.outputs) this.graph.message(12, output);
    const model = new ProtoWriter();
    model.integer(1, this.irVersion);
    model.string(2, "nidslab");
    model.message(7, this.graph);
    for (const [domain, version] of [
      ["", this.opset],
      ["ai.onnx.ml", 3],
    ] as const) {
      const opset = new ProtoWriter();
      opset.string(1, domain);
      opset.integer(2, version);
      model.message(8, opset);
    }
    const all = this.most === undefined ? metadata : { ...metadata, [MOST_ROWS]: `${this.most}` };
    for (const key of Object.keys(all).sort()) {
      const entry = new ProtoWriter();
      entry.string(1, key);
      entry.string(2, all[key]);
      model.message(14, entry);
    }
    return model.finish().slice();
  }
}

function nodeProto({ op, inputs, attributes, outputs, domain, name }: NodeRecord): ProtoWriter {
  const node = new ProtoWriter();
  for (const input of inputs) node.string(1, input);
  for (const output of outputs) node.string(2, output);
  node.string(3, name);
  node.string(4, op);
  for (const key of Object.keys(attributes).sort()) node.message(5, attributeProto(key, attributes[key]));
  if (domain !== "") node.string(7, domain);
  return node;
}

/** A named tensor type, as inputs and outputs of a graph have it. */
export function valueInfo(name: string, type: ElementType, shape: readonly Dimension[]): ProtoWriter {
  const dimensions = new ProtoWriter();
  for (const dimension of shape) {
    const proto = new ProtoWriter();
    if (typeof dimension === "string") proto.string(2, dimension);
    else proto.integer(1, dimension);
    dimensions.message(1, proto);
  }
  const tensor = new ProtoWriter();
  tensor.integer(1, elementType[type]);
  tensor.message(2, dimensions);
  const typeProto = new ProtoWriter();
  typeProto.message(1, tensor);
  const info = new ProtoWriter();
  info.string(1, name);
  info.message(2, typeProto);
  return info;
}

export function attributeProto(name: string, value: Attribute): ProtoWriter {
  const proto = new ProtoWriter();
  proto.string(1, name);
  if ("int" in value) {
    proto.integer(3, value.int);
    proto.integer(20, 2);
  } else if ("float" in value) {
    proto.float(2, value.float);
    proto.integer(20, 1);
  } else if ("string" in value) {
    proto.string(4, value.string);
    proto.integer(20, 3);
  } else if ("ints" in value) {
    proto.packedIntegers(8, value.ints);
    proto.integer(20, 7);
  } else if ("floats" in value) {
    proto.packedFloats(7, value.floats);
    proto.integer(20, 6);
  } else {
    for (const text of value.strings) proto.string(9, text);
    proto.integer(20, 8);
  }
  return proto;
}

function rawBytes(type: ElementType, values: ArrayLike<number>): Uint8Array {
  if (type === "float") return new Uint8Array(new Float32Array(values).buffer);
  if (type === "double") return new Uint8Array(new Float64Array(values).buffer);
  if (type === "int32") return new Uint8Array(new Int32Array(values).buffer);
  if (type === "int64") return new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer);
  if (type === "bool") return Uint8Array.from(values);
  throw new TypeError(`onnx: tensors of type ${type} are not written`);
}

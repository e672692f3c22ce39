import { FormatError, SchemaError } from "../base/errors.js";
import type { Attribute, OnnxBuilder, Value } from "./builder.js";
import { inspectOnnx } from "./inspect.js";
import type { Shape } from "./operations.js";
import { packedVarints, protoFields } from "./protoReader.js";
import { bytesOf, readNode, text } from "./reader.js";
import { inScope, renamedNode, renamedTensor } from "./renamed.js";

/** What goes into a model or comes out: float, with the dimensions that the file states. */
interface Port {
  readonly name: string;
  /** null where the file states none; a name for one that only a run knows. */
  readonly shape: Shape | null;
}

/** A model that another program trained, read and checked, its nodes as they stand in the file. */
export interface ForeignModel {
  readonly file: string;
  readonly opset: number;
  readonly irVersion: number;
  readonly input: Port;
  readonly output: Port;
  /** NodeProtos, in an order in which each can be computed. */
  readonly nodes: readonly Uint8Array[];
  /** TensorProtos. */
  readonly tensors: readonly Uint8Array[];
  /** Shapes that the file states of values between. */
  readonly shapes: ReadonlyMap<Value, Shape>;
}

/** Opsets below have other operators than the kit's own nodes. */
const LEAST_OPSET = 17;
/** Of ai.onnx.ml, what the kit's own nodes are of. */
const MOST_ML = 3;

/**
 * Read a model of another program's: one float input, one float output, standard operators, one file.
 * @param file its name, for messages
 * @throws FormatError when it needs other files or custom operators, or its opset is not one that can be served;
 * SchemaError when it has other inputs or outputs
 * Source: onnx.proto of ONNX 1.18 (field numbers).
 */
export function readForeign(bytes: Uint8Array, file: string): ForeignModel {
  inspectOnnx(bytes, file);
  const model = protoFields(bytes, [1, 7, 8]);
  const [graph] = bytesOf(model, 7);
  if (graph === undefined)
    throw new FormatError(`onnx: ${file} has no graph: it is no ONNX model. Export it again.`);
  const versions = new Map(
    bytesOf(model, 8).map((each) => {
      const fields = protoFields(each, [1, 2]);
      return [
        text(fields, 1).replace(/^ai\.onnx$/, ""),
        fields.find(({ field }) => field === 2)?.number ?? 1,
      ];
    }),
  );
  const opset = versions.get("") ?? 1;
  if (opset < LEAST_OPSET || (versions.get("ai.onnx.ml") ?? 1) > MOST_ML) {
    throw new FormatError(
      `onnx: ${file} is of opset ${opset}, ai.onnx.ml ${versions.get("ai.onnx.ml") ?? "none"}; expected are at least ` +
        `${LEAST_OPSET}, and ai.onnx.ml of at most ${MOST_ML}. Export it again: torch.onnx.export(…, opset_version=18).`,
    );
  }
  const fields = protoFields(graph);
  if (bytesOf(fields, 15).length > 0)
    throw new FormatError(
      `onnx: ${file} has sparse constants, which are not taken. Export it with dense ones.`,
    );
  const tensors = bytesOf(fields, 5);
  const constants = new Set(tensors.map((tensor) => text(protoFields(tensor, [8]), 8)));
  const inputs = bytesOf(fields, 11).filter((each) => !constants.has(text(protoFields(each, [1]), 1)));
  return {
    ...{ file, opset, tensors },
    irVersion: model.find(({ field }) => field === 1)?.number ?? 1,
    input: onlyPort(inputs, "input", file),
    output: onlyPort(bytesOf(fields, 12), "output", file),
    nodes: bytesOf(fields, 1),
    shapes: new Map(
      bytesOf(fields, 13).flatMap((each) => {
        const { name, shape } = readPort(each);
        return shape === null ? [] : [[name, shape] as const];
      }),
    ),
  };
}

/**
 * Put the model's nodes behind `input`, their names in a scope of their own.
 * @returns its output, as the file has it
 */
export function emitForeign(model: ForeignModel, onnx: OnnxBuilder, input: Value): Value {
  onnx.useOpset(model.opset, model.irVersion);
  const scope = onnx.scope();
  for (const tensor of model.tensors) {
    const fields = protoFields(tensor, [1, 8]);
    const shape = fields.flatMap(({ field, number, bytes }) =>
      field !== 1 ? [] : bytes === null ? [number] : packedVarints(bytes),
    );
    onnx.foreignTensor(inScope(scope, text(fields, 8)), renamedTensor(tensor, scope), shape);
  }
  onnx.add("Identity", [input], {}, [inScope(scope, model.input.name)]);
  const known = new Map([...model.shapes].map(([name, shape]) => [inScope(scope, name), shape]));
  for (const node of model.nodes) {
    const proto = renamedNode(node, scope);
    const { op, inputs, outputs, attributes } = readNode(protoFields(proto));
    // Attributes that only matter to ONNX Runtime (tensors, graphs) are empty here, and cost nothing.
    const read = Object.fromEntries(attributes) as Readonly<Record<string, Attribute>>;
    onnx.foreignNode(proto, { op, inputs, outputs, attributes: read }, known);
  }
  return inScope(scope, model.output.name);
}

const FLOAT = 1;

function onlyPort(infos: readonly Uint8Array[], what: "input" | "output", file: string): Port {
  const ports = infos.map(readPort);
  const [port] = ports;
  const listed = ports.map(({ name }) => `"${name}"`).join(", ");
  if (ports.length !== 1 || port.elementType !== FLOAT) {
    throw new SchemaError(
      `onnx: ${file} has ${ports.length} ${what}s (${listed || "none"})` +
        `${ports.length === 1 ? ` of element type ${port.elementType ?? "unknown"}` : ""}; one of float32 is expected. ` +
        `Export the model with a single float32 ${what}.`,
    );
  }
  return port;
}

/** A ValueInfoProto: name, and type.tensor_type { elem_type, shape.dim { dim_value | dim_param } }. */
function readPort(info: Uint8Array): Port & { readonly elementType: number | undefined } {
  const fields = protoFields(info, [1, 2]);
  const [type] = bytesOf(fields, 2).flatMap((each) => bytesOf(protoFields(each, [1]), 1));
  const tensor = protoFields(type ?? new Uint8Array(0), [1, 2]);
  const [shape] = bytesOf(tensor, 2);
  return {
    name: text(fields, 1),
    elementType: tensor.find(({ field, bytes }) => field === 1 && bytes === null)?.number,
    shape:
      shape === undefined
        ? null
        : bytesOf(protoFields(shape, [1]), 1).map((dimension) => {
            const inner = protoFields(dimension, [1, 2]);
            return inner.find(({ field }) => field === 1)?.number ?? "n";
          }),
  };
}

import { FormatError } from "../base/errors.js";
import { type ProtoField, packedVarints, protoFields } from "./protoReader.js";

/** A constant tensor. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its number in onnx.proto: 1 float, 6 int32, 7 int64, 9 bool, 11 double. */
  readonly elementType: number;
  /** Integers beyond 2^53 lose digits. */
  readonly values: Float64Array;
}

/** Of an attribute that a node may have; what it is not stays undefined. */
export interface OnnxAttribute {
  readonly int?: number;
  readonly float?: number;
  readonly string?: string;
  readonly ints?: readonly number[];
  readonly floats?: Float32Array;
  readonly strings?: readonly string[];
}

export interface OnnxNode {
  readonly op: string;
  /** "" of the standard operators, "ai.onnx.ml". */
  readonly domain: string;
  /** Names of values; "" for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A model's graph: nodes in an order in which each can be computed, constants by name. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Read an ONNX model: what the kit's own builder writes, and other models without subgraphs or external data.
 * @throws FormatError when the bytes are no ONNX model
 * Source: onnx.proto of ONNX 1.18 (field numbers).
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const model = protoFields(bytes);
  const graph = model.find(({ field, bytes: inner }) => field === 7 && inner !== null)?.bytes;
  if (graph === undefined || graph === null) {
    throw new FormatError(
      "onnx: the model has no graph. It is no ONNX model, or an empty one: train it again (nidslab repro).",
    );
  }
  const fields = protoFields(graph);
  return {
    nodes: messages(fields, 1).map(readNode),
    constants: new Map(messages(fields, 5).map((tensor) => [text(tensor, 8), readTensor(tensor)])),
    inputs: messages(fields, 11).map((info) => text(info, 1)),
    outputs: messages(fields, 12).map((info) => text(info, 1)),
    metadata: Object.fromEntries(messages(model, 14).map((entry) => [text(entry, 1), text(entry, 2)])),
  };
}

const decoder = new TextDecoder();

function messages(fields: readonly ProtoField[], field: number): ProtoField[][] {
  return bytesOf(fields, field).map((bytes) => protoFields(bytes));
}

export function bytesOf(fields: readonly ProtoField[], field: number): Uint8Array[] {
  return fields.flatMap((each) => (each.field === field && each.bytes !== null ? [each.bytes] : []));
}

export function text(fields: readonly ProtoField[], field: number): string {
  return decoder.decode(bytesOf(fields, field).at(-1) ?? new Uint8Array(0));
}

/** A NodeProto. */
export function readNode(fields: readonly ProtoField[]): OnnxNode {
  const texts = (field: number): string[] => bytesOf(fields, field).map((each) => decoder.decode(each));
  return {
    op: text(fields, 4),
    domain: text(fields, 7),
    inputs: texts(1),
    outputs: texts(2),
    attributes: new Map(
      messages(fields, 5).map((attribute) => [text(attribute, 1), readAttribute(attribute)]),
    ),
  };
}

function readAttribute(fields: readonly ProtoField[]): OnnxAttribute {
  const numbers = (field: number): number[] =>
    fields.flatMap((each) =>
      each.field !== field ? [] : each.bytes === null ? [each.number] : packedVarints(each.bytes),
    );
  const type = fields.find(({ field }) => field === 20)?.number;
  if (type === 1) return { float: fields.find(({ field }) => field === 2)?.number ?? 0 };
  if (type === 2) return { int: fields.find(({ field }) => field === 3)?.number ?? 0 };
  if (type === 3) return { string: text(fields, 4) };
  if (type === 6) return { floats: floats(fields, 7) };
  if (type === 7) return { ints: numbers(8) };
  if (type === 8) return { strings: bytesOf(fields, 9).map((each) => decoder.decode(each)) };
  return {};
}

/** Packed floats, or one field a float. */
function floats(fields: readonly ProtoField[], field: number): Float32Array {
  const parts = fields.filter((each) => each.field === field);
  return Float32Array.from(
    parts.flatMap(({ bytes, number }) =>
      bytes === null ? [number] : Array.from(new Float32Array(aligned(bytes))),
    ),
  );
}

function readTensor(fields: readonly ProtoField[]): OnnxTensor {
  const elementType = fields.find(({ field }) => field === 2)?.number ?? 0;
  const shape = fields.flatMap((each) =>
    each.field !== 1 ? [] : each.bytes === null ? [each.number] : packedVarints(each.bytes),
  );
  const name = text(fields, 8);
  const [raw] = bytesOf(fields, 9);
  return { name, shape, elementType, values: raw === undefined ? listed(fields) : fromRaw(raw, elementType) };
}

/** Values that stand in the fields for a type of their own: float_data, int32_data, int64_data, double_data. */
function listed(fields: readonly ProtoField[]): Float64Array {
  const doubles = bytesOf(fields, 10).flatMap((each) => Array.from(new Float64Array(aligned(each))));
  const integers = [5, 7].flatMap((field) => bytesOf(fields, field).flatMap(packedVarints));
  return Float64Array.from([...floats(fields, 4), ...integers, ...doubles]);
}

/** @throws FormatError for texts and other types that the kit does not write */
function fromRaw(raw: Uint8Array, elementType: number): Float64Array {
  const buffer = aligned(raw);
  switch (elementType) {
    case 1:
      return Float64Array.from(new Float32Array(buffer));
    case 6:
      return Float64Array.from(new Int32Array(buffer));
    case 7:
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 9:
      return Float64Array.from(raw);
    case 11:
      return new Float64Array(buffer);
    default:
      throw new FormatError(
        `onnx: a constant of element type ${elementType}; float, double, int32, int64 or bool was expected.`,
      );
  }
}

/** The bytes alone in a buffer of their own, where views of any width may begin. (`slice` of a Node Buffer copies nothing.) */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

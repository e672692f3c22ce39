import { FormatError, messageOf } from "../base/errors.js";
import { type ProtoField, protoFields } from "./protoReader.js";

/** What a model file says of itself. */
export interface OnnxFacts {
  readonly metadata: Readonly<Record<string, string>>;
  /** Columns that its first input takes; null when the file leaves that open. */
  readonly width: number | null;
}

/** Domains of operators that ONNX Runtime brings: the standard ones and those of classical models. */
const knownDomains = ["", "ai.onnx", "ai.onnx.ml"];

/**
 * Look through a model file before it is loaded. A model of this kit is one file of known operators: one that would make
 * ONNX Runtime read another file, or that needs a library of operators, is refused by name.
 * @param name of the file, for messages
 * @throws FormatError when a tensor lies in another file, an operator is of an unknown domain, or the bytes are no ONNX model
 * Source: onnx.proto of ONNX 1.18 (field numbers); https://onnx.ai/onnx/repo-docs/ExternalData.html
 */
export function inspectOnnx(bytes: Uint8Array, name: string): OnnxFacts {
  try {
    const model = protoFields(bytes, [7, 14, 25]);
    for (const graph of within(model, 7)) checkGraph(graph, name);
    // Functions of the file's own: what they are made of is nodes again.
    for (const each of within(model, 25))
      for (const node of within(protoFields(each, [7]), 7)) checkNode(node, name);
    const metadata: Record<string, string> = {};
    for (const entry of within(model, 14)) {
      const fields = protoFields(entry, [1, 2]);
      metadata[text(fields, 1)] = text(fields, 2);
    }
    return { metadata, width: widthOf(model) };
  } catch (cause) {
    if (cause instanceof Refused) throw new FormatError(cause.message);
    throw new FormatError(
      `onnx: ${name} cannot be loaded (${messageOf(cause)}). Train it again: nidslab repro.`,
      {
        cause,
      },
    );
  }
}

/** A reason to refuse the file, apart from damage that is met while looking for one. */
class Refused extends Error {}

function checkGraph(graph: Uint8Array, name: string): void {
  const fields = protoFields(graph, [1, 5, 15]);
  for (const node of within(fields, 1)) checkNode(node, name);
  for (const tensor of within(fields, 5)) checkTensor(tensor, name);
  for (const sparse of within(fields, 15)) checkSparse(sparse, name);
}

function checkNode(node: Uint8Array, name: string): void {
  const fields = protoFields(node, [4, 5, 7]);
  const domain = text(fields, 7);
  if (!knownDomains.includes(domain)) {
    throw new Refused(
      `onnx: ${name} uses the operator ${text(fields, 4)} of "${domain}", a custom one; only the standard operators and ` +
        "ai.onnx.ml are run. It was not loaded. Export the model without custom operators.",
    );
  }
  for (const attribute of within(fields, 5)) {
    const inner = protoFields(attribute, [5, 6, 10, 11, 22, 23]);
    for (const field of [5, 10]) for (const tensor of within(inner, field)) checkTensor(tensor, name);
    for (const field of [6, 11]) for (const graph of within(inner, field)) checkGraph(graph, name);
    for (const field of [22, 23]) for (const sparse of within(inner, field)) checkSparse(sparse, name);
  }
}

function checkSparse(sparse: Uint8Array, name: string): void {
  const fields = protoFields(sparse, [1, 2]);
  for (const field of [1, 2]) for (const tensor of within(fields, field)) checkTensor(tensor, name);
}

function checkTensor(tensor: Uint8Array, name: string): void {
  const fields = protoFields(tensor, [8, 13, 14]);
  const external = within(fields, 13);
  const isElsewhere = fields.some(({ field, number }) => field === 14 && number === 1);
  if (external.length === 0 && !isElsewhere) return;
  const entries = external.map((entry) => protoFields(entry, [1, 2]));
  const place = entries.find((entry) => text(entry, 1) === "location");
  throw new Refused(
    `onnx: ${name} keeps the values of "${text(fields, 8)}" in another file` +
      `${place === undefined ? "" : ` ("${text(place, 2)}")`}; a model of this kit is one file. ` +
      "It was not loaded. Save it whole: onnx.save(model, path, save_as_external_data=False).",
  );
}

/** graph.input[0].type.tensor_type.shape.dim[1].dim_value */
function widthOf(model: readonly ProtoField[]): number | null {
  const [graph] = within(model, 7);
  const [input] = graph === undefined ? [] : within(protoFields(graph, [11]), 11);
  let inner = input;
  for (const field of [2, 1, 2])
    inner = inner === undefined ? inner : within(protoFields(inner, [field]), field)[0];
  const dimension = inner === undefined ? undefined : within(protoFields(inner, [1]), 1)[1];
  return dimension === undefined ? null : (protoFields(dimension, [1])[0]?.number ?? null);
}

function within(fields: readonly ProtoField[], field: number): Uint8Array[] {
  return fields.flatMap((each) => (each.field === field && each.bytes !== null ? [each.bytes] : []));
}

const decoder = new TextDecoder();

function text(fields: readonly ProtoField[], field: number): string {
  return decoder.decode(within(fields, field).at(-1) ?? new Uint8Array(0));
}

import { protoFields } from "./protoReader.js";
import { ProtoWriter } from "./protoWriter.js";

/**
 * Parts of an ONNX file under other names, so that they can stand beside those of another. What only people read
 * (documentation, stack traces of the export) and the shapes of values between are left out.
 * Source: onnx.proto of ONNX 1.18 (field numbers).
 */

const decoder = new TextDecoder();

/** A name in a scope; "", an input that is left out, stays. */
export function inScope(scope: string, name: string): string {
  return name === "" ? "" : scope + name;
}

/** A message whose fields are kept, renamed or rewritten. @param change by field: bytes to put in its place, null to leave it out */
function rewritten(
  message: Uint8Array,
  change: Readonly<Record<number, ((bytes: Uint8Array) => Uint8Array) | null>>,
): Uint8Array {
  const out = new ProtoWriter();
  for (const { field, bytes, raw } of protoFields(message)) {
    const how = change[field];
    if (how === undefined || (how !== null && bytes === null)) out.raw(raw);
    else if (how !== null && bytes !== null) out.bytes(field, how(bytes));
  }
  return out.finish().slice();
}

function renaming(scope: string): (name: Uint8Array) => Uint8Array {
  return (name) => new TextEncoder().encode(inScope(scope, decoder.decode(name)));
}

/** A TensorProto. */
export function renamedTensor(tensor: Uint8Array, scope: string): Uint8Array {
  return rewritten(tensor, { 8: renaming(scope), 12: null, 16: null });
}

/** A NodeProto, the graphs within it with it. */
export function renamedNode(node: Uint8Array, scope: string): Uint8Array {
  const name = renaming(scope);
  const graph = (bytes: Uint8Array): Uint8Array => renamedGraph(bytes, scope);
  const attribute = (bytes: Uint8Array): Uint8Array => rewritten(bytes, { 6: graph, 11: graph, 13: null });
  return rewritten(node, { 1: name, 2: name, 3: name, 5: attribute, 6: null, 9: null });
}

/** A GraphProto of a branch or a loop: it may name values around it, whose names change in the same way. */
function renamedGraph(graph: Uint8Array, scope: string): Uint8Array {
  const tensor = (bytes: Uint8Array): Uint8Array => renamedTensor(bytes, scope);
  const port = (bytes: Uint8Array): Uint8Array => rewritten(bytes, { 1: renaming(scope), 3: null, 4: null });
  return rewritten(graph, {
    1: (bytes) => renamedNode(bytes, scope),
    5: tensor,
    10: null,
    11: port,
    12: port,
    13: null,
    15: (bytes) => rewritten(bytes, { 1: tensor }),
    16: null,
  });
}

import type { Matrix } from "../table/matrix.js";
import { attributeProto, valueInfo } from "./builder.js";
import { protoFields } from "./protoReader.js";
import { ProtoWriter } from "./protoWriter.js";
import { OnnxSession } from "./session.js";

/** n × k numbers in double. */
export interface DoubleMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Name of the output that is put in the place of the model's own. */
const NAME = "nidslab_inner";

/**
 * What a value inside the graph is for the rows of `X`: ONNX Runtime computes it exactly as it does when the model is
 * served. The value has two dimensions, n × k.
 * @param value its name in the graph
 */
export async function innerValue(
  model: Uint8Array,
  value: string,
  X: Matrix,
  threads: number,
): Promise<DoubleMatrix> {
  const session = await OnnxSession.fromBytes(withOutput(model, value), threads);
  try {
    return await session.runDouble(X.data, X.rows, X.columns);
  } finally {
    await session.release();
  }
}

/** The model with `value`, cast to double, as its only output; every other field is copied as it is. */
export function withOutput(model: Uint8Array, value: string): Uint8Array {
  const out = new ProtoWriter();
  for (const { field, bytes, raw } of protoFields(model)) {
    if (field === 7 && bytes !== null) out.message(7, graphWithOutput(bytes, value));
    else out.raw(raw);
  }
  return out.finish().slice();
}

function graphWithOutput(graph: Uint8Array, value: string): ProtoWriter {
  const out = new ProtoWriter();
  for (const { field, raw } of protoFields(graph)) if (field !== 12) out.raw(raw);
  const cast = new ProtoWriter();
  cast.string(1, value);
  cast.string(2, NAME);
  cast.string(4, "Cast");
  cast.message(5, attributeProto("to", { int: 11 }));
  out.message(1, cast);
  out.message(12, valueInfo(NAME, "double", ["n", "k"]));
  return out;
}

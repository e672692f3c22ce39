import { OnnxBuilder, type Value } from "../../onnx/builder.js";
import { SyncSession } from "../../onnx/syncSession.js";
import type { Matrix } from "../contract.js";
import { checkWidth } from "../width.js";

/** A model that answers by its own ONNX form, opened when it is first asked. */
export interface SyncModel {
  readonly model: string;
  /** Columns in and out. */
  readonly columns: number;
  readonly width: number;
  readonly emit: (onnx: OnnxBuilder, input: Value) => Value;
}

/** @returns n × width numbers of n × columns. @throws (from what it returns) SchemaError for another width */
export function syncRunner({ model, columns, width, emit }: SyncModel): (X: Matrix) => Float32Array {
  let session: SyncSession | undefined;
  return (X) => {
    checkWidth(X, columns, model);
    if (session === undefined) {
      const onnx = new OnnxBuilder();
      const out = emit(onnx, onnx.input("X", "float", ["n", columns]));
      onnx.output("out", out, "float", ["n", width]);
      session = SyncSession.of(onnx.finish(), width);
    }
    return session.run(X.data, X.rows, X.columns);
  };
}

import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { Matrix } from "./contract.js";

/** Logit of a class that training did not see: its probability is 0, and no other logit comes near it. */
export const NEVER = -1e300;

/** Softmax of each row of k logits, in float32. */
export function softmaxRows(logits: Float64Array, k: number): Matrix {
  const data = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += k) {
    let most = logits[row];
    for (let c = 1; c < k; c++) most = Math.max(most, logits[row + c]);
    let sum = 0;
    for (let c = 0; c < k; c++) sum += Math.exp(logits[row + c] - most);
    for (let c = 0; c < k; c++) data[row + c] = Math.exp(logits[row + c] - most) / sum;
  }
  return { rows: logits.length / k, columns: k, data };
}

/** The same of double [n, k], as float. */
export function emitSoftmax(onnx: OnnxBuilder, logits: Value): Value {
  return onnx.node("Cast", [onnx.node("Softmax", [logits], { axis: { int: 1 } })], { to: { int: 1 } });
}

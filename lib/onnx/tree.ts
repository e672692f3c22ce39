/** One tree in flat arrays; node 0 is the root. A row goes left when `x <= threshold`. */
export interface Tree {
  /** Column that a node asks for; -1 for a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1: a row with a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** nodes × width: what a leaf adds to its targets. float32, as the ONNX model holds it. */
  readonly value: Float32Array;
  /** Training rows that a node holds, bootstrap copies counted; all 0 where they are not known. */
  readonly cover: Float32Array;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashBytes } from "#lib/base/hash.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import type { ModelColumn, ModelInfo } from "#lib/onnx/savedModel.js";

/** Columns of the models below: one number and one category. */
export const columns: readonly ModelColumn[] = [
  { name: "orig_bytes", type: "float32", unit: "bytes" },
  { name: "proto", type: "category", unit: null, levels: ["tcp", "udp"] },
];

/**
 * A classifier by hand: the logits of its classes are the columns' weights (missing counts as 0) times the row.
 * @param weights a row a column, a number a class
 */
export function linearModel(weights: readonly (readonly number[])[]): Uint8Array {
  const onnx = new OnnxBuilder();
  const X = onnx.input("X", "float", ["n", weights.length]);
  const zero = onnx.tensor("float", [1], [0]);
  const filled = onnx.node("Where", [onnx.node("IsNaN", [X]), zero, X]);
  const k = weights[0].length;
  const product = onnx.node("MatMul", [filled, onnx.tensor("float", [weights.length, k], weights.flat())]);
  onnx.output("probabilities", onnx.node("Softmax", [product], { axis: { int: 1 } }), "float", ["n", k]);
  return onnx.finish();
}

/** model.json for `onnx`. */
export function modelInfo(onnx: Uint8Array, changes: Partial<ModelInfo> = {}): ModelInfo {
  return {
    type: "logistic",
    kind: "classifier",
    split: "site",
    name: "by-hand",
    params: {},
    view: "raw",
    profile: "realistic",
    classes: ["benign", "attack"],
    positive: "attack",
    columns,
    schema_hash: "",
    decision: { rule: "half" },
    threshold: 0.5,
    calibration: { method: "none" },
    onnx_sha256: hashBytes(onnx),
    onnx_bytes: onnx.length,
    seed: 42,
    seeds: [],
    data: { dataset: "made", flows_sha256: "", train: 0, validation: 0, train_families: [] },
    summary: {},
    versions: {},
    licence: "MIT",
    source: "",
    limits: "",
    ...changes,
  };
}

/** Write model.onnx and model.json into `folder`. */
export function writeModel(folder: string, onnx: Uint8Array, changes: Partial<ModelInfo> = {}): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), onnx);
  writeFileSync(join(folder, "model.json"), JSON.stringify(modelInfo(onnx, changes)));
  return folder;
}

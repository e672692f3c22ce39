import { expect } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import type { FittedClassifier, FittedDetector, Matrix } from "#lib/models/contract.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession, type Output } from "#lib/onnx/session.js";

/** The output of a fitted model's ONNX form. */
export async function runOnnx(model: FittedClassifier | FittedDetector, X: Matrix): Promise<Output> {
  const builder = new OnnxBuilder();
  const out = model.emit(builder, builder.input("X", "float", ["n", X.columns]));
  builder.output("out", out, "float", ["n", model.kind === "classifier" ? model.classes.length : 1]);
  const session = await OnnxSession.fromBytes(builder.finish(), 2);
  try {
    return await session.run(X.data, X.rows, X.columns);
  } finally {
    await session.release();
  }
}

/** The first rows get the same scores to the last bit in a call of their own: a stream scores as a batch does. */
export async function expectAloneAsAmongOthers(
  model: FittedClassifier | FittedDetector,
  X: Matrix,
  scored: Output,
): Promise<void> {
  for (const rows of [1, 60]) {
    const few = { ...X, rows, data: X.data.slice(0, rows * X.columns) };
    expect((await runOnnx(model, few)).data).toEqual(scored.data.slice(0, rows * scored.columns));
  }
}

/** SHA-256 of a fitted model's ONNX form: what must not depend on the number of workers. */
export function onnxHash(model: FittedClassifier | FittedDetector, columns: number): string {
  const builder = new OnnxBuilder();
  builder.output("out", model.emit(builder, builder.input("X", "float", ["n", columns])), "float", [
    "n",
    "k",
  ]);
  return hashBytes(builder.finish());
}

/** Largest difference of two lists of numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

/** What a fitted model says of rows itself: n scores, or n × k probabilities. */
export function scoresOf(model: FittedClassifier | FittedDetector, X: Matrix): Float32Array | Float64Array {
  return model.kind === "classifier" ? model.predictProba(X).data : model.score(X);
}

/** Equal to 1e-5, relative for scores beyond 1, and no NaN. */
export function expectSameScores(a: ArrayLike<number>, b: ArrayLike<number>): void {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(a[i]));
    if (!(difference <= most)) most = difference;
  }
  expect(most).toBeLessThan(1e-5);
}

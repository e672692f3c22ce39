import { expect } from "vitest";
import { emitView, type FittedView, viewFeatures } from "#lib/features/view.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import type { Matrix } from "#lib/table/matrix.js";

/** What a view's ONNX form makes of a raw matrix. */
export async function throughOnnx(view: FittedView, X: Matrix): Promise<Matrix> {
  const onnx = new OnnxBuilder();
  const input = onnx.input("X", "float", ["n", X.columns]);
  const width = viewFeatures(view).length;
  onnx.output("Z", emitView(view, onnx, input), "float", ["n", width]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 1);
  const out = await session.run(X.data, X.rows, X.columns);
  await session.release();
  return out;
}

/** Largest difference relative to the larger of 1 and the value; NaN must meet NaN. */
export function difference(a: Matrix, b: Matrix): number {
  expect([b.rows, b.columns]).toEqual([a.rows, a.columns]);
  return a.data.reduce((worst, x, i) => {
    const y = b.data[i];
    if (Number.isNaN(x) && Number.isNaN(y)) return worst;
    const gap = Math.abs(x - y) / Math.max(Math.abs(x), 1);
    return gap > worst || Number.isNaN(gap) ? gap : worst;
  }, 0);
}

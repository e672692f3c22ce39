import type { Calibrator } from "../eval/calibration/calibrator.js";
import { emitCalibrator } from "../eval/calibration/emitCalibrator.js";
import { emitView, type FittedView } from "../features/view.js";
import { OnnxBuilder } from "../onnx/builder.js";
import { EMBEDDING } from "../onnx/savedModel.js";
import type { FittedClassifier, FittedDetector } from "./contract.js";

/** A model as a file, and the operations that it takes for one flow (lib/onnx/operations.ts). */
export interface AssembledModel {
  readonly bytes: Uint8Array;
  readonly operations: number;
}

/**
 * The whole model as one ONNX file: X, float [n, d], the columns of model.json in their order (categories as codes);
 * then the fitted view; then the model, and what calibrates its probabilities. Output `probabilities` [n, k], or `score` [n, 1] of a detector;
 * behind it `embedding` [n, d] of a model that has one.
 */
export function assembleOnnx(
  fitted: FittedClassifier | FittedDetector,
  view: FittedView,
  columns: number,
  metadata: Readonly<Record<string, string>>,
  calibrator: Calibrator | null = null,
): AssembledModel {
  const onnx = new OnnxBuilder();
  const X = onnx.input("X", "float", ["n", columns]);
  const viewed = emitView(view, onnx, X);
  const [own, embedding] =
    fitted.embedding === undefined ? [fitted.emit(onnx, viewed)] : fitted.embedding.emit(onnx, viewed);
  const output = calibrator === null ? own : emitCalibrator(onnx, own, calibrator);
  if (fitted.kind === "classifier")
    onnx.output("probabilities", output, "float", ["n", fitted.classes.length]);
  else onnx.output("score", output, "float", ["n", 1]);
  if (fitted.embedding !== undefined)
    onnx.output(EMBEDDING, embedding, "float", ["n", fitted.embedding.columns]);
  return { bytes: onnx.finish(metadata), operations: onnx.operations };
}

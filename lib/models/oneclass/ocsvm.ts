import { z } from "zod";
import { LinearRows } from "../../numeric/linearRows.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { kernelOneClass } from "./kernelOneClass.js";
import { eachKernelRow, kernelRows, type Landmarks, nystroem, scaleGamma } from "./nystroem.js";
import { DOUBLE, FLOAT } from "./squaredLength.js";

const params = z.strictObject({
  nu: z.number().gt(0).lt(1).default(0.05).describe("share of the benign rows that may lie outside"),
  gamma: z
    .number()
    .gt(0)
    .max(1e6)
    .nullable()
    .default(null)
    .describe("of the kernel exp(-gamma distance²); null: 1 / (columns × variance of all entries)"),
  components: z.int().min(1).max(2000).default(300).describe("landmark rows of the Nyström features"),
  sample: z
    .int()
    .min(2)
    .max(1_000_000)
    .default(10_000)
    .describe("benign rows that it is fitted on, drawn where there are more"),
});
export type OcsvmParams = z.infer<typeof params>;

/** One-class SVM with an RBF kernel: rows outside the smallest region that holds most benign rows are anomalous. */
export const definition: ModelDefinition<OcsvmParams> = {
  type: "ocsvm",
  kind: "detector",
  family: "one-class",
  title: "One-class SVM (RBF, Nyström)",
  source:
    "Schölkopf et al. 2001, Estimating the support of a high-dimensional distribution, Neural Computation 13(7); " +
    "Williams and Seeger 2001, Using the Nyström method to speed up kernel machines, NIPS 13",
  limits:
    "Scores far from all landmarks are all alike, so that gross anomalies are not ranked. gamma and the scaling decide. " +
    "Landmarks are drawn: another seed gives other scores.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitOcsvm(chosen, benign, context),
  }),
};

function fitOcsvm(chosen: OcsvmParams, { X }: Rows, { rng }: FitContext): FittedDetector {
  const own = sampled(X, rng.fork("rows").sample(X.rows, Math.min(chosen.sample, X.rows)));
  const gamma = chosen.gamma ?? scaleGamma(own);
  const made = nystroem(own, chosen.components, gamma, rng.fork("landmarks"));
  const { landmarks, metric, rank } = made;
  const kernel = new LinearRows(landmarks.squares.length, own.rows);
  kernelRows(landmarks, own, kernel.doubles);
  const { weights, rho, outside, passes } = kernelOneClass(
    { rows: own.rows, kernel, metric },
    chosen.nu,
    rng.fork("order"),
  );
  return {
    kind: "detector",
    score(rows) {
      checkWidth(rows, X.columns, "ocsvm");
      const out = new Float64Array(rows.rows);
      eachKernelRow(landmarks, rows, (row, k) => {
        let sum = 0;
        for (let c = 0; c < k.length; c++) sum += k[c] * weights[c];
        out[row] = rho - sum;
      });
      return out;
    },
    emit: (onnx, input) => emitOcsvm(onnx, input, landmarks, weights, rho),
    summary: { rows: own.rows, gamma, landmarks: weights.length, rank, rho, outside, passes },
  };
}

function sampled({ rows, columns, data }: Matrix, index: Int32Array): Matrix {
  if (index.length === rows) return { rows, columns, data };
  const own = new Float32Array(index.length * columns);
  index.toSorted().forEach((row, i) => {
    own.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: index.length, columns, data: own };
}

/** rho − the sum of weights · exp(−gamma distance²), in double. */
function emitOcsvm(
  onnx: OnnxBuilder,
  input: Value,
  { gamma, shift, turned, squares }: Landmarks,
  weights: Float64Array,
  rho: number,
): Value {
  const [d, m] = [shift.length, squares.length];
  const double = (shape: readonly number[], values: ArrayLike<number>): Value =>
    onnx.tensor("double", shape, values);
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const away = onnx.node("Sub", [x, double([1, d], shift)]);
  const own = onnx.node("ReduceSumSquare", [away], { axes: { ints: [1] }, keepdims: { int: 1 } });
  const product = onnx.node("MatMul", [
    away,
    double(
      [d, m],
      turned.map((value) => -2 * value),
    ),
  ]);
  const distance = onnx.node("Add", [onnx.node("Add", [own, double([1, m], squares)]), product]);
  const power = onnx.node("Mul", [onnx.node("Max", [distance, double([1], [0])]), double([1], [-gamma])]);
  const sum = onnx.node("MatMul", [onnx.node("Exp", [power]), double([m, 1], weights)]);
  const score = onnx.node("Sub", [double([1], [rho]), sum]);
  return onnx.node("Cast", [score], { to: { int: FLOAT } });
}

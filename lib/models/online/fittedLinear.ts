import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FittedClassifier, Matrix } from "../contract.js";
import { checkWidth } from "../width.js";

/**
 * How a margin becomes a number between 0 and 1.
 * - logistic: 1 / (1 + exp(−margin)), the probability of a model with the log loss;
 * - margin: (1 + margin / (1 + |margin|)) / 2. It keeps the order of margins and their sign (above .5 is above 0) and
 *   does not run into 1 as a sigmoid would; it is no probability and was fitted on nothing.
 */
export type Link = "logistic" | "margin";

export interface LinearLayer {
  readonly model: string;
  readonly classes: readonly string[];
  readonly link: Link;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  /** One a predictor: of the second of two classes, or of each class. */
  readonly weights: readonly Float64Array[];
  readonly intercepts: readonly number[];
  readonly summary: FittedClassifier["summary"];
}

/** Keeps the sum of a row above 0 where every class was put at 0. */
const LEAST = 1e-30;

/** A fitted linear classifier, with its weights for those who want to read them. */
export interface FittedLinear extends FittedClassifier {
  readonly layer: LinearLayer;
}

/** A linear classifier behind a standard scaler. With more than two classes the numbers of a row are divided by their sum. */
export function fittedLinear(layer: LinearLayer): FittedLinear {
  const { classes, link, mean, model, scale } = layer;
  const k = classes.length;
  const columns = mean.length;
  // Of two classes the first has the opposite margin: computed alike, so that small probabilities keep their digits.
  const weights = k === 2 ? [layer.weights[0].map((w) => -w), layer.weights[0]] : layer.weights;
  const intercepts = k === 2 ? [-layer.intercepts[0], layer.intercepts[0]] : layer.intercepts;
  return {
    kind: "classifier",
    classes,
    layer,
    summary: layer.summary,
    ...(link === "margin" ? { margin: true as const } : {}),
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, model);
      const data = new Float32Array(X.rows * k);
      const row = new Float64Array(columns);
      const p = new Float64Array(k);
      for (let i = 0; i < X.rows; i++) {
        for (let j = 0; j < columns; j++) row[j] = (X.data[i * columns + j] - mean[j]) / scale[j];
        for (let c = 0; c < k; c++) {
          let margin = intercepts[c];
          for (let j = 0; j < columns; j++) margin += row[j] * weights[c][j];
          p[c] = linked(link, margin);
        }
        if (k > 2) divideBySum(p);
        data.set(p, i * k);
      }
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      const centred = onnx.node("Sub", [x, onnx.tensor("double", [1, columns], mean)]);
      const scaled = onnx.node("Div", [centred, onnx.tensor("double", [1, columns], scale)]);
      const table = new Float64Array(columns * k);
      weights.forEach((each, c) => {
        for (let j = 0; j < columns; j++) table[j * k + c] = each[j];
      });
      const margins = onnx.node("Gemm", [
        scaled,
        onnx.tensor("double", [columns, k], table),
        onnx.tensor("double", [k], intercepts),
      ]);
      const p = emitLink(onnx, link, margins);
      return onnx.node("Cast", [k > 2 ? emitDivision(onnx, p) : p], { to: { int: 1 } });
    },
  };
}

function linked(link: Link, margin: number): number {
  return link === "logistic" ? 1 / (1 + Math.exp(-margin)) : (1 + margin / (1 + Math.abs(margin))) / 2;
}

/** Divide the numbers of a row by their sum. */
export function divideBySum(p: Float64Array): void {
  let sum = 0;
  for (let c = 0; c < p.length; c++) sum += p[c] + LEAST;
  for (let c = 0; c < p.length; c++) p[c] = (p[c] + LEAST) / sum;
}

function emitLink(onnx: OnnxBuilder, link: Link, margins: Value): Value {
  const number = (x: number): Value => onnx.tensor("double", [1], [x]);
  if (link === "logistic") {
    const power = onnx.node("Exp", [onnx.node("Neg", [margins])]);
    return onnx.node("Div", [number(1), onnx.node("Add", [power, number(1)])]);
  }
  const size = onnx.node("Add", [onnx.node("Abs", [margins]), number(1)]);
  const soft = onnx.node("Add", [onnx.node("Div", [margins, size]), number(1)]);
  return onnx.node("Div", [soft, number(2)]);
}

/** The same for double [n, k]. */
export function emitDivision(onnx: OnnxBuilder, p: Value): Value {
  const lifted = onnx.node("Add", [p, onnx.tensor("double", [1], [LEAST])]);
  const sums = onnx.node("ReduceSum", [lifted, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } });
  return onnx.node("Div", [lifted, sums]);
}

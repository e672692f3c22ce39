import { innerValue } from "../../onnx/innerValue.js";
import { type LinearLayer, readLinear } from "../../onnx/linearLayer.js";
import type { OnnxModel } from "../../onnx/reader.js";
import type { Matrix } from "../../table/matrix.js";
import { likeliestAttack, type RowExplainer } from "./explanations.js";

/** One linear function of the layer's input. */
interface Margin {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * LinearSHAP: of a margin w·x + b a column's Shapley value is w (x - mean), with means over the background rows, as if
 * columns were independent. Exact; the parts of a view that came from one column are added up.
 * Source: Strumbelj and Kononenko 2014, "Explaining prediction models and individual predictions with feature
 * contributions", Knowledge and Information Systems 41; LinearExplainer of `shap`.
 * @returns null for a model that is not linear up to its margins
 */
export async function linearExplainer(
  bytes: Uint8Array,
  model: OnnxModel,
  background: Matrix,
  threads: number,
): Promise<RowExplainer | null> {
  const layer = readLinear(model, background.columns);
  if (layer === null) return null;
  const before = await innerValue(bytes, layer.input, background, threads);
  const mean = new Float64Array(before.columns);
  before.data.forEach((x, i) => {
    mean[i % before.columns] += x / before.rows;
  });
  const classes = layer.outputs;
  const perRow = classes > 2 && layer.softmax;
  return {
    method: "LinearSHAP",
    async explain(X) {
      const x = await innerValue(bytes, layer.input, X, threads);
      const likeliest = perRow
        ? likeliestAttack(margins(layer, x.data, X.rows), X.rows, classes)
        : new Int32Array(X.rows).fill(1);
      const base = new Float64Array(X.rows);
      const values = new Float64Array(X.rows * X.columns);
      for (let row = 0; row < X.rows; row++) {
        const { weights, intercept } = marginOf(layer, likeliest[row]);
        base[row] = weights.reduce((sum, w, j) => sum + w * mean[j], intercept);
        layer.sources.forEach((from, j) => {
          if (from < 0) return;
          values[row * X.columns + from] += weights[j] * (x.data[row * x.columns + j] - mean[j]);
        });
      }
      return { method: "LinearSHAP", of: wordsOf(layer), base, values, standardErrors: null };
    },
  };
}

function wordsOf({ outputs, softmax }: LinearLayer): string {
  if (outputs > 2) {
    return softmax ? "log-odds of the likeliest attack class against benign" : "margin against benign";
  }
  return softmax ? "log-odds of an attack" : "margin of an attack";
}

/** The margin that is explained: with softmax that of a class less that of benign. */
function marginOf({ outputs, softmax, weights, intercepts }: LinearLayer, attack: number): Margin {
  const d = weights.length / outputs;
  const of = (coefficients: (row: number) => number): Float64Array =>
    Float64Array.from({ length: d }, (_, j) => coefficients(j * outputs));
  if (softmax) {
    return {
      weights: of((at) => weights[at + attack] - weights[at]),
      intercept: intercepts[attack] - intercepts[0],
    };
  }
  // One against the rest: of two classes the second, of more the reverse of the first.
  return outputs === 2
    ? { weights: of((at) => weights[at + 1]), intercept: intercepts[1] }
    : { weights: of((at) => -weights[at]), intercept: -intercepts[0] };
}

function margins({ outputs, weights, intercepts }: LinearLayer, x: Float64Array, rows: number): Float64Array {
  const d = weights.length / outputs;
  return Float64Array.from({ length: rows * outputs }, (_, i) => {
    const [row, c] = [Math.floor(i / outputs), i % outputs];
    let sum = intercepts[c];
    for (let j = 0; j < d; j++) sum += x[row * d + j] * weights[j * outputs + c];
    return sum;
  });
}

import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FittedClassifier, Matrix } from "../contract.js";
import { divideBySum, emitDivision } from "../online/fittedLinear.js";
import { emitSoftmax, NEVER, softmaxRows } from "../softmax.js";

/** `score` of naive Bayes. */
export const scoreParam = z
  .enum(["log-odds", "probability"])
  .default("log-odds")
  .describe(
    "log-odds: the log-odds put between 0 and 1 (above .5 is above 0), which keeps the order of rows; probability: the posterior, " +
      "which rounds to 0 or 1 on most rows, so that many have the same score",
  );
export type NaiveBayesScore = z.infer<typeof scoreParam>;

/** What the logits of a naive Bayes become. */
export interface Posterior extends Pick<FittedClassifier, "margin"> {
  /** @param logits n × k, log of prior times likelihood; NEVER for a class without training rows */
  rows(logits: Float64Array): Matrix;
  /** Double [n, k] in, float [n, k] out. */
  emit(onnx: OnnxBuilder, logits: Value): Value;
}

/**
 * Posterior probabilities, or the log-odds of each class against the likeliest other one on a scale between 0 and 1. Columns
 * of traffic depend on one another, and naive Bayes counts each: log-odds of 100 and of 1,000 are usual, and as a
 * probability in float32 both are 1. Their logarithm keeps them apart: s = ±ln(1 + |log-odds|), then (1 + s / (1 + |s|)) / 2;
 * with more than two classes divided by the sum of the row.
 * @param priors logarithms; NEVER for a class without training rows, which gets 0
 */
export function posterior(score: NaiveBayesScore, priors: Float64Array): Posterior {
  const k = priors.length;
  if (score === "probability") return { rows: (logits) => softmaxRows(logits, k), emit: emitSoftmax };
  const there = Float64Array.from(priors, (prior) => (prior === NEVER ? 0 : 1));
  return {
    margin: true,
    rows(logits) {
      const data = new Float32Array(logits.length);
      const out = new Float64Array(k);
      for (let row = 0; row < logits.length; row += k) {
        for (let c = 0; c < k; c++) {
          let other = Number.NEGATIVE_INFINITY;
          for (let o = 0; o < k; o++) if (o !== c) other = Math.max(other, logits[row + o]);
          const odds = logits[row + c] - other;
          const s = Math.sign(odds) * Math.log(1 + Math.abs(odds));
          out[c] = ((1 + s / (1 + Math.abs(s))) / 2) * there[c];
        }
        if (k > 2) divideBySum(out);
        data.set(out, row);
      }
      return { rows: logits.length / k, columns: k, data };
    },
    emit(onnx, logits) {
      const number = (x: number): Value => onnx.tensor("double", [1], [x]);
      const pick = (which: readonly number[]): Value =>
        onnx.node("Gather", [logits, onnx.tensor("int64", [which.length], which)], { axis: { int: 1 } });
      const each = (): Value[] => Array.from(priors, (_, c) => emitOther(onnx, pick, c, k));
      const other = k === 2 ? pick([1, 0]) : onnx.node("Concat", each(), { axis: { int: 1 } });
      const odds = onnx.node("Sub", [logits, other]);
      const size = onnx.node("Log", [onnx.node("Add", [onnx.node("Abs", [odds]), number(1)])]);
      const share = onnx.node("Div", [size, onnx.node("Add", [size, number(1)])]);
      const signed = onnx.node("Mul", [onnx.node("Sign", [odds]), share]);
      const half = onnx.node("Div", [onnx.node("Add", [signed, number(1)]), number(2)]);
      if (k === 2) return onnx.node("Cast", [half], { to: { int: 1 } });
      const known = onnx.node("Mul", [half, onnx.tensor("double", [1, k], there)]);
      return onnx.node("Cast", [emitDivision(onnx, known)], { to: { int: 1 } });
    },
  };
}

/** The largest logit of the other classes, double [n, 1]. */
function emitOther(
  onnx: OnnxBuilder,
  pick: (which: readonly number[]) => Value,
  c: number,
  k: number,
): Value {
  const others = Array.from({ length: k }, (_, o) => o).filter((o) => o !== c);
  return onnx.node("ReduceMax", [pick(others)], { axes: { ints: [1] }, keepdims: { int: 1 } });
}

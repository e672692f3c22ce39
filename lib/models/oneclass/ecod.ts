import { z } from "zod";
import type { FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { FLOAT } from "./squaredLength.js";
import { emitStepSums, sumSteps } from "./stepSums.js";
import { columnTails, tailSteps } from "./tails.js";

/** Distinct values of a column that its empirical distribution keeps apart. */
export const stepsParam = z
  .int()
  .min(16)
  .max(100000)
  .default(1000)
  .describe("distinct values that a column keeps apart; more are grouped, finely in the tails");

const params = z.strictObject({ steps: stepsParam });
export type EcodParams = z.infer<typeof params>;

/** ECOD, inductive: rows far out in the tails of many columns' empirical distributions are anomalous. */
export const definition: ModelDefinition<EcodParams> = {
  type: "ecod",
  kind: "detector",
  family: "one-class",
  title: "ECOD: empirical cumulative distributions (inductive)",
  source:
    "Li et al. 2022, ECOD: unsupervised outlier detection using empirical cumulative distribution functions, " +
    "IEEE TKDE, arXiv:2201.00382, algorithm 1. Inductive: tails are counted in the benign rows alone. PyOD's ECOD " +
    "ranks benign and scored rows together and takes the largest of the three per column before it adds them up",
  limits:
    "Each column for itself, and only its extremes: values in a gap between benign values are not anomalous. A flag " +
    "that no benign row sets weighs log(n + 1), so that many rare flags outweigh a real outlier.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign) => fitEcod(chosen, benign),
  }),
};

/** The largest of three sums over the columns: left tails, right tails, and of each column the tail on its skewed side. */
function fitEcod({ steps }: EcodParams, { X }: Rows): FittedDetector {
  const columns = Array.from({ length: X.columns }, (_, j) =>
    tailSteps(columnTails(X, j, steps), [
      (left) => left,
      (_left, right) => right,
      (left, right, skew) => (skew < 0 ? left : right),
    ]),
  );
  return {
    kind: "detector",
    score(rows) {
      checkWidth(rows, X.columns, "ecod");
      const [left, right, skewed] = sumSteps(columns, rows);
      return left.map((sum, i) => Math.max(sum, right[i], skewed[i]));
    },
    emit(onnx, input) {
      const largest = onnx.node("Max", emitStepSums(onnx, input, columns));
      return onnx.node("Cast", [largest], { to: { int: FLOAT } });
    },
    summary: {
      columns: X.columns,
      rows: X.rows,
      steps: columns.reduce((sum, { at }) => sum + at.length, 0),
    },
  };
}

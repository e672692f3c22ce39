import { z } from "zod";
import type { FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { stepsParam } from "./ecod.js";
import { FLOAT } from "./squaredLength.js";
import { emitStepSums, sumSteps } from "./stepSums.js";
import { columnTails, tailSteps } from "./tails.js";

const params = z.strictObject({ steps: stepsParam });
export type CopodParams = z.infer<typeof params>;

/** COPOD, inductive: like ECOD, with the larger of the skewed tail and both tails' mean taken per column. */
export const definition: ModelDefinition<CopodParams> = {
  type: "copod",
  kind: "detector",
  family: "one-class",
  title: "COPOD: empirical copula (inductive)",
  source:
    "Li et al. 2020, COPOD: copula-based outlier detection, ICDM, arXiv:2009.09463, as PyOD adds it up. Inductive: " +
    "tails are counted in the benign rows alone, where PyOD ranks benign and scored rows together",
  limits:
    "Each column for itself, and only its extremes: values in a gap between benign values are not anomalous, and the " +
    "copula's dependence is left out, as in the original.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign) => fitCopod(chosen, benign),
  }),
};

function fitCopod({ steps }: CopodParams, { X }: Rows): FittedDetector {
  const columns = Array.from({ length: X.columns }, (_, j) =>
    tailSteps(columnTails(X, j, steps), [
      (left, right, skew) => {
        const skewed = skew < 0 ? left : skew > 0 ? right : left + right; // PyOD: without a side, both
        return Math.max(skewed, (left + right) / 2);
      },
    ]),
  );
  return {
    kind: "detector",
    score(rows) {
      checkWidth(rows, X.columns, "copod");
      return sumSteps(columns, rows)[0];
    },
    emit(onnx, input) {
      const [sum] = emitStepSums(onnx, input, columns);
      return onnx.node("Cast", [sum], { to: { int: FLOAT } });
    },
    summary: {
      columns: X.columns,
      rows: X.rows,
      steps: columns.reduce((sum, { at }) => sum + at.length, 0),
    },
  };
}

import { ParamsError } from "../../base/errors.js";
import { areasOf } from "../../eval/areas.js";
import { macroF1, ratio } from "../../eval/confusion.js";
import type { FittedClassifier, FittedDetector, Matrix } from "../contract.js";
import type { SearchMetric } from "./params.js";

/** Probabilities are kept this far from 0 and 1 in the logarithm, as in metrics.log_loss. */
const EPSILON = 2 ** -52;

/**
 * A fitted model's score on rows that it was not fitted on.
 * @param X the rows after the view
 * @param y class index of each row; -1 for a class that training does not have
 * @returns null where the metric is undefined: rows of one kind only, or none
 * @throws ParamsError when the model has no probabilities and the metric needs them
 */
export function scoreOf(
  metric: SearchMetric,
  fitted: FittedClassifier | FittedDetector,
  X: Matrix,
  y: Int32Array,
): number | null {
  if (fitted.kind === "detector") return areaOf(metric, fitted.score(X), y);
  if (metric === "log_loss" && fitted.margin === true) {
    throw new ParamsError(
      "search: metric log_loss needs probabilities, and this model's scores are margins put between 0 and 1. " +
        "Choose average_precision, roc_auc or macro_f1.",
    );
  }
  const { data, columns } = fitted.predictProba(X);
  if (metric === "macro_f1") return macroF1(confusion(data, columns, y));
  const attack = Float64Array.from(y, (_, i) => 1 - data[i * columns]);
  return metric === "log_loss" ? logLoss(attack, y) : areaOf(metric, attack, y);
}

/** Whether of two scores the larger is the better one. */
export function isHigherBetter(metric: SearchMetric): boolean {
  return metric !== "log_loss";
}

function areaOf(metric: SearchMetric, scores: Float64Array, y: Int32Array): number | null {
  if (scores.some((score) => !Number.isFinite(score))) return null;
  const areas = areasOf(
    scores.filter((_, i) => y[i] !== 0),
    scores.filter((_, i) => y[i] === 0),
  );
  if (areas === null) return null;
  return metric === "roc_auc" ? areas.rocAuc : areas.averagePrecision;
}

function logLoss(attack: Float64Array, y: Int32Array): number | null {
  let sum = 0;
  attack.forEach((p, i) => {
    const truth = y[i] === 0 ? 1 - p : p;
    sum -= Math.log(Math.min(1 - EPSILON, Math.max(EPSILON, truth)));
  });
  return ratio(sum, attack.length);
}

/** Counts by truth and most probable class; a class that training does not have is one more row of truth. */
export function confusion(
  data: Float32Array,
  k: number,
  y: Int32Array,
): { classes: number; counts: Float64Array } {
  const classes = k + 1;
  const counts = new Float64Array(classes * classes);
  y.forEach((truth, i) => {
    let best = 0;
    for (let c = 1; c < k; c++) if (data[i * k + c] > data[i * k + best]) best = c;
    counts[(truth < 0 ? k : truth) * classes + best]++;
  });
  return { classes, counts };
}

import { f1, macroF1, mcc, ratio, weightedF1 } from "./confusion.js";
import type { MetricName } from "./result.js";
import { type FprBudget, fprBudgets, type SortedPart, type Tally } from "./tally.js";

/** Every metric but the counts, from the sums of a part or of a resample; null where it is undefined. */
export type MetricValues = Readonly<Record<MetricName, number | null>>;

/**
 * The metrics of surface.md. Rates and curves are attack against benign at the threshold; macro_f1 and weighted_f1 are
 * over the target's classes. The last three need probabilities and are of P(attack) against the truth:
 * - `roc_auc`: share of pairs of an attack and a benign row that are in the right order, ties half (Mann and Whitney 1947);
 * - `average_precision`: sum over thresholds of precision × the recall gained (no interpolation);
 * - `brier`: mean squared error (Brier 1950), not halved, of the attack class alone;
 * - `log_loss`: mean −ln of the probability of the truth, clipped to [2^-52, 1 − 2^-52];
 * - `ece`: mean over 15 equally wide bins of |mean P(attack) − share of attacks|, weighted by rows (Naeini et al. 2015).
 */
export function metricsOf(t: Tally, { isProbability, coarse }: SortedPart): MetricValues {
  const benign = t.n - t.attacks;
  const tn = benign - t.fp;
  const fn = t.attacks - t.tp;
  const recall = ratio(t.tp, t.attacks);
  const fpr = ratio(t.fp, benign);
  const perRow = (sum: number): number | null => (isProbability ? ratio(sum, t.n) : null);
  return {
    accuracy: ratio(t.tp + tn, t.n),
    balanced_accuracy: recall === null || fpr === null ? null : (recall + 1 - fpr) / 2,
    precision: ratio(t.tp, t.tp + t.fp),
    recall,
    f1: f1({ truth: t.attacks, predicted: t.tp + t.fp, hits: t.tp }),
    macro_f1: coarse ? null : macroF1(t.confusion),
    weighted_f1: coarse ? null : weightedF1(t.confusion),
    mcc: mcc(t.tp, t.fp, tn, fn),
    fpr,
    fnr: ratio(fn, t.attacks),
    roc_auc: ratio(t.pairs, 2 * t.attacks * benign),
    average_precision: ratio(t.precisionSum, t.attacks),
    brier: perRow(t.squaredError),
    log_loss: perRow(t.logLoss),
    ece: perRow(t.binError),
  };
}

/** Most recall with a share of benign rows flagged within each budget, over all thresholds, no interpolation. */
export function recallAtFpr(t: Tally): Readonly<Record<FprBudget, number | null>> {
  const oneClass = t.attacks === 0 || t.attacks === t.n;
  const values = fprBudgets.map((name, b) => [name, oneClass ? null : t.tpWithin[b] / t.attacks]);
  return Object.fromEntries(values) as Record<FprBudget, number | null>;
}

/**
 * Metrics at the threshold 0.5. With more than two classes macro_f1 is of the most probable classes, as elsewhere; all
 * are null for a detector.
 */
export function atHalf(
  t: Tally,
  part: SortedPart,
): { accuracy: number | null; macro_f1: number | null; fpr: number | null } {
  if (!part.isProbability) return { accuracy: null, macro_f1: null, fpr: null };
  const benign = t.n - t.attacks;
  const tn = benign - t.fpAtHalf;
  const fn = t.attacks - t.tpAtHalf;
  const twoClasses = { classes: 2, counts: Float64Array.of(tn, t.fpAtHalf, fn, t.tpAtHalf) };
  return {
    accuracy: ratio(t.tpAtHalf + tn, t.n),
    macro_f1: macroF1(part.classes === 2 ? twoClasses : t.confusion),
    fpr: ratio(t.fpAtHalf, benign),
  };
}

const ofProbabilities: readonly string[] = ["brier", "log_loss", "ece"];

/** Why a metric is null. `name` may stand in a group: recall_at_fpr.0.01, at_half.fpr. */
export function whyNull(name: string, t: Tally, { isProbability, isMargin, coarse }: SortedPart): string {
  if (t.n === 0) return "the part has no rows";
  if (!isProbability && (name.startsWith("at_half.") || ofProbabilities.includes(name))) {
    return isMargin
      ? "the score is a margin put between 0 and 1, and no probability"
      : "a detector gives a score and no probability";
  }
  if (coarse && (name === "macro_f1" || name === "weighted_f1")) {
    return "a detector tells attack from benign, and the target has more classes";
  }
  if (name === "precision") return "no row is at or above the threshold";
  if (name === "f1") return "the part has no attack row and none is at or above the threshold";
  if (t.attacks === t.n) return "the part has no benign row";
  if (t.attacks === 0) return "the part has no attack row";
  // What is left: mcc.
  return "the decision is the same for every row";
}

/** Rows in the denominator of a metric: what its interval rests on. */
export function rowsBehind(name: MetricName, t: Tally): number {
  if (name === "recall" || name === "fnr") return t.attacks;
  if (name === "fpr") return t.n - t.attacks;
  if (name === "precision") return t.tp + t.fp;
  return t.n;
}

/** k × k counts, row by row: rows are the truth, columns what was predicted. */
export interface ConfusionCounts {
  readonly classes: number;
  readonly counts: Float64Array;
}

/** Rows of one class (`truth`), rows predicted as it, and rows that are both. */
export interface ClassCounts {
  readonly truth: number;
  readonly predicted: number;
  readonly hits: number;
}

export function classCounts({ classes, counts }: ConfusionCounts, c: number): ClassCounts {
  let truth = 0;
  let predicted = 0;
  for (let other = 0; other < classes; other++) {
    truth += counts[c * classes + other];
    predicted += counts[other * classes + c];
  }
  return { truth, predicted, hits: counts[c * classes + c] };
}

/** a / b, or null when b is 0. */
export function ratio(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}

/**
 * F1 of one class, 2 · hits / (truth + predicted): 0 when the class has rows and none is found.
 * @returns null when the class is neither in the truth nor predicted
 */
export function f1(counts: ClassCounts): number | null {
  return ratio(2 * counts.hits, counts.truth + counts.predicted);
}

/**
 * Macro-F1: plain mean of the per-class F1, over classes seen in truth or predictions.
 * @returns a number in [0, 1], or null when there is no row
 * Source: Opitz and Burst 2019, arXiv:1911.03347, mean of F1. A class of five flows weighs as much as one of millions.
 */
export function macroF1(confusion: ConfusionCounts): number | null {
  let sum = 0;
  let seen = 0;
  for (let c = 0; c < confusion.classes; c++) {
    const value = f1(classCounts(confusion, c));
    if (value === null) continue;
    sum += value;
    seen++;
  }
  return ratio(sum, seen);
}

/** Mean of the per-class F1, weighted by the rows of each class; null when there is no row. */
export function weightedF1(confusion: ConfusionCounts): number | null {
  let sum = 0;
  let rows = 0;
  for (let c = 0; c < confusion.classes; c++) {
    const counts = classCounts(confusion, c);
    sum += counts.truth * (f1(counts) ?? 0);
    rows += counts.truth;
  }
  return ratio(sum, rows);
}

/**
 * Matthews correlation coefficient of attack against benign, in [-1, 1].
 * @returns null when the truth or the decisions are all of one kind
 */
export function mcc(tp: number, fp: number, tn: number, fn: number): number | null {
  const spread = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
  return ratio(tp * tn - fp * fn, spread);
}

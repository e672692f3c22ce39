import type { ConfusionCounts } from "./confusion.js";
import type { Ranking, ScoredRows } from "./ranking.js";

/** Budgets of recall_at_fpr, by their name in the metrics file. */
export const fprBudgets = ["0.001", "0.01", "0.05"] as const;
export type FprBudget = (typeof fprBudgets)[number];

/** Bins of the expected calibration error, equally wide over [0, 1]. */
export const ECE_BINS = 15;

/** What every resample of a part has in common: all per-row facts, sorted once by falling score. */
export interface SortedPart {
  readonly n: number;
  readonly isProbability: boolean;
  /** Scores are margins of a classifier put between 0 and 1. */
  readonly isMargin: boolean;
  /** The target has more classes than the model can tell apart. */
  readonly coarse: boolean;
  /** Position of each row. */
  readonly position: Int32Array;
  /** By position: 1 for attack. */
  readonly attack: Uint8Array;
  /** Position just behind each group of equal scores. */
  readonly groupEnds: Int32Array;
  /** By position: which of `kinds` the row is. */
  readonly kind: Int32Array;
  readonly kinds: readonly RowKind[];
  readonly classes: number;
  readonly families: number;
  /** By position, empty for a detector: P(attack) minus the truth, its square, the log loss, the bin of P(attack). */
  readonly error: Float64Array;
  readonly squaredError: Float64Array;
  readonly logLoss: Float64Array;
  readonly bin: Uint8Array;
}

/** What rows can have in common: all that counting needs to know of a row. */
interface RowKind {
  readonly attack: boolean;
  /** Truth · classes + predicted. */
  readonly cell: number;
  /** Attack family, -1 for benign rows. */
  readonly family: number;
  /** At or above the threshold, and at or above 0.5. */
  readonly flagged: boolean;
  readonly flaggedAtHalf: boolean;
}

/** Per-row facts in the order of the rows: confusion cell (truth · classes + predicted) and attack family (-1 benign). */
export interface RowCodes {
  readonly cell: Int32Array;
  readonly classes: number;
  readonly family: Int32Array;
  readonly families: number;
}

/** The threshold of a row. @param threshold one for all rows, or one a row */
export function thresholdOf(threshold: number | Float64Array, row: number): number {
  return typeof threshold === "number" ? threshold : threshold[row];
}

export function sortPart(
  rows: ScoredRows & { readonly coarse?: boolean },
  ranking: Ranking,
  threshold: number | Float64Array,
  codes: RowCodes,
): SortedPart {
  const { scores, isAttack, isProbability, isMargin = false, coarse = false } = rows;
  const { order, groupEnds } = ranking;
  const position = new Int32Array(order.length);
  order.forEach((row, p) => {
    position[row] = p;
  });
  const kinds: RowKind[] = [];
  const known = new Map<number, number>();
  const kind = Int32Array.from(order, (row) => {
    const flagged = scores[row] >= thresholdOf(threshold, row);
    const flaggedAtHalf = scores[row] >= 0.5;
    const [cell, family] = [codes.cell[row], codes.family[row]];
    const key =
      ((cell * (codes.families + 1) + family + 1) * 2 + Number(flagged)) * 2 + Number(flaggedAtHalf);
    let index = known.get(key);
    if (index === undefined) {
      index = kinds.push({ attack: isAttack[row] === 1, cell, family, flagged, flaggedAtHalf }) - 1;
      known.set(key, index);
    }
    return index;
  });
  // Shares of float32 may miss 0 and 1 by their rounding.
  const probability = isProbability
    ? Float64Array.from(order, (row) => Math.min(1, Math.max(0, scores[row])))
    : new Float64Array(0);
  const attack = Uint8Array.from(order, (row) => isAttack[row]);
  const eps = Number.EPSILON;
  return {
    n: order.length,
    isProbability,
    isMargin,
    coarse,
    position,
    attack,
    groupEnds,
    kind,
    kinds,
    classes: codes.classes,
    families: codes.families,
    error: probability.map((p, i) => p - attack[i]),
    squaredError: probability.map((p, i) => (p - attack[i]) ** 2),
    logLoss: probability.map((p, i) => {
      const clipped = Math.min(1 - eps, Math.max(eps, p));
      return -Math.log(attack[i] === 1 ? clipped : 1 - clipped);
    }),
    bin: Uint8Array.from(probability, (p) => Math.min(ECE_BINS - 1, Math.floor(p * ECE_BINS))),
  };
}

/** Sums over a part or a resample of it: all that the metrics need. */
export interface Tally {
  n: number;
  attacks: number;
  tp: number;
  fp: number;
  tpAtHalf: number;
  fpAtHalf: number;
  /** Pairs of an attack and a benign row: 2 for each in the right order, 1 for each tie (Mann and Whitney). */
  pairs: number;
  /** Sum over groups of precision times the attacks that the group adds. */
  precisionSum: number;
  /** Most attacks flagged within each budget of fprBudgets. */
  tpWithin: Float64Array;
  squaredError: number;
  logLoss: number;
  /** Sum over bins of |sum of P(attack) − attacks|. */
  binError: number;
  confusion: ConfusionCounts;
  /** By family: rows, and rows flagged. */
  familyRows: Float64Array;
  familyFlagged: Float64Array;
}

const budgets = fprBudgets.map(Number);

/**
 * Sum over the rows of a part, each taken `counts` times.
 * @param counts by position; a resample of the rows, or ones for the part itself
 * Cost: one pass over the rows, nothing sorted.
 */
export function tally(part: SortedPart, counts: Uint16Array): Tally {
  const { n, kind, kinds, classes } = part;
  const sums: Tally = {
    ...{ n: 0, attacks: 0, tp: 0, fp: 0, tpAtHalf: 0, fpAtHalf: 0 },
    ...{ pairs: 0, precisionSum: 0, squaredError: 0, logLoss: 0, binError: 0 },
    tpWithin: new Float64Array(budgets.length),
    confusion: { classes, counts: new Float64Array(classes * classes) },
    familyRows: new Float64Array(part.families),
    familyFlagged: new Float64Array(part.families),
  };
  const rows = new Float64Array(kinds.length);
  for (let p = 0; p < n; p++) rows[kind[p]] += counts[p];
  kinds.forEach(({ attack, cell, family, flagged, flaggedAtHalf }, k) => {
    sums.n += rows[k];
    sums.confusion.counts[cell] += rows[k];
    if (attack) {
      sums.attacks += rows[k];
      sums.familyRows[family] += rows[k];
      if (flagged) sums.tp += rows[k];
      if (flagged) sums.familyFlagged[family] += rows[k];
      if (flaggedAtHalf) sums.tpAtHalf += rows[k];
    } else {
      if (flagged) sums.fp += rows[k];
      if (flaggedAtHalf) sums.fpAtHalf += rows[k];
    }
  });
  addCurves(part, counts, sums);
  if (part.isProbability) addErrors(part, counts, sums);
  return sums;
}

function addCurves({ attack, groupEnds }: SortedPart, counts: Uint16Array, sums: Tally): void {
  const benign = sums.n - sums.attacks;
  let tp = 0;
  let all = 0;
  let pairs = 0;
  let precisionSum = 0;
  for (let g = 0, p = 0; g < groupEnds.length; g++) {
    const tpBefore = tp;
    const fpBefore = all - tp;
    for (const end = groupEnds[g]; p < end; p++) {
      all += counts[p];
      tp += counts[p] * attack[p];
    }
    const fp = all - tp;
    pairs += (fp - fpBefore) * (tp + tpBefore);
    if (tp === tpBefore) continue;
    precisionSum += ((tp - tpBefore) * tp) / all;
    for (let b = 0; b < budgets.length; b++) if (fp / benign <= budgets[b]) sums.tpWithin[b] = tp;
  }
  sums.pairs = pairs;
  sums.precisionSum = precisionSum;
}

function addErrors(part: SortedPart, counts: Uint16Array, sums: Tally): void {
  const { n, error, squaredError, logLoss, bin } = part;
  const excess = new Float64Array(ECE_BINS);
  let squares = 0;
  let logs = 0;
  for (let p = 0; p < n; p++) {
    const count = counts[p];
    squares += count * squaredError[p];
    logs += count * logLoss[p];
    excess[bin[p]] += count * error[p];
  }
  sums.squaredError = squares;
  sums.logLoss = logs;
  sums.binError = excess.reduce((sum, x) => sum + Math.abs(x), 0);
}

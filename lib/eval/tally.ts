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
  /** Position of each row. */
  readonly position: Int32Array;
  /** By position: 1 for attack. */
  readonly attack: Uint8Array;
  /** Position just behind each group of equal scores. */
  readonly groupEnds: Int32Array;
  /** Positions before this one are at or above the threshold; the same for 0.5. */
  readonly flagged: number;
  readonly flaggedAtHalf: number;
  /** By position: truth · classes + predicted. */
  readonly cell: Int32Array;
  readonly classes: number;
  /** By position: attack family, -1 for benign rows. */
  readonly family: Int32Array;
  readonly families: number;
  /** By position, empty for a detector: P(attack), its squared error, its log loss, its bin. */
  readonly probability: Float64Array;
  readonly squaredError: Float64Array;
  readonly logLoss: Float64Array;
  readonly bin: Uint8Array;
}

/** Per-row facts in the order of the rows: confusion cell (truth · classes + predicted) and attack family (-1 benign). */
export interface RowCodes {
  readonly cell: Int32Array;
  readonly classes: number;
  readonly family: Int32Array;
  readonly families: number;
}

export function sortPart(rows: ScoredRows, ranking: Ranking, threshold: number, codes: RowCodes): SortedPart {
  const { scores, isAttack, isProbability } = rows;
  const { order, groupEnds } = ranking;
  const n = order.length;
  const position = new Int32Array(n);
  order.forEach((row, p) => {
    position[row] = p;
  });
  const byPosition = (values: Int32Array): Int32Array => Int32Array.from(order, (row) => values[row]);
  const above = (cut: number): number => {
    let p = 0;
    while (p < n && scores[order[p]] >= cut) p++;
    return p;
  };
  // Shares of float32 may miss 0 and 1 by their rounding.
  const probability = isProbability
    ? Float64Array.from(order, (row) => Math.min(1, Math.max(0, scores[row])))
    : new Float64Array(0);
  const attack = Uint8Array.from(order, (row) => isAttack[row]);
  const eps = Number.EPSILON;
  return {
    n,
    isProbability,
    position,
    attack,
    groupEnds,
    flagged: above(threshold),
    flaggedAtHalf: above(0.5),
    cell: byPosition(codes.cell),
    classes: codes.classes,
    family: byPosition(codes.family),
    families: codes.families,
    probability,
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
  const { n, attack, groupEnds, cell, classes, family } = part;
  const sums: Tally = {
    ...{ n: 0, attacks: 0, tp: 0, fp: 0, tpAtHalf: 0, fpAtHalf: 0 },
    ...{ pairs: 0, precisionSum: 0, squaredError: 0, logLoss: 0, binError: 0 },
    tpWithin: new Float64Array(budgets.length),
    confusion: { classes, counts: new Float64Array(classes * classes) },
    familyRows: new Float64Array(part.families),
    familyFlagged: new Float64Array(part.families),
  };
  for (let p = 0; p < n; p++) {
    const count = counts[p];
    if (count === 0) continue;
    sums.n += count;
    sums.confusion.counts[cell[p]] += count;
    if (attack[p] === 0) continue;
    sums.attacks += count;
    sums.familyRows[family[p]] += count;
    if (p < part.flagged) sums.familyFlagged[family[p]] += count;
  }
  [sums.tp, sums.fp] = countFlagged(part, counts, part.flagged);
  [sums.tpAtHalf, sums.fpAtHalf] = countFlagged(part, counts, part.flaggedAtHalf);
  addCurves(part, counts, groupEnds, sums);
  if (part.isProbability) addErrors(part, counts, sums);
  return sums;
}

function countFlagged({ attack }: SortedPart, counts: Uint16Array, end: number): [number, number] {
  let tp = 0;
  let all = 0;
  for (let p = 0; p < end; p++) {
    all += counts[p];
    if (attack[p] === 1) tp += counts[p];
  }
  return [tp, all - tp];
}

function addCurves({ attack }: SortedPart, counts: Uint16Array, groupEnds: Int32Array, sums: Tally): void {
  const benign = sums.n - sums.attacks;
  let tp = 0;
  let fp = 0;
  let pairs = 0;
  let precisionSum = 0;
  for (let g = 0, p = 0; g < groupEnds.length; g++) {
    const tpBefore = tp;
    const fpBefore = fp;
    for (; p < groupEnds[g]; p++) {
      if (attack[p] === 1) tp += counts[p];
      else fp += counts[p];
    }
    pairs += (fp - fpBefore) * (tp + tpBefore);
    if (tp > tpBefore) precisionSum += ((tp - tpBefore) * tp) / (tp + fp);
    for (let b = 0; b < budgets.length; b++) if (fp / benign <= budgets[b]) sums.tpWithin[b] = tp;
  }
  sums.pairs = pairs;
  sums.precisionSum = precisionSum;
}

function addErrors(part: SortedPart, counts: Uint16Array, sums: Tally): void {
  const { attack, probability, squaredError, logLoss, bin } = part;
  const excess = new Float64Array(ECE_BINS);
  let squares = 0;
  let logs = 0;
  for (let p = 0; p < part.n; p++) {
    const count = counts[p];
    if (count === 0) continue;
    squares += count * squaredError[p];
    logs += count * logLoss[p];
    excess[bin[p]] += count * (probability[p] - attack[p]);
  }
  sums.squaredError = squares;
  sums.logLoss = logs;
  sums.binError = excess.reduce((sum, x) => sum + Math.abs(x), 0);
}

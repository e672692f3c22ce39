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
  /** Row at each position: by falling score; of equal scores benign rows first. */
  readonly order: Int32Array;
  /** Groups of equal scores with an attack in them: first position, first one of an attack, and the one just behind. */
  readonly groupStarts: Int32Array;
  readonly groupAttacks: Int32Array;
  readonly groupEnds: Int32Array;
  /** Blocks of about a thousand positions that part no group: position and group just behind each. */
  readonly blockEnds: Int32Array;
  readonly blockGroups: Int32Array;
  /** By position: which of `kinds` the row is. */
  readonly kind: Uint16Array | Int32Array;
  readonly kinds: readonly RowKind[];
  readonly classes: number;
  readonly families: number;
  /** By position, empty for a detector: P(attack) minus the truth, the log loss. */
  readonly error: Float64Array;
  readonly logLoss: Float64Array;
  /** Position just behind each bin of P(attack), the highest first. */
  readonly binEnds: Int32Array;
}

/** What rows can have in common: all that counting needs to know of a row. */
export interface RowKind {
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
  const order = benignFirst(ranking, isAttack);
  // Shares of float32 may miss 0 and 1 by their rounding.
  const probability = isProbability
    ? Float64Array.from(order, (row) => Math.min(1, Math.max(0, scores[row])))
    : new Float64Array(0);
  const attack = probability.map((_, i) => isAttack[order[i]]);
  const eps = Number.EPSILON;
  return {
    n: order.length,
    isProbability,
    isMargin,
    coarse,
    order,
    ...attackGroups(ranking.groupEnds, order, isAttack),
    ...rowKinds(rows, order, threshold, codes),
    classes: codes.classes,
    families: codes.families,
    error: probability.map((p, i) => p - attack[i]),
    logLoss: probability.map((p, i) => {
      const clipped = Math.min(1 - eps, Math.max(eps, p));
      return -Math.log(attack[i] === 1 ? clipped : 1 - clipped);
    }),
    binEnds: binEnds(probability),
  };
}

/** The order of a ranking, in each group of equal scores attacks last. */
function benignFirst({ order, groupEnds }: Ranking, isAttack: Uint8Array): Int32Array {
  const sorted = order.slice();
  for (let g = 0, start = 0; g < groupEnds.length; start = groupEnds[g++]) {
    const end = groupEnds[g];
    if (end - start < 2) continue;
    let benign = start;
    let attack = end;
    for (let p = end - 1; p >= start; p--) if (isAttack[order[p]] === 1) sorted[--attack] = order[p];
    for (let p = start; p < end; p++) if (isAttack[order[p]] === 0) sorted[benign++] = order[p];
  }
  return sorted;
}

function rowKinds(
  { scores, isAttack }: ScoredRows,
  order: Int32Array,
  threshold: number | Float64Array,
  codes: RowCodes,
): Pick<SortedPart, "kind" | "kinds"> {
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
  return { kind: kinds.length <= 1 << 16 ? Uint16Array.from(kind) : kind, kinds };
}

/** Positions of a block: what is counted of them stays in the processor's nearest cache. */
const BLOCK = 1024;

function attackGroups(
  ends: Int32Array,
  order: Int32Array,
  isAttack: Uint8Array,
): Pick<SortedPart, "groupStarts" | "groupAttacks" | "groupEnds" | "blockEnds" | "blockGroups"> {
  const [starts, attacks, behind]: [number[], number[], number[]] = [[], [], []];
  const [blockEnds, blockGroups]: [number[], number[]] = [[], []];
  let blockStart = 0;
  for (let g = 0, start = 0; g < ends.length; start = ends[g++]) {
    const end = ends[g];
    let p = start;
    while (p < end && isAttack[order[p]] === 0) p++;
    if (p < end) {
      starts.push(start);
      attacks.push(p);
      behind.push(end);
    }
    if (end - blockStart < BLOCK && g + 1 < ends.length) continue;
    blockEnds.push(end);
    blockGroups.push(starts.length);
    blockStart = end;
  }
  return {
    groupStarts: Int32Array.from(starts),
    groupAttacks: Int32Array.from(attacks),
    groupEnds: Int32Array.from(behind),
    blockEnds: Int32Array.from(blockEnds),
    blockGroups: Int32Array.from(blockGroups),
  };
}

function binEnds(probability: Float64Array): Int32Array {
  const rows = new Int32Array(ECE_BINS);
  for (const p of probability) rows[ECE_BINS - 1 - Math.min(ECE_BINS - 1, Math.floor(p * ECE_BINS))]++;
  let end = 0;
  return rows.map((count) => {
    end += count;
    return end;
  });
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

/** The sums over a part whose rows are taken as often as `counts`, by position, says. */
export function tally(part: SortedPart, counts: Uint8Array): Tally {
  return tallier(part)(counts);
}

/**
 * The same for many resamples of one part.
 *
 * Cost: three passes over the rows without a jump or a branch that depends on the data, nothing sorted. Curves need
 * only the groups of equal scores with an attack in them: between two of these neither sum changes.
 */
export function tallier(part: SortedPart): (counts: Uint8Array) => Tally {
  const { kind, kinds, classes } = part;
  const rows = new Int32Array(4 * kinds.length);
  const before = blockMemory(part);
  return (counts) => {
    const sums: Tally = {
      ...{ n: 0, attacks: 0, tp: 0, fp: 0, tpAtHalf: 0, fpAtHalf: 0 },
      ...{ pairs: 0, precisionSum: 0, squaredError: 0, logLoss: 0, binError: 0 },
      tpWithin: new Float64Array(budgets.length),
      confusion: { classes, counts: new Float64Array(classes * classes) },
      familyRows: new Float64Array(part.families),
      familyFlagged: new Float64Array(part.families),
    };
    countKinds(kind, counts, rows);
    kinds.forEach((each, k) => {
      addKind(sums, each, rows[4 * k] + rows[4 * k + 1] + rows[4 * k + 2] + rows[4 * k + 3]);
    });
    addCurves(part, counts, before, sums);
    if (part.isProbability) addErrors(part, counts, sums);
    return sums;
  };
}

/** Four counters a kind: neighbours are mostly of one kind, and each addition to it would wait for the one before. */
function countKinds(kind: SortedPart["kind"], counts: Uint8Array, rows: Int32Array): void {
  rows.fill(0);
  const n = kind.length;
  const whole = n - (n % 4);
  for (let p = 0; p < whole; p += 4) {
    rows[4 * kind[p]] += counts[p];
    rows[4 * kind[p + 1] + 1] += counts[p + 1];
    rows[4 * kind[p + 2] + 2] += counts[p + 2];
    rows[4 * kind[p + 3] + 3] += counts[p + 3];
  }
  for (let p = whole; p < n; p++) rows[4 * kind[p]] += counts[p];
}

function addKind(sums: Tally, { attack, cell, family, flagged, flaggedAtHalf }: RowKind, rows: number): void {
  sums.n += rows;
  sums.confusion.counts[cell] += rows;
  if (attack) {
    sums.attacks += rows;
    sums.familyRows[family] += rows;
    if (flagged) sums.tp += rows;
    if (flagged) sums.familyFlagged[family] += rows;
    if (flaggedAtHalf) sums.tpAtHalf += rows;
  } else {
    if (flagged) sums.fp += rows;
    if (flaggedAtHalf) sums.fpAtHalf += rows;
  }
}

/** Memory for the rows before each position of a block. */
function blockMemory({ blockEnds }: SortedPart): Int32Array {
  let longest = 0;
  blockEnds.forEach((end, b) => {
    longest = Math.max(longest, end - (b === 0 ? 0 : blockEnds[b - 1]));
  });
  return new Int32Array(longest + 1);
}

/** Adds `pairs`, `precisionSum` and `tpWithin`; n and attacks must be there. */
function addCurves(part: SortedPart, counts: Uint8Array, before: Int32Array, sums: Tally): void {
  const { groupStarts, groupAttacks, groupEnds, blockEnds, blockGroups } = part;
  const benign = sums.n - sums.attacks;
  const limits = budgets.map((budget) => mostWithin(budget, benign));
  let budget = 0;
  let limit = limits[0];
  let all = 0;
  let tp = 0;
  let wrongPairs = 0;
  let precisionSum = 0;
  for (let b = 0, p = 0, g = 0; b < blockEnds.length; b++) {
    const start = p;
    before[0] = all;
    for (const end = blockEnds[b]; p < end; p++) {
      all += counts[p];
      before[p - start + 1] = all;
    }
    for (const end = blockGroups[b]; g < end; g++) {
      let found = 0;
      for (let q = groupAttacks[g]; q < groupEnds[g]; q++) found += counts[q];
      const rows = before[groupEnds[g] - start];
      const fpBefore = before[groupStarts[g] - start] - tp;
      const fp = rows - tp - found;
      while (fp > limit) {
        sums.tpWithin[budget++] = tp;
        limit = budget < limits.length ? limits[budget] : Number.POSITIVE_INFINITY;
      }
      tp += found;
      wrongPairs += found * (fp + fpBefore);
      precisionSum += (found * tp) / Math.max(rows, 1);
    }
  }
  while (budget < budgets.length) sums.tpWithin[budget++] = tp;
  sums.pairs = 2 * sums.attacks * benign - wrongPairs;
  sums.precisionSum = precisionSum;
}

/** The largest number of `rows` that is no larger a share of them than `budget`. */
function mostWithin(budget: number, rows: number): number {
  let most = Math.ceil(budget * rows);
  while (most > 0 && most / rows > budget) most--;
  return most;
}

function addErrors({ error, logLoss, binEnds }: SortedPart, counts: Uint8Array, sums: Tally): void {
  let [squares, logs, binError] = [0, 0, 0];
  for (let b = 0, p = 0; b < binEnds.length; b++) {
    let excess = 0;
    for (const end = binEnds[b]; p < end; p++) {
      const count = counts[p];
      squares += count * (error[p] * error[p]);
      logs += count * logLoss[p];
      excess += count * error[p];
    }
    binError += Math.abs(excess);
  }
  sums.squaredError = squares;
  sums.logLoss = logs;
  sums.binError = binError;
}

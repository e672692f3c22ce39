import { DataError } from "../base/errors.js";

/** Rows of one part with their truth and a score, in the order of the part's rows. */
export interface ScoredRows {
  /** 1 for attack, 0 for benign. */
  readonly isAttack: Uint8Array;
  /** P(attack) of a classifier, the anomaly score of a detector; higher means more likely an attack. */
  readonly scores: ArrayLike<number>;
  /** Whether scores are probabilities (a classifier) or only an order (a detector). */
  readonly isProbability: boolean;
  /** Scores of a classifier that are margins put between 0 and 1: only an order, too. */
  readonly isMargin?: boolean;
}

/** Rows by falling score. Rows of equal score form a group: no threshold can part them. */
export interface Ranking {
  /** Row at each position; equal scores in the order of the rows. */
  readonly order: Int32Array;
  /** Position just behind each group. */
  readonly groupEnds: Int32Array;
}

/** @throws DataError when a score is NaN or infinite */
export function rankScores(scores: ArrayLike<number>): Ranking {
  const n = scores.length;
  for (let i = 0; i < n; i++) {
    if (Number.isFinite(scores[i])) continue;
    throw new DataError(
      `eval: the score of row ${i} is ${scores[i]}; a finite number was expected. ` +
        `Look for missing or infinite features of that row, or for a model that did not converge.`,
    );
  }
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
  const ends: number[] = [];
  for (let p = 1; p <= n; p++) if (p === n || scores[order[p]] !== scores[order[p - 1]]) ends.push(p);
  return { order, groupEnds: Int32Array.from(ends) };
}

/** What flagging every row with score >= scores[g] does, for each distinct score, highest first. */
export interface Cuts {
  readonly scores: Float64Array;
  /** Attack rows flagged. */
  readonly tp: Float64Array;
  /** Benign rows flagged. */
  readonly fp: Float64Array;
  readonly attacks: number;
  readonly benign: number;
}

export function cutsOf(
  { isAttack, scores }: Pick<ScoredRows, "isAttack" | "scores">,
  ranking: Ranking,
): Cuts {
  const { order, groupEnds } = ranking;
  const groups = groupEnds.length;
  const cuts = {
    scores: new Float64Array(groups),
    tp: new Float64Array(groups),
    fp: new Float64Array(groups),
  };
  let attacks = 0;
  for (let g = 0, p = 0; g < groups; g++) {
    for (; p < groupEnds[g]; p++) attacks += isAttack[order[p]];
    cuts.scores[g] = scores[order[p - 1]];
    cuts.tp[g] = attacks;
    cuts.fp[g] = p - attacks;
  }
  return { ...cuts, attacks, benign: order.length - attacks };
}

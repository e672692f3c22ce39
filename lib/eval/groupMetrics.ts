import { type ConfusionCounts, f1, macroF1, ratio } from "./confusion.js";
import { rankScores, type ScoredRows } from "./ranking.js";
import { thresholdOf } from "./tally.js";
import { wilson } from "./wilson.js";

/** With fewer rows than this a group is flagged: its numbers are an indication. */
export const FEW = 30;

/** Ends of a 95% interval (Wilson's). */
export type Ends = readonly [lo: number, hi: number] | null;

/** Some rows of a part at the frozen threshold. Attack against benign, whatever the target's classes are. */
export interface GroupMetrics {
  readonly n: number;
  readonly attacks: number;
  readonly tp: number;
  readonly fp: number;
  /** Null without attack rows, as its interval. */
  readonly recall: number | null;
  readonly recall_95: Ends;
  /** Null without benign rows, as its interval. */
  readonly fpr: number | null;
  readonly fpr_95: Ends;
  /** Null when no row is at or above the threshold. */
  readonly precision: number | null;
  /** Mean of the F1 of the classes in `over`. */
  readonly macro_f1: number | null;
  /** The classes that macro_f1 averages: those with rows, true or decided. */
  readonly over: readonly ("benign" | "attack")[];
  /** Null without attack or benign rows. */
  readonly roc_auc: number | null;
  /** Fewer than 30 rows. */
  readonly few: boolean;
}

/** Attack rows of one kind against every benign row. */
export interface AttackCounts {
  readonly n: number;
  readonly detected: number;
  readonly recall: number | null;
  readonly recall_95: Ends;
  /** Null without attack or benign rows. */
  readonly roc_auc: number | null;
  readonly few: boolean;
}

/** Rows with a truth, a score and a decision, ranked once for all their groups. */
export class RankedRows {
  readonly n: number;
  /** Rows by falling score: the row at each position. All that follows is by position. */
  private readonly order: Int32Array;
  private readonly attack: Uint8Array;
  private readonly flagged: Uint8Array;
  /** Position just behind those of the same score. */
  private readonly end: Int32Array;

  /** @throws DataError when a score is NaN or infinite */
  constructor(rows: Pick<ScoredRows, "isAttack" | "scores"> & { readonly threshold: number | Float64Array }) {
    const { isAttack, scores, threshold } = rows;
    const { order, groupEnds } = rankScores(scores);
    this.n = order.length;
    this.order = order;
    this.attack = Uint8Array.from(order, (row) => isAttack[row]);
    this.flagged = Uint8Array.from(order, (row) => Number(scores[row] >= thresholdOf(threshold, row)));
    this.end = new Int32Array(this.n);
    let start = 0;
    for (const end of groupEnds) {
      this.end.fill(end, start, end);
      start = end;
    }
  }

  /** The metrics of all rows. */
  whole(): GroupMetrics {
    return this.where(() => true);
  }

  /**
   * The metrics of each group.
   * @param codes group of each row; rows below 0 are in none
   */
  byGroup(codes: Int32Array, groups: number): GroupMetrics[] {
    const starts = new Int32Array(groups + 1);
    for (const code of codes) if (code >= 0) starts[code + 1]++;
    for (let g = 0; g < groups; g++) starts[g + 1] += starts[g];
    const filled = starts.slice(0, groups);
    const positions = new Int32Array(starts[groups]);
    for (let p = 0; p < this.n; p++) {
      const code = codes[this.order[p]];
      if (code >= 0) positions[filled[code]++] = p;
    }
    return Array.from({ length: groups }, (_, g) =>
      this.measure(positions.subarray(starts[g], starts[g + 1])),
    );
  }

  /** The metrics of the rows that `isIn` says are in. */
  where(isIn: (row: number) => boolean): GroupMetrics {
    const positions = new Int32Array(this.n);
    let count = 0;
    for (let p = 0; p < this.n; p++) if (isIn(this.order[p])) positions[count++] = p;
    return this.measure(positions.subarray(0, count));
  }

  /**
   * The attack rows of each group against every benign row.
   * @param codes group of each attack row; those below 0 are in none
   */
  attacksByGroup(codes: Int32Array, groups: number): AttackCounts[] {
    const { n: all, attack, flagged, end, order } = this;
    const benign = all - attack.reduce((sum, value) => sum + value, 0);
    const [n, detected, pairs] = Array.from({ length: 3 }, () => new Float64Array(groups));
    let benignBefore = 0;
    for (let start = 0; start < all; start = end[start]) {
      let benignHere = 0;
      for (let p = start; p < end[start]; p++) benignHere += 1 - attack[p];
      // Of the pairs with a benign row, two for each in the right order and one for each tie.
      const won = 2 * (benign - benignBefore - benignHere) + benignHere;
      for (let p = start; p < end[start]; p++) {
        const code = attack[p] === 1 ? codes[order[p]] : -1;
        if (code < 0) continue;
        n[code]++;
        detected[code] += flagged[p];
        pairs[code] += won;
      }
      benignBefore += benignHere;
    }
    return Array.from(n, (rows, g) => ({
      n: rows,
      detected: detected[g],
      recall: ratio(detected[g], rows),
      recall_95: wilson(detected[g], rows),
      roc_auc: ratio(pairs[g], 2 * rows * benign),
      few: rows < FEW,
    }));
  }

  /** @param positions ascending */
  private measure(positions: Int32Array): GroupMetrics {
    const { attack, flagged, end } = this;
    let [attacks, tp, fp, pairs] = [0, 0, 0, 0];
    for (let i = 0; i < positions.length; ) {
      const before = attacks;
      const start = i;
      for (const last = end[positions[i]]; i < positions.length && positions[i] < last; i++) {
        const p = positions[i];
        attacks += attack[p];
        tp += flagged[p] & attack[p];
        fp += flagged[p] & (1 - attack[p]);
      }
      // Each benign row is below the attacks before it, and level with those of its own score (half a pair).
      pairs += (i - start - (attacks - before)) * (before + attacks);
    }
    const n = positions.length;
    const benign = n - attacks;
    const confusion = { classes: 2, counts: Float64Array.of(benign - fp, fp, attacks - tp, tp) };
    return {
      ...{ n, attacks, tp, fp },
      recall: ratio(tp, attacks),
      recall_95: wilson(tp, attacks),
      fpr: ratio(fp, benign),
      fpr_95: wilson(fp, benign),
      precision: ratio(tp, tp + fp),
      macro_f1: macroF1(confusion),
      over: averaged(confusion),
      roc_auc: ratio(pairs, 2 * attacks * benign),
      few: n < FEW,
    };
  }
}

/** The classes that `macroF1` averages. */
function averaged({ counts: [tn, fp, fn, tp] }: ConfusionCounts): ("benign" | "attack")[] {
  const benign = f1({ truth: tn + fp, predicted: tn + fn, hits: tn });
  const attack = f1({ truth: fn + tp, predicted: fp + tp, hits: tp });
  return [...(benign === null ? [] : ["benign" as const]), ...(attack === null ? [] : ["attack" as const])];
}

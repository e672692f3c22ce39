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

/** Rows with a truth, a score and a decision, ranked once for all their groups. */
export class RankedRows {
  readonly n: number;
  private readonly isAttack: Uint8Array;
  private readonly flagged: Uint8Array;
  /** Rows by falling score. */
  private readonly order: Int32Array;
  /** Of each row: which distinct score it has. */
  private readonly level: Int32Array;

  /** @throws DataError when a score is NaN or infinite */
  constructor(rows: Pick<ScoredRows, "isAttack" | "scores"> & { readonly threshold: number | Float64Array }) {
    const { isAttack, scores, threshold } = rows;
    const { order, groupEnds } = rankScores(scores);
    this.n = order.length;
    this.isAttack = isAttack;
    this.flagged = Uint8Array.from(isAttack, (_, row) => Number(scores[row] >= thresholdOf(threshold, row)));
    this.order = order;
    this.level = new Int32Array(this.n);
    for (let g = 0, p = 0; g < groupEnds.length; g++) for (; p < groupEnds[g]; p++) this.level[order[p]] = g;
  }

  /** The metrics of all rows. */
  whole(): GroupMetrics {
    return this.measure(this.order);
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
    const rows = new Int32Array(starts[groups]);
    for (const row of this.order) if (codes[row] >= 0) rows[filled[codes[row]]++] = row;
    return Array.from({ length: groups }, (_, g) => this.measure(rows.subarray(starts[g], starts[g + 1])));
  }

  /** The metrics of the rows that `isIn` says are in. */
  where(isIn: (row: number) => boolean): GroupMetrics {
    return this.measure(this.order.filter(isIn));
  }

  /** @param rows by falling score */
  private measure(rows: Int32Array): GroupMetrics {
    const { isAttack, flagged, level } = this;
    let [attacks, tp, fp, pairs] = [0, 0, 0, 0];
    for (let start = 0, end = 0; start < rows.length; start = end) {
      const before = attacks;
      for (; end < rows.length && level[rows[end]] === level[rows[start]]; end++) {
        const row = rows[end];
        attacks += isAttack[row];
        if (flagged[row] === 1 && isAttack[row] === 1) tp++;
        else if (flagged[row] === 1) fp++;
      }
      // Each benign row is below the attacks before it, and level with those of its own score (half a pair).
      const benignHere = end - start - (attacks - before);
      pairs += benignHere * (before + attacks);
    }
    const n = rows.length;
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

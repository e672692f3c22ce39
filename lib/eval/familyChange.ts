import { compareText } from "../base/json.js";
import type { FamilyRecall } from "./result.js";

/** Recall of one attack family by two models on the same rows. */
export interface FamilyChange {
  readonly family: string;
  readonly n: number;
  /** Recall of the first and of the second model. */
  readonly before: number;
  readonly after: number;
  /** Rows that the second model finds more (or fewer, below 0) than the first. */
  readonly gained: number;
}

type Recall = Pick<FamilyRecall, "family" | "detected" | "n">;

/**
 * How the recall of each attack family changes from one model to another, sorted by rows gained, the largest loss first.
 * The losers are those with `gained < 0`: an average that rises may hide them. A family with few rows moves by chance.
 * @param before, after recall by family (`families` of reports/details) of two models on the same part of one split
 * @throws RangeError when the families or their rows differ: then these are not the same rows
 */
export function familyChanges(before: readonly Recall[], after: readonly Recall[]): FamilyChange[] {
  const second = new Map(after.map((recall) => [recall.family, recall]));
  if (before.length !== after.length || second.size !== after.length) throw otherRows(before, after);
  return before
    .map((first): FamilyChange => {
      const then = second.get(first.family);
      if (then === undefined || then.n !== first.n) throw otherRows(before, after);
      return {
        family: first.family,
        n: first.n,
        before: first.detected / first.n,
        after: then.detected / then.n,
        gained: then.detected - first.detected,
      };
    })
    .sort((a, b) => a.gained - b.gained || compareText(a.family, b.family));
}

function otherRows(before: readonly Recall[], after: readonly Recall[]): RangeError {
  const list = (recalls: readonly Recall[]): string =>
    recalls.map(({ family, n }) => `${family} ${n}`).join(", ");
  return new RangeError(
    `familyChanges: the two models were measured on other rows (${list(before)}; ${list(after)}). Compare models of one split and part.`,
  );
}

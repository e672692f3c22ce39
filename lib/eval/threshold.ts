import { DataError, ParamsError } from "../base/errors.js";
import type { DecisionRule } from "./decision.js";
import { type Cuts, cutsOf, rankScores, type ScoredRows } from "./ranking.js";

/** A frozen threshold (attack when score >= threshold) and what it does on the rows that it was chosen on. */
export interface ChosenThreshold {
  readonly rule: DecisionRule["rule"];
  readonly threshold: number;
  readonly validation: {
    readonly attacks: number;
    readonly benign: number;
    readonly tp: number;
    readonly fp: number;
    /** Null where the rows have no attack (recall), no benign row (fpr), no flagged row (precision). */
    readonly recall: number | null;
    readonly fpr: number | null;
    readonly precision: number | null;
    readonly f1: number | null;
  };
}

/**
 * Choose the threshold on validation rows.
 *
 * - `half`: 0.5, for probabilities only.
 * - `max-f1`: the highest F1 of the attack class; of equal ones the highest threshold (fewest alarms).
 * - `fpr-budget`: the lowest threshold that flags at most the share `fpr` of the benign rows.
 * - `benign-quantile`: the same with the share `contamination`, from the benign rows alone: no attack row moves it.
 *
 * A threshold lies midway between the lowest score that is flagged and the next lower one; it is the lowest score when
 * every row is flagged, and the next double above the highest score when none is. Rows of equal score are never parted.
 * @throws ParamsError for `half` with scores that are no probabilities, DataError when a class that the rule needs has
 * no validation row or a score is not finite
 */
export function chooseThreshold(rule: DecisionRule, rows: ScoredRows): ChosenThreshold {
  const cuts = cutsOf(rows, rankScores(rows.scores));
  const threshold = thresholdOf(rule, rows, cuts);
  let flagged = 0;
  while (flagged < cuts.scores.length && cuts.scores[flagged] >= threshold) flagged++;
  const tp = flagged === 0 ? 0 : cuts.tp[flagged - 1];
  const fp = flagged === 0 ? 0 : cuts.fp[flagged - 1];
  const { attacks, benign } = cuts;
  return {
    rule: rule.rule,
    threshold,
    validation: {
      attacks,
      benign,
      tp,
      fp,
      recall: attacks === 0 ? null : tp / attacks,
      fpr: benign === 0 ? null : fp / benign,
      precision: tp + fp === 0 ? null : tp / (tp + fp),
      f1: attacks + tp + fp === 0 ? null : (2 * tp) / (attacks + tp + fp),
    },
  };
}

function thresholdOf(rule: DecisionRule, rows: ScoredRows, cuts: Cuts): number {
  switch (rule.rule) {
    case "half":
      if (!rows.isProbability) {
        throw new ParamsError(
          "decision: the rule half needs probabilities, and a detector gives scores without a fixed scale. " +
            "A detector can use benign-quantile (needs no attack), fpr-budget or max-f1: set decision of the model.",
        );
      }
      return 0.5;
    case "max-f1":
      need(cuts.attacks, "attack", rule.rule);
      need(cuts.benign, "benign", rule.rule);
      return thresholdBelow(cuts.scores, bestF1(cuts));
    case "fpr-budget":
      need(cuts.benign, "benign", rule.rule);
      return thresholdBelow(cuts.scores, lastWithin(cuts, rule.fpr));
    case "benign-quantile": {
      need(cuts.benign, "benign", rule.rule);
      const scores = Float64Array.from(rows.scores).filter((_, i) => rows.isAttack[i] === 0);
      const benign = cutsOf({ isAttack: new Uint8Array(scores.length), scores }, rankScores(scores));
      return thresholdBelow(benign.scores, lastWithin(benign, rule.contamination));
    }
  }
}

function need(rows: number, kind: "attack" | "benign", rule: string): void {
  if (rows > 0) return;
  const other = kind === "attack" ? ", or the rule benign-quantile, which needs no attack" : "";
  throw new DataError(
    `decision: the rule ${rule} needs ${kind} rows in the validation part, and it has none. ` +
      `Choose another split, a larger splits.*.validation${other}.`,
  );
}

/** Cut of the highest F1 = 2 tp / (attacks + flagged), compared as fractions of integers; the first of equal ones. */
function bestF1({ tp, fp, attacks }: Cuts): number {
  let best = 0;
  for (let g = 1; g < tp.length; g++) {
    if (tp[g] * (attacks + tp[best] + fp[best]) > tp[best] * (attacks + tp[g] + fp[g])) best = g;
  }
  return best;
}

/** Last cut whose share of benign rows flagged is within the budget; -1 when the first is above it. */
function lastWithin({ fp, benign }: Cuts, share: number): number {
  let last = -1;
  while (last + 1 < fp.length && fp[last + 1] / benign <= share) last++;
  return last;
}

/** A threshold that flags the distinct scores 0 … last (highest first) and none below. */
function thresholdBelow(scores: Float64Array, last: number): number {
  if (last === -1) return scores[0] + Math.max(Number.MIN_VALUE, Math.abs(scores[0]) * Number.EPSILON);
  if (last + 1 === scores.length) return scores[last];
  const middle = scores[last + 1] / 2 + scores[last] / 2;
  // Between neighbouring doubles there is no middle.
  return middle > scores[last + 1] && middle <= scores[last] ? middle : scores[last];
}

import { DataError, ParamsError } from "../base/errors.js";
import type { DecisionRule } from "./decision.js";
import { type Cuts, cutsOf, rankScores, type ScoredRows } from "./ranking.js";

/** A frozen threshold (attack when score >= threshold) and what it does on the rows that it was chosen on. */
export interface ChosenThreshold {
  readonly rule: DecisionRule["rule"];
  readonly threshold: number;
  /** Where no threshold is what the rule asks for. */
  readonly note?: string;
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
 * - `max-f1`: the highest F1 of the attack class.
 * - `recall-at-precision`: the most recall with at least the precision `precision`.
 * - `precision-at-recall`: the most precision with at least the recall `recall`.
 * - `fpr-budget`: the lowest threshold that flags at most the share `fpr` of the benign rows.
 * - `benign-quantile`: the same with the share `contamination`, from the benign rows alone: no attack row moves it.
 *
 * Of equal ones always the highest threshold (fewest alarms). What a rule promises (precision, recall, the budget) holds
 * on the validation rows exactly. Where no threshold keeps it (a precision that is never reached, a budget that the
 * highest score alone breaks) nothing is flagged, and `note` says so.
 *
 * A threshold lies midway between the lowest score that is flagged and the next lower one; it is the lowest score when
 * every row is flagged, and the next double above the highest score when none is. Rows of equal score are never parted.
 *
 * With `outOfFold` (P(attack) of calibrators that did not see their row) the threshold is chosen on those, as the model's
 * own probabilities were fitted to these very rows and look too good. It is a probability, and the final calibrator gives
 * probabilities of the same meaning, from a few more rows: the threshold is used with it as it is. Its scores of the
 * validation rows are not quite those that the threshold was chosen on; where the promise fails for them, the threshold
 * goes on to the nearest one that keeps it (to more recall where recall is promised, else to fewer alarms).
 * @throws ParamsError for `half` with scores that are no probabilities, DataError when a class that the rule needs has
 * no validation row or a score is not finite
 */
export function chooseThreshold(
  rule: DecisionRule,
  rows: ScoredRows,
  outOfFold?: Float64Array | null,
): ChosenThreshold {
  const cuts = cutsOf(rows, rankScores(rows.scores));
  const { threshold, note } =
    outOfFold == null
      ? thresholdOf(rule, rows, cuts)
      : kept(rule, cuts, thresholdOn(rule, { ...rows, scores: outOfFold }).threshold);
  const { tp, fp } = countsAt(cuts, flaggedBy(cuts, threshold) - 1);
  const { attacks, benign } = cuts;
  return {
    rule: rule.rule,
    threshold,
    ...(note === undefined ? {} : { note }),
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

/** A threshold, and what there is to say of it. */
interface Choice {
  readonly threshold: number;
  readonly note?: string;
}

function thresholdOn(rule: DecisionRule, rows: ScoredRows): Choice {
  return thresholdOf(rule, rows, cutsOf(rows, rankScores(rows.scores)));
}

function thresholdOf(rule: DecisionRule, rows: ScoredRows, cuts: Cuts): Choice {
  switch (rule.rule) {
    case "half":
      if (!rows.isProbability) {
        throw new ParamsError(
          "decision: the rule half needs probabilities, and a detector gives scores without a fixed scale. " +
            "A detector can use benign-quantile (needs no attack), fpr-budget or max-f1: set decision of the model.",
        );
      }
      return { threshold: 0.5 };
    case "max-f1":
    case "recall-at-precision":
    case "precision-at-recall":
      need(cuts.attacks, "attack", rule.rule);
      need(cuts.benign, "benign", rule.rule);
      return choiceOf(rule, cuts, bestOf(rule, cuts));
    case "fpr-budget":
      need(cuts.benign, "benign", rule.rule);
      return choiceOf(rule, cuts, lastWithin(cuts, rule.fpr));
    case "benign-quantile": {
      need(cuts.benign, "benign", rule.rule);
      const scores = Float64Array.from(rows.scores).filter((_, i) => rows.isAttack[i] === 0);
      const benign = cutsOf({ isAttack: new Uint8Array(scores.length), scores }, rankScores(scores));
      return choiceOf(rule, benign, lastWithin(benign, rule.contamination));
    }
  }
}

function choiceOf(rule: DecisionRule, { scores }: Cuts, last: number): Choice {
  const threshold = thresholdBelow(scores, last);
  return last >= 0
    ? { threshold }
    : { threshold, note: `no threshold keeps ${promiseWords(rule)} on validation: nothing is flagged` };
}

function promiseWords(rule: DecisionRule): string {
  if (rule.rule === "recall-at-precision") return `a precision of ${rule.precision}`;
  if (rule.rule === "benign-quantile") return `the share ${rule.contamination} of the benign rows`;
  if (rule.rule === "fpr-budget") return `the budget of ${rule.fpr} of the benign rows`;
  return `the rule ${rule.rule}`;
}

/** The nearest threshold to `threshold` that keeps the rule's promise on rows with these cuts. */
function kept(rule: DecisionRule, cuts: Cuts, threshold: number): Choice {
  const own = flaggedBy(cuts, threshold) - 1;
  let last = own;
  // Ends: with every row flagged the recall is 1.
  if (rule.rule === "precision-at-recall") while (!keeps(rule, cuts, last)) last++;
  else while (last >= 0 && !keeps(rule, cuts, last)) last--;
  return last === own && last >= 0 ? { threshold } : choiceOf(rule, cuts, last);
}

/** Whether flagging the distinct scores 0 … last (highest first) is what the rule promises. */
function keeps(rule: DecisionRule, cuts: Cuts, last: number): boolean {
  const { tp, fp } = countsAt(cuts, last);
  switch (rule.rule) {
    case "half":
    case "max-f1":
      return true;
    case "recall-at-precision":
      return tp / (tp + fp) >= rule.precision;
    case "precision-at-recall":
      return tp / cuts.attacks >= rule.recall;
    case "fpr-budget":
      return fp / cuts.benign <= rule.fpr;
    case "benign-quantile":
      return fp / cuts.benign <= rule.contamination;
  }
}

/** Rows flagged with the distinct scores 0 … last. */
function countsAt({ tp, fp }: Cuts, last: number): { readonly tp: number; readonly fp: number } {
  return last < 0 ? { tp: 0, fp: 0 } : { tp: tp[last], fp: fp[last] };
}

/** How many distinct scores are at or above a threshold. */
function flaggedBy({ scores }: Cuts, threshold: number): number {
  let flagged = 0;
  while (flagged < scores.length && scores[flagged] >= threshold) flagged++;
  return flagged;
}

function need(rows: number, kind: "attack" | "benign", rule: string): void {
  if (rows > 0) return;
  const other = kind === "attack" ? ", or the rule benign-quantile, which needs no attack" : "";
  throw new DataError(
    `decision: the rule ${rule} needs ${kind} rows in the validation part, and it has none. ` +
      `Choose another split, a larger splits.*.validation${other}.`,
  );
}

/**
 * The best cut that keeps the promise of a rule: the most F1, recall or precision, compared as fractions of integers; of
 * equal ones the first. -1 when none keeps it.
 */
function bestOf(rule: DecisionRule, cuts: Cuts): number {
  const { tp, fp, attacks } = cuts;
  // What is to be large: tp of `of`.
  const of = (g: number): number => {
    if (rule.rule === "recall-at-precision") return attacks;
    return rule.rule === "precision-at-recall" ? tp[g] + fp[g] : attacks + tp[g] + fp[g];
  };
  let best = -1;
  for (let g = 0; g < tp.length; g++) {
    if (!keeps(rule, cuts, g)) continue;
    if (best < 0 || tp[g] * of(best) > tp[best] * of(g)) best = g;
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

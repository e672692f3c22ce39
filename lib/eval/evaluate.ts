import { DataError } from "../base/errors.js";
import type { TextColumn } from "../table/table.js";
import { alertRates, alertReasons, type PartHours } from "./alerts.js";
import { prCurve, rocCurve } from "./curves.js";
import { familyCodes, untestedFamilies } from "./families.js";
import { type Bootstrap, bootstrapIntervals } from "./intervals.js";
import { atHalf, metricsOf, recallAtFpr, whyNull } from "./metrics.js";
import { type ClassScores, oneVsRest } from "./oneVsRest.js";
import { cutsOf, rankScores, type ScoredRows } from "./ranking.js";
import { reliabilityOf } from "./reliability.js";
import { metricNames, type PartDetails, type PartMetrics } from "./result.js";
import { type SortedPart, sortPart, type Tally, tally, thresholdOf } from "./tally.js";
import { eachRow, unitCount } from "./units.js";

/** One part of a split, scored: every array holds a value a row, in the order of the part's rows. */
export interface PartInput extends ScoredRows {
  /** Attack when score >= threshold; one for all rows, or one a row (rows scored by several models). */
  readonly threshold: number | Float64Array;
  /** Attack family of each row; what it says of benign rows is not looked at. */
  readonly family: TextColumn;
  /** Families of the training part, for seen, novel and untested; "benign" in it is not looked at. */
  readonly trainingFamilies: readonly string[];
  /**
   * The target's classes, the true and the most probable one of each row. Null for a binary target and for detectors:
   * then the classes are benign and attack, and what is predicted is the decision at the threshold. With two classes
   * the decision at the threshold is taken too, whatever `predicted` says.
   */
  readonly classes: {
    readonly names: readonly string[];
    readonly truth: ArrayLike<number>;
    readonly predicted: ArrayLike<number>;
    /** P(class c) of each row; null when no model of these rows knows the class. Without it classes have no areas. */
    readonly probabilities?: (c: number) => Float64Array | null;
  } | null;
  /**
   * True for a detector where the target has more classes than benign and attack: macro_f1 and weighted_f1, which are
   * over the target's classes, are then null, so that nobody compares two classes with many.
   */
  readonly coarse?: boolean;
  /** Subsets that papers report on their own, by name; rows outside of every subset are missing (code -1). */
  readonly subset: TextColumn | null;
  /** Hours of traffic that the rows amount to; without it there are no alerts an hour. */
  readonly time?: PartHours;
  readonly bootstrap: Bootstrap;
}

/**
 * All that the kit says of a model on one part of a split. Sees labels and scores, never a model.
 *
 * Counts, rates and curves are attack against benign; macro_f1, weighted_f1, confusion and per_class are over the
 * target's classes. An undefined value is null, with its reason in details.reasons under the value's name (`mcc`,
 * `recall_at_fpr.0.01`, `per_class.dos.precision`, `subsets.test-21.mcc`). Intervals are of a bootstrap over the
 * units of `bootstrap`; an interval of a recall of 0 or 1 has no width, however few rows it rests on: read its n.
 * @throws DataError when arrays differ in length, a score is not finite, or a probability lies outside of [0, 1]
 */
export function evaluatePart(input: PartInput): { metrics: PartMetrics; details: PartDetails } {
  checkInput(input);
  const ranking = rankScores(input.scores);
  const families = familyCodes(input.family, input.isAttack);
  const classes = classCells(input);
  const part = sortPart(input, ranking, input.threshold, {
    cell: classes.cell,
    classes: classes.names.length,
    family: families.codes,
    families: families.names.length,
  });
  const whole = tally(part, new Uint8Array(part.n).fill(1));
  const cuts = cutsOf(input, ranking);
  const subsets = subsetParts(input, part);
  const confusion = Array.from(classes.names, (_, c) =>
    Array.from(whole.confusion.counts.subarray(c * classes.names.length, (c + 1) * classes.names.length)),
  );
  const byClass = oneVsRest(whole.confusion, classes);
  const time = input.time ?? { reason: "the hours of the part are not known" };
  const metrics = partMetrics(whole, part, input.threshold, time);
  const known = families.names.map((name) => ({ name, seen: input.trainingFamilies.includes(name) }));
  const intervals = bootstrapIntervals(input.bootstrap, part, whole, known);
  const reasons = {
    ...nullReasons(metrics, whole, part, time),
    ...byClass.reasons,
    ...(input.coarse ? { averages: whyNull("macro_f1", whole, part) } : {}),
    ...(input.isProbability ? {} : { reliability: whyNull("ece", whole, part) }),
    ...Object.fromEntries(
      subsets.flatMap(({ name, sums, metrics: values }) =>
        Object.entries(nullReasons(values, sums, part, subsetTime)).map(([key, why]) => [
          `subsets.${name}.${key}`,
          why,
        ]),
      ),
    ),
    ...intervals.reasons,
  };
  return {
    metrics,
    details: {
      intervals: intervals.metrics,
      recall_at_fpr: intervals.recallAtFpr,
      units: unitCount(input.bootstrap.units ?? eachRow(part.n)),
      reasons,
      roc: rocCurve(cuts),
      pr: prCurve(cuts),
      confusion: { classes: classes.names, counts: confusion },
      per_class: byClass.perClass,
      averages: input.coarse ? null : byClass.averages,
      reliability: input.isProbability ? reliabilityOf(input.isAttack, input.scores) : null,
      families: known.map(({ name, seen }, f) => ({
        family: name,
        ...intervals.families[f],
        detected: whole.familyFlagged[f],
        seen,
      })),
      seen: intervals.seen,
      novel: intervals.novel,
      untested: untestedFamilies(input.trainingFamilies, families.names),
      subsets: Object.fromEntries(subsets.map(({ name, metrics: values }) => [name, values])),
    },
  };
}

function checkInput(input: PartInput): void {
  const { isAttack, scores, family, classes, subset, isProbability, threshold } = input;
  const n = isAttack.length;
  const lengths: [string, number][] = [
    ["scores", scores.length],
    ["family", family.codes.length],
    ["truth", classes?.truth.length ?? n],
    ["predicted", classes?.predicted.length ?? n],
    ["subset", subset?.codes.length ?? n],
    ["threshold", typeof threshold === "number" ? n : threshold.length],
  ];
  for (const [name, length] of lengths) {
    if (length !== n) throw new DataError(`eval: ${name} has ${length} rows, ${n} were expected.`);
  }
  const k = classes?.names.length ?? 0;
  for (let i = 0; classes !== null && i < n; i++) {
    const known = (c: number): boolean => Number.isInteger(c) && c >= 0 && c < k;
    if (known(classes.truth[i]) && known(classes.predicted[i])) continue;
    throw new DataError(
      `eval: row ${i} has class ${classes.truth[i]}, predicted ${classes.predicted[i]}; 0 to ${k - 1} were expected.`,
    );
  }
  if (!isProbability) return;
  for (let i = 0; i < n; i++) {
    if (scores[i] < -1e-5 || scores[i] > 1 + 1e-5) {
      throw new DataError(
        `eval: the score of row ${i} is ${scores[i]}; a probability in [0, 1] was expected. ` +
          `Scores of a detector are no probabilities.`,
      );
    }
  }
}

/** Class names and scores, and per row truth · classes + predicted. */
function classCells(input: PartInput): ClassScores & { readonly cell: Int32Array } {
  const { isAttack, scores, isProbability, threshold, classes } = input;
  if (classes !== null && classes.names.length > 2) {
    const { names, truth, predicted, probabilities = () => null } = classes;
    return {
      ...{ names, truth, comparable: isProbability, scores: probabilities },
      cell: Int32Array.from(truth, (c, i) => c * names.length + predicted[i]),
    };
  }
  const attack = Float64Array.from(scores);
  return {
    names: classes?.names ?? ["benign", "attack"],
    truth: isAttack,
    scores: (c) => (c === 1 ? attack : attack.map((score) => (isProbability ? 1 - score : -score))),
    comparable: isProbability,
    cell: Int32Array.from(
      isAttack,
      (truth, i) => truth * 2 + (scores[i] >= thresholdOf(threshold, i) ? 1 : 0),
    ),
  };
}

/** A subset is chosen by other things than time. */
const subsetTime: PartHours = { reason: "a subset has no hours of its own" };

function partMetrics(t: Tally, part: SortedPart, cut: number | Float64Array, time: PartHours): PartMetrics {
  const threshold = typeof cut === "number" ? cut : null;
  const { n, tp, fp } = t;
  const counts = { n, tp, fp, tn: n - t.attacks - fp, fn: t.attacks - tp };
  const values = metricsOf(t, part);
  return {
    ...counts,
    ...values,
    recall_at_fpr: recallAtFpr(t),
    threshold,
    ...alertRates(t, time),
    at_half: atHalf(t, part),
  };
}

/** The reason of every null among the metrics, by name. */
function nullReasons(
  metrics: PartMetrics,
  t: Tally,
  part: SortedPart,
  time: PartHours,
): Record<string, string> {
  const named: [string, number | null][] = [
    ...metricNames.map((name): [string, number | null] => [name, metrics[name]]),
    ...Object.entries(metrics.recall_at_fpr).map(([key, value]): [string, number | null] => [
      `recall_at_fpr.${key}`,
      value,
    ]),
    ...Object.entries(metrics.at_half).map(([key, value]): [string, number | null] => [
      `at_half.${key}`,
      value,
    ]),
  ];
  return {
    ...Object.fromEntries(
      named.filter(([, value]) => value === null).map(([name]) => [name, whyNull(name, t, part)]),
    ),
    ...alertReasons(metrics, t, time),
  };
}

/** Metrics of each named subset: its rows counted once, all others not at all. */
function subsetParts(
  { subset, threshold }: PartInput,
  part: SortedPart,
): { name: string; sums: Tally; metrics: PartMetrics }[] {
  if (subset === null) return [];
  return subset.dictionary.flatMap((name, code) => {
    const sums = tally(
      part,
      Uint8Array.from(part.order, (row) => (subset.codes[row] === code ? 1 : 0)),
    );
    return sums.n === 0 ? [] : [{ name, sums, metrics: partMetrics(sums, part, threshold, subsetTime) }];
  });
}

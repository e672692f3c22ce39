import { breathe } from "../base/breathe.js";
import type { TextColumn } from "../table/table.js";
import { familyCodes } from "./families.js";
import { holm } from "./holm.js";
import { type IntervalKind, interval95 } from "./interval95.js";
import { type Bootstrap, columnsOf, jackknifeGroups } from "./intervals.js";
import { type McNemar, mcnemar } from "./mcnemar.js";
import { rankScores } from "./ranking.js";
import { type ResampledValues, resampledInTurns } from "./resamples.js";
import { type MetricName, metricNames, type UnitCount } from "./result.js";
import { type SortedPart, sortPart, tally } from "./tally.js";
import { eachRow, unitCount } from "./units.js";
import { valuesOf } from "./values.js";

/** What is compared between two models. */
export const pairedMetrics = [
  "accuracy",
  "macro_f1",
  "roc_auc",
  "average_precision",
  "recall",
  "fpr",
] as const;
export type PairedMetric = (typeof pairedMetrics)[number];

/** A difference counts when its corrected p-value is below this. */
export const ALPHA = 0.05;

/** The truth about some rows. */
export interface PairedRows {
  readonly isAttack: Uint8Array;
  readonly family: TextColumn;
  /** The target's classes and the class of each row, where there are more than two; else null. */
  readonly classes: { readonly names: readonly string[]; readonly truth: ArrayLike<number> } | null;
}

/** What one model said of them. */
export interface PairedModel {
  readonly name: string;
  readonly score: ArrayLike<number>;
  /** 1: called an attack, at the model's own frozen threshold. */
  readonly decision: ArrayLike<number>;
  /** Place of the most probable class in `classes.names`; null for a binary target or a detector. */
  readonly predicted: ArrayLike<number> | null;
}

/** One metric of two models: b minus a, null where it is undefined or not resampled. */
export interface Difference {
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly p: number | null;
  /** p corrected for the number of pairs. */
  readonly p_holm: number | null;
  readonly differs: boolean;
}

export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly metrics: Readonly<Record<PairedMetric, Difference>>;
  readonly mcnemar: McNemar & { readonly p_holm: number; readonly differs: boolean };
}

/** Pairs of models on the same rows. */
export interface PairedPart {
  readonly n: number;
  readonly resamples: number;
  readonly units: UnitCount;
  readonly pairs: readonly Pair[];
}

/** More models than this, and a matrix of every two of them is no longer read. */
export const MANY_MODELS = 12;

/** `eval.pairs` of params.yaml: every two models, or each with the best one; auto: by their number. */
export const pairChoices = ["auto", "all", "best"] as const;

/** Whether each model is compared with one only, the control. */
export function hasControl(pairs: (typeof pairChoices)[number], models: number): boolean {
  return pairs === "best" || (pairs === "auto" && models > MANY_MODELS);
}

/**
 * Compare some models on the same rows, every two or each with a control: the same resamples for all of them, so that what
 * is hard or easy in a resample is so for both and only the difference is left. The 95% interval is of one pair; p-values
 * are corrected over the pairs (Holm), metric by metric, and `differs` goes by these.
 *
 * A bootstrap p-value is twice the share of resamples whose difference lies on the other side of 0, at least 2 / (resamples
 * + 1): with many pairs more resamples are drawn than asked for, so that Holm's correction can reject at all.
 * @param options control: the model that each other is compared with (n − 1 pairs, each with it as `a`); default none
 * Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapters 15 and 16; Demšar 2006, "Statistical
 *   comparisons of classifiers over multiple data sets", section 3.2.2, on comparing with a control.
 */
export async function pairedPart(
  rows: PairedRows,
  models: readonly PairedModel[],
  options: Bootstrap & { readonly control?: string | undefined },
): Promise<PairedPart> {
  const { interval = "percentile", workers, control, ...bootstrap } = options;
  const n = rows.isAttack.length;
  const units = bootstrap.units ?? eachRow(n);
  const both = pairsOf(models, control);
  const resamples = enoughResamples(bootstrap.resamples, both.length);
  const parts: SortedPart[] = [];
  for (const model of models) {
    parts.push(sortedPart(rows, model));
    await breathe();
  }
  const seen = Array.from({ length: parts[0]?.families ?? 0 }, () => true);
  const points = parts.map((part) => valuesOf(tally(part, new Uint8Array(n).fill(1)), part, seen));
  const values =
    resamples === 0 || n === 0 || both.length === 0
      ? null
      : await resampledInTurns(
          {
            parts: parts.map((part) => ({ part, seen, unitAt: unitsByPosition(part, units.of) })),
            units: units.count,
            resamples,
            groups: jackknifeGroups(interval, units.count),
            stream: bootstrap.rng.path,
          },
          workers,
        );
  const byMetric = new Map<PairedMetric, Difference[]>();
  for (const metric of pairedMetrics) {
    const v = metricNames.indexOf(metric satisfies MetricName);
    const found: Omit<Difference, "p_holm" | "differs">[] = [];
    for (const [i, j] of both) {
      const [a, b] = [points[i][v], points[j][v]];
      const drawn = values === null ? null : distribution(values[i], values[j], v, resamples, b - a);
      found.push(differenceOf(a, b, drawn, interval));
      await breathe();
    }
    const corrected = holm(found.map(({ p }) => p));
    byMetric.set(
      metric,
      found.map((each, k) => ({ ...each, p_holm: corrected[k], differs: (corrected[k] ?? 1) < ALPHA })),
    );
  }
  const tests = both.map(([i, j]) => discordance(rows.isAttack, models[i].decision, models[j].decision));
  const corrected = holm(tests.map(({ p }) => p)) as number[];
  return {
    n,
    resamples,
    units: unitCount(units),
    pairs: both.map(([i, j], k) => ({
      a: models[i].name,
      b: models[j].name,
      metrics: Object.fromEntries(
        pairedMetrics.map((metric) => [metric, byMetric.get(metric)![k]]),
      ) as Pair["metrics"],
      mcnemar: { ...tests[k], p_holm: corrected[k], differs: corrected[k] < ALPHA },
    })),
  };
}

/** Places of the models of each pair: every two in their order, or the control and each other. */
function pairsOf(models: readonly PairedModel[], control: string | undefined): [number, number][] {
  const places = [...models.keys()];
  if (control === undefined)
    return places.flatMap((i) => places.slice(i + 1).map((j): [number, number] => [i, j]));
  const at = models.findIndex(({ name }) => name === control);
  return places.filter((i) => i !== at).map((i) => [at, i]);
}

/** At least as many resamples as let the smallest p-value survive Holm's correction, in thousands. */
export function enoughResamples(asked: number, pairs: number): number {
  if (asked === 0) return 0;
  const least = (2 * pairs) / ALPHA;
  return asked >= least ? asked : Math.ceil((least + 1) / 1000) * 1000;
}

/** By position, so that the rows of all models are counted as in one and the same resample. */
function unitsByPosition({ order }: SortedPart, of: Int32Array | null): Int32Array {
  return of === null ? order : order.map((row) => of[row]);
}

function sortedPart({ isAttack, family, classes }: PairedRows, model: PairedModel): SortedPart {
  const { score, decision, predicted } = model;
  const { names, codes } = familyCodes(family, isAttack);
  const many = classes !== null && predicted !== null;
  const cell = many
    ? Int32Array.from(isAttack, (_, i) => classes.truth[i] * classes.names.length + predicted[i])
    : Int32Array.from(isAttack, (attack, i) => attack * 2 + decision[i]);
  return sortPart(
    { isAttack, scores: score, isProbability: false, coarse: classes !== null && predicted === null },
    rankScores(score),
    // The decision is what counts: rows of a k-fold split have one threshold a fold.
    Float64Array.from(isAttack, (_, i) => (decision[i] === 1 ? -Infinity : Infinity)),
    { cell, classes: many ? classes.names.length : 2, family: codes, families: names.length },
  );
}

interface Drawn {
  readonly point: number;
  readonly resampled: Float64Array;
  readonly jackknife: Float64Array;
}

function distribution(
  a: ResampledValues,
  b: ResampledValues,
  v: number,
  resamples: number,
  point: number,
): Drawn {
  const [x, y] = [columnsOf(a, v, resamples), columnsOf(b, v, resamples)];
  return {
    point,
    resampled: y.resampled.map((value, i) => value - x.resampled[i]),
    jackknife: y.jackknife.map((value, i) => value - x.jackknife[i]),
  };
}

function differenceOf(
  a: number,
  b: number,
  drawn: Drawn | null,
  interval: IntervalKind,
): Omit<Difference, "p_holm" | "differs"> {
  const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const known = { a: number(a), b: number(b), difference: number(b - a) };
  const ends = drawn === null || known.difference === null ? null : interval95(interval, drawn);
  if (drawn === null || ends === null) return { ...known, lo: null, hi: null, p: null };
  return { ...known, lo: ends.lo, hi: ends.hi, p: pValue(drawn.resampled) };
}

/** Twice the share of resamples on the rarer side of 0; a difference of 0 is on both. */
function pValue(differences: Float64Array): number {
  let [below, above, defined] = [0, 0, 0];
  for (const difference of differences) {
    if (difference <= 0) below++;
    if (difference >= 0) above++;
    if (!Number.isNaN(difference)) defined++;
  }
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (defined + 1));
}

function discordance(isAttack: Uint8Array, a: ArrayLike<number>, b: ArrayLike<number>): McNemar {
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < isAttack.length; i++) {
    if (a[i] === b[i]) continue;
    if (a[i] === isAttack[i]) onlyA++;
    else onlyB++;
  }
  return mcnemar(onlyA, onlyB);
}

import { compareText } from "../base/json.js";
import { quantile } from "../base/statistics.js";
import type { Column, TextColumn } from "../table/table.js";

type Numbers = ArrayLike<number>;

/** Above this a population stability index is called a large shift; .1 to .25 a moderate one (Siddiqi 2006). */
export const PSI_LARGE = 0.25;

/**
 * Population stability index of one column: Σ (b − a) · ln(b / a) over bins, where a and b are the shares of reference and
 * current rows in a bin. Numbers are cut at the reference's deciles (fewer where values repeat), a category has a bin a
 * level, missing values have a bin of their own. Half a row is added to every bin, so that an empty one has a logarithm;
 * few rows therefore look a little closer to each other than they are.
 * @returns 0 for equal shares, no upper end; null when one side has no rows
 * @throws RangeError when one column is text and the other is not (a fault of the caller)
 * Source: Siddiqi 2006, Credit Risk Scorecards; it is the symmetric Kullback-Leibler divergence of Jeffreys 1946.
 */
export function psi(reference: Column, current: Column): number | null {
  if (reference.kind === "text" && current.kind === "text") return psiOfLevels(reference, current);
  if (reference.kind === "number" && current.kind === "number")
    return psiOfNumbers(reference.values, current.values);
  throw new RangeError("drift: a column is text on one side and numbers on the other");
}

const DECILES = 10;

function psiOfNumbers(reference: Numbers, current: Numbers): number | null {
  const sorted = present(reference);
  const edges: number[] = [];
  for (let i = 1; i < DECILES && sorted.length > 0; i++) {
    const edge = quantile(sorted, i / DECILES);
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge);
  }
  const bins = edges.length + 2;
  const counts = (values: Numbers): Float64Array => {
    const into = new Float64Array(bins);
    for (let i = 0; i < values.length; i++) into[binOf(values[i], edges)]++;
    return into;
  };
  return divergence(counts(reference), counts(current));
}

/** 0 for missing, else 1 more than the number of edges that lie below the value. */
function binOf(value: number, edges: readonly number[]): number {
  if (Number.isNaN(value)) return 0;
  let bin = 1;
  while (bin <= edges.length && value > edges[bin - 1]) bin++;
  return bin;
}

function psiOfLevels(reference: TextColumn, current: TextColumn): number | null {
  const names = [...new Set([...used(reference), ...used(current)])].sort(compareText);
  const place = new Map(names.map((name, i) => [name, i + 1]));
  const counts = ({ codes, dictionary }: TextColumn): Float64Array => {
    const into = new Float64Array(names.length + 1);
    for (const code of codes) into[code < 0 ? 0 : (place.get(dictionary[code]) ?? 0)]++;
    return into;
  };
  return divergence(counts(reference), counts(current));
}

function divergence(a: Float64Array, b: Float64Array): number | null {
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0);
  if (sum(a) === 0 || sum(b) === 0) return null;
  // Bins that neither side fills say nothing.
  const bins = a.length - a.filter((count, i) => count === 0 && b[i] === 0).length;
  const [n, m] = [sum(a) + bins / 2, sum(b) + bins / 2];
  let total = 0;
  a.forEach((count, i) => {
    if (count === 0 && b[i] === 0) return;
    const [p, q] = [(count + 0.5) / n, (b[i] + 0.5) / m];
    total += (q - p) * Math.log(q / p);
  });
  return total;
}

/**
 * Two-sample Kolmogorov-Smirnov statistic: the largest distance between the two cumulative distributions, missing values
 * left out.
 * @returns 0 to 1; null when a side has no value
 * Source: Smirnov 1939. Equal to scipy.stats.ks_2samp(a, b).statistic.
 */
export function ks(reference: Numbers, current: Numbers): number | null {
  const a = present(reference);
  const b = present(current);
  if (a.length === 0 || b.length === 0) return null;
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/** How the mix of classes differs between two sets of rows. */
export interface ClassShift {
  /** Total variation: half the sum of the absolute differences of the shares, 0 (the same mix) to 1 (none in common). */
  readonly distance: number;
  /** Shares of each class, largest difference first. */
  readonly classes: readonly { readonly class: string; readonly from: number; readonly to: number }[];
}

/** @returns null when a side has no rows with a class */
export function classShift(reference: TextColumn, current: TextColumn): ClassShift | null {
  const from = shares(reference);
  const to = shares(current);
  if (from.size === 0 || to.size === 0) return null;
  const names = [...new Set([...from.keys(), ...to.keys()])].sort(compareText);
  const classes = names.map((name) => ({ class: name, from: from.get(name) ?? 0, to: to.get(name) ?? 0 }));
  const size = (each: (typeof classes)[number]): number => Math.abs(each.to - each.from);
  return {
    distance: classes.reduce((sum, each) => sum + size(each), 0) / 2,
    classes: classes.sort((a, b) => size(b) - size(a) || compareText(a.class, b.class)),
  };
}

/**
 * Share of the current rows with a category that no reference row has, in at least one of the columns: what a model
 * trained on the reference cannot know. A missing value is not unknown.
 * @param pairs category columns of the reference and of the current rows
 * @returns 0 when there is no category column; null when there are no current rows
 */
export function unknownCategoryRate(pairs: readonly (readonly [TextColumn, TextColumn])[]): number | null {
  if (pairs.length === 0) return 0;
  const rows = pairs[0][1].codes.length;
  if (rows === 0) return null;
  const flagged = new Uint8Array(rows);
  for (const [reference, { codes, dictionary }] of pairs) {
    const known = used(reference);
    const unknown = dictionary.map((name) => !known.has(name));
    codes.forEach((code, row) => {
      if (code >= 0 && unknown[code]) flagged[row] = 1;
    });
  }
  return flagged.reduce((sum, flag) => sum + flag, 0) / rows;
}

function present(values: Numbers): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/** The texts that occur. */
function used({ codes, dictionary }: TextColumn): Set<string> {
  const seen = new Set<string>();
  for (const code of new Set(codes)) if (code >= 0) seen.add(dictionary[code]);
  return seen;
}

/** Share of each text among the rows that have one. */
function shares({ codes, dictionary }: TextColumn): Map<string, number> {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const code of codes) {
    if (code < 0) continue;
    rows++;
    counts.set(dictionary[code], (counts.get(dictionary[code]) ?? 0) + 1);
  }
  return new Map(Array.from(counts, ([name, count]) => [name, count / rows]));
}

import type { Matrix } from "../contract.js";
import { belowFloat32 } from "../trees/float32.js";
import type { Steps } from "./stepSums.js";

/** How improbable a column's values are from either side, by the benign rows alone. */
export interface Tails {
  /** As in `Steps`: intervals between benign values and the values themselves take turns. */
  readonly at: Float32Array;
  /** −log((benign values ≤ x, + 1) / (n + 1)) of each interval. */
  readonly left: Float64Array;
  /** −log((benign values ≥ x, + 1) / (n + 1)). */
  readonly right: Float64Array;
  /** Sign of the skewness of the benign values: −1, 0 or 1. */
  readonly skew: number;
}

/**
 * Empirical tails of a column. A column of more distinct values than `steps` is told in groups of neighbouring values
 * which are equally wide in the logarithm of the odds, so that the tails, where anomalies are, stay fine: no value
 * changes by more than 2 log(n + 1) / steps.
 */
export function columnTails({ rows, columns, data }: Matrix, column: number, steps: number): Tails {
  const sorted = Float32Array.from({ length: rows }, (_, i) => data[i * columns + column]).sort();
  const groups = grouped(sorted, steps);
  const at: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const surprise = (count: number): number => -Math.log((count + 1) / (rows + 1));
  const add = (end: number, below: number, notBelow: number): void => {
    if (at.length > 0 && end <= at[at.length - 1]) return; // nothing fits between neighbouring float32
    at.push(end);
    left.push(surprise(below));
    right.push(surprise(notBelow));
  };
  for (const { first, end } of groups) {
    add(belowFloat32(sorted[first]), first, rows - first);
    add(sorted[end - 1], end, rows - first);
  }
  return {
    at: Float32Array.from(at),
    left: Float64Array.from([...left, surprise(rows)]),
    right: Float64Array.from([...right, surprise(0)]),
    skew: skewSign(sorted),
  };
}

/** Steps of one column with functions made of its tails. */
export function tailSteps(
  tails: Tails,
  functions: readonly ((left: number, right: number, skew: number) => number)[],
): Steps {
  const { at, left, right, skew } = tails;
  return { at, values: functions.map((make) => left.map((l, k) => make(l, right[k], skew))) };
}

interface Group {
  /** Place of its first value among the sorted, and one past its last. */
  readonly first: number;
  readonly end: number;
}

function grouped(sorted: Float32Array, steps: number): Group[] {
  const n = sorted.length;
  const distinct: Group[] = [];
  for (let first = 0; first < n; ) {
    let end = first + 1;
    while (end < n && sorted[end] === sorted[first]) end++;
    distinct.push({ first, end });
    first = end;
  }
  if (distinct.length <= steps) return distinct;
  const odds = (place: number): number => Math.log((place + 1) / (n - place + 1));
  const width = (2 * Math.log(n + 1)) / steps;
  const groups: Group[] = [];
  let open = distinct[0];
  for (const next of distinct.slice(1)) {
    if (odds(next.end) - odds(open.first) <= width) open = { first: open.first, end: next.end };
    else {
      groups.push(open);
      open = next;
    }
  }
  groups.push(open);
  return groups;
}

function skewSign(sorted: Float32Array): number {
  let mean = 0;
  for (const x of sorted) mean += x / sorted.length;
  let [second, third] = [0, 0];
  for (const x of sorted) {
    const from = x - mean;
    second += from * from;
    third += from * from * from;
  }
  // Of rounding alone, as in a symmetric column, there is no side.
  const skewness = third / sorted.length / Math.max(second / sorted.length, Number.MIN_VALUE) ** 1.5;
  return sorted[0] === sorted[sorted.length - 1] || Math.abs(skewness) < 1e-12 ? 0 : Math.sign(skewness);
}

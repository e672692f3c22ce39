import { DataError } from "../base/errors.js";
import type { Rng } from "../base/rng.js";
import { areasOf } from "../eval/areas.js";
import { probabilityErrors } from "../eval/reliability.js";
import type { Matrix } from "../table/matrix.js";

/** What permuted columns cost: average precision lost, or log-loss gained. */
export const importanceMetrics = ["average_precision", "log_loss"] as const;
export type ImportanceMetric = (typeof importanceMetrics)[number];

export interface PermutationOptions {
  readonly metric: ImportanceMetric;
  /** Permutations of each column; at least 2, for an interval. */
  readonly repeats: number;
  /** Each column and repeat has its own stream, by its name. */
  readonly rng: Rng;
  /** Rows of a window, where X is of windows: the values of a column move with the window that they stand in. */
  readonly window?: number;
}

/** By how much the metric gets worse without what a column says: mean over the permutations, 95% interval of the mean. */
export interface ColumnImportance {
  readonly name: string;
  readonly drop: number;
  readonly lo: number;
  readonly hi: number;
}

export interface PermutationImportance {
  readonly metric: ImportanceMetric;
  readonly rows: number;
  readonly repeats: number;
  /** The metric with every column as it is. */
  readonly baseline: number;
  /** In the order of the columns. */
  readonly columns: readonly ColumnImportance[];
}

/** Rows that are scored in one call. */
const BATCH = 1 << 16;

/**
 * Permutation importance of the columns of any model that scores rows: the values of one column change places among the
 * rows, categories too, and the metric falls by what the model took from it. The interval (Student's t over the
 * permutations) says how much chance there is in the permutations; the rows stay the same.
 *
 * Known limit: of strongly correlated columns each can stand in for the others, so that all of them look unimportant.
 * Source: Breiman 2001, Random forests, Machine Learning 45; Fisher, Rudin and Dominici 2019, arXiv:1801.01489.
 * @param score P(attack) or an anomaly score of each row; log_loss needs probabilities
 * @param X n × d, or n × window·d
 * @param names of the columns, or of the first of them
 * @param isAttack 1 for attack, by row
 * @throws DataError when the rows are not of both classes
 */
export async function permutationImportance(
  score: (X: Matrix) => Promise<Float64Array>,
  X: Matrix,
  isAttack: Uint8Array,
  names: readonly string[],
  options: PermutationOptions,
): Promise<PermutationImportance> {
  const attacks = isAttack.reduce((sum, flag) => sum + flag, 0);
  if (attacks === 0 || attacks === X.rows) {
    throw new DataError(
      `explain: permutation importance needs rows of both classes, found ${attacks} attacks among ${X.rows} rows. ` +
        "Choose another split.",
    );
  }
  const { metric, repeats, rng, window = 1 } = options;
  const worth = metric === "log_loss" ? likelihood : averagePrecision;
  const baseline = worth(isAttack, await score(X));
  const columns: ColumnImportance[] = [];
  const loss = (scores: Float64Array): number => baseline - worth(isAttack, scores);
  for (const [j, name] of names.entries()) {
    const places = Array.from({ length: window }, (_, step) => step * (X.columns / window) + j);
    const drops = places.every((place) => isConstant(X, place))
      ? new Array<number>(repeats).fill(0)
      : await dropsOf(score, X, places, rng.fork(name), repeats, loss);
    columns.push({ name, ...meanInterval(drops) });
  }
  return { metric, rows: X.rows, repeats, baseline: metric === "log_loss" ? -baseline : baseline, columns };
}

function isConstant({ rows, columns, data }: Matrix, j: number): boolean {
  for (let row = 1; row < rows; row++) if (!Object.is(data[row * columns + j], data[j])) return false;
  return true;
}

/** The metric's losses with the columns at `places` permuted together, several permutations to a call. */
async function dropsOf(
  score: (X: Matrix) => Promise<Float64Array>,
  { rows, columns, data }: Matrix,
  places: readonly number[],
  rng: Rng,
  repeats: number,
  loss: (scores: Float64Array) => number,
): Promise<number[]> {
  const together = Math.max(1, Math.min(repeats, Math.floor(BATCH / rows)));
  const drops: number[] = [];
  for (let first = 0; first < repeats; first += together) {
    const count = Math.min(together, repeats - first);
    const permuted = new Float32Array(count * data.length);
    for (let r = 0; r < count; r++) {
      const from = rng.fork(first + r).shuffle(Int32Array.from({ length: rows }, (_, row) => row));
      permuted.set(data, r * data.length);
      for (let row = 0; row < rows; row++) {
        for (const j of places) permuted[r * data.length + row * columns + j] = data[from[row] * columns + j];
      }
    }
    const scores = await score({ rows: count * rows, columns, data: permuted });
    for (let r = 0; r < count; r++) drops.push(loss(scores.subarray(r * rows, (r + 1) * rows)));
  }
  return drops;
}

/** As in the metrics; there are rows of both kinds. */
function averagePrecision(isAttack: Uint8Array, scores: Float64Array): number {
  const of = (kind: number): Float64Array => scores.filter((_, row) => isAttack[row] === kind);
  return areasOf(of(1), of(0))?.averagePrecision ?? 1;
}

/** Mean ln of the probability of the truth. */
function likelihood(isAttack: Uint8Array, scores: Float64Array): number {
  return -probabilityErrors(isAttack, scores).log_loss;
}

/** 97.5% quantiles of Student's t by degrees of freedom, from 1; beyond them that of 31, which is wider than needed. */
const studentT = [
  ...[12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604],
  ...[2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555],
  ...[2.0518, 2.0484, 2.0452, 2.0423, 2.0395],
];

function meanInterval(drops: readonly number[]): Omit<ColumnImportance, "name"> {
  const n = drops.length;
  const drop = drops.reduce((sum, value) => sum + value, 0) / n;
  const variance = drops.reduce((sum, value) => sum + (value - drop) ** 2, 0) / (n - 1);
  const half = studentT[Math.min(n - 2, studentT.length - 1)] * Math.sqrt(variance / n);
  return { drop, lo: drop - half, hi: drop + half };
}

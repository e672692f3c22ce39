import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FeatureInfo, Matrix, Rows } from "../contract.js";

/**
 * For each category column the rank of each level, once per model, so that a tree splits it as an ordered number.
 * Source: Wright and König 2019, "Splitting on categorical predictors in random forests", PeerJ 7:e6339 (the default
 * of ranger); for many classes Coppersmith, Hong and Hosking 1999, "Partitioning nominal attributes in decision trees".
 */
export interface CategoryRanks {
  readonly column: number;
  /** Rank by code; NaN for a level that the training rows do not hold. */
  readonly ranks: Float32Array;
  /** Rank of a level that has no code (-1); NaN: treated as missing. */
  readonly unseen: number;
}

/** Levels by mean response: the share of attacks, or with many classes the first principal component. */
export function ranksByResponse(rows: Rows): CategoryRanks[] {
  return categoryColumns(rows.features).map(({ column, levels }) => {
    const counts = countClasses(rows, column, levels);
    return { column, ranks: rankOf(response(counts, levels, rows.classes.length), counts.seen), unseen: NaN };
  });
}

/**
 * Levels by frequency, commonest first: for models that see no response. A level that the rows do not hold, coded or
 * not, comes after the rarest one.
 */
export function ranksByFrequency(rows: Rows): CategoryRanks[] {
  return categoryColumns(rows.features).map(({ column, levels }) => {
    const { seen } = countClasses(rows, column, levels);
    const ranks = rankOf(
      Float64Array.from(seen, (count) => -count),
      seen,
    );
    const last = ranks.reduce((most, rank) => Math.max(most, rank + 1 || 0), 0);
    return { column, ranks: ranks.map((rank) => (Number.isNaN(rank) ? last : rank)), unseen: last };
  });
}

function categoryColumns(features: readonly FeatureInfo[]): { column: number; levels: number }[] {
  return features.flatMap((feature, column) =>
    feature.kind === "category" ? [{ column, levels: feature.levels.length }] : [],
  );
}

interface LevelCounts {
  /** levels × classes */
  readonly byClass: Float64Array;
  readonly seen: Float64Array;
}

function countClasses(rows: Rows, column: number, levels: number): LevelCounts {
  const k = rows.classes.length;
  const byClass = new Float64Array(levels * k);
  const seen = new Float64Array(levels);
  for (let i = 0; i < rows.X.rows; i++) {
    const code = rows.X.data[i * rows.X.columns + column];
    if (!(code >= 0)) continue;
    byClass[code * k + rows.y[i]]++;
    seen[code]++;
  }
  return { byClass, seen };
}

/** One number a level: its share of class 1 of two classes, else its score on the first principal component. */
function response({ byClass, seen }: LevelCounts, levels: number, k: number): Float64Array {
  const shares = byClass.map((count, i) => count / Math.max(1, seen[Math.floor(i / k)]));
  if (k === 2) return Float64Array.from({ length: levels }, (_, level) => shares[level * 2 + 1]);
  const axis = principalAxis(shares, seen, k);
  return Float64Array.from({ length: levels }, (_, level) =>
    axis.reduce((sum, weight, c) => sum + weight * shares[level * k + c], 0),
  );
}

/** First principal axis of the levels' class shares, each level weighted by its rows: power iteration. */
function principalAxis(shares: Float64Array, weights: Float64Array, k: number): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const mean = new Float64Array(k);
  shares.forEach((share, i) => {
    mean[i % k] += (share * weights[Math.floor(i / k)]) / total;
  });
  const covariance = new Float64Array(k * k);
  for (let level = 0; level < weights.length; level++) {
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k; b++) {
        const product = (shares[level * k + a] - mean[a]) * (shares[level * k + b] - mean[b]);
        covariance[a * k + b] += product * weights[level];
      }
    }
  }
  // Shares sum to 1, so the constant vector is in the null space: start from something else.
  let axis = Float64Array.from({ length: k }, (_, c) => 1 / (c + 1));
  for (let step = 0; step < 200; step++) {
    const next = axis.map((_, a) => axis.reduce((sum, value, b) => sum + covariance[a * k + b] * value, 0));
    const norm = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) break;
    axis = next.map((value) => value / norm);
  }
  return axis;
}

/** Rank of each level by `score` (ties: by level); NaN where no row has it. */
function rankOf(score: Float64Array, seen: Float64Array): Float32Array {
  const ranks = new Float32Array(score.length).fill(NaN);
  const order = Array.from(score.keys()).filter((level) => seen[level] > 0);
  order.sort((a, b) => score[a] - score[b] || a - b);
  order.forEach((level, rank) => {
    ranks[level] = rank;
  });
  return ranks;
}

/** The matrix with ranks in place of codes; the same matrix when there are no category columns. */
export function toRanks(X: Matrix, categories: readonly CategoryRanks[]): Float32Array {
  if (categories.length === 0) return X.data;
  const data = X.data.slice();
  for (const { column, ranks, unseen } of categories) {
    for (let at = column; at < data.length; at += X.columns) {
      const code = data[at];
      data[at] = code >= 0 ? (ranks[code] ?? unseen) : code < 0 ? unseen : NaN;
    }
  }
  return data;
}

/** What the trees read in the graph, and where each column of X is in it. */
export interface RankedInput {
  readonly value: Value;
  readonly columnOf: (column: number) => number;
}

/**
 * The same in ONNX: the columns of X, then a column of ranks for each category column, looked up in one constant table.
 * A NaN never reaches the cast to an integer, whose result would be undefined.
 */
export function emitRanks(
  onnx: OnnxBuilder,
  X: Value,
  columns: number,
  categories: readonly CategoryRanks[],
): RankedInput {
  if (categories.length === 0) return { value: X, columnOf: (column) => column };
  const c = categories.length;
  const row = (values: readonly number[]): Value => onnx.tensor("float", [1, c], values);
  // One stretch of the table a column: missing, unseen, level 0, level 1, …
  const table: number[] = [];
  const start = categories.map(({ ranks, unseen }) => table.push(NaN, unseen, ...ranks) - ranks.length - 2);
  const codes = onnx.node(
    "Gather",
    [
      X,
      onnx.tensor(
        "int64",
        [c],
        categories.map((each) => each.column),
      ),
    ],
    {
      axis: { int: 1 },
    },
  );
  const known = onnx.node("Where", [onnx.node("IsNaN", [codes]), row(categories.map(() => -2)), codes]);
  const lifted = onnx.node("Max", [known, row(categories.map(() => -2))]);
  const clipped = onnx.node("Min", [lifted, row(categories.map(({ ranks }) => ranks.length - 1))]);
  const at = onnx.node("Add", [clipped, row(start.map((offset) => offset + 2))]);
  const index = onnx.node("Cast", [at], { to: { int: 7 } });
  const ranks = onnx.node("Gather", [onnx.tensor("float", [table.length], table), index], {
    axis: { int: 0 },
  });
  const rankColumn = new Map(categories.map((each, j) => [each.column, columns + j]));
  return {
    value: onnx.node("Concat", [X, ranks], { axis: { int: 1 } }),
    columnOf: (column) => rankColumn.get(column) ?? column,
  };
}

import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { emitEnsemble } from "../trees/emitEnsemble.js";
import { type Ensemble, type Tree, TreeBuilder } from "../trees/ensemble.js";

/** Where a score stands among training scores, as a function of the score alone. */
export interface RankCurve {
  /** Training scores, rising, as float32: what model.onnx compares with. */
  readonly at: Float32Array;
  /** Share of the training scores below each, half of the equal ones among them. */
  readonly rank: Float64Array;
  /** How far above the highest one a score goes halfway from there to 1 more. */
  readonly spread: number;
}

/**
 * Training scores closer than this, relatively, share a knot: else the rounding of a score to float32 would move its rank
 * where many scores are equal.
 */
const NEAR = 2e-3;

/** @param scores of the training rows, at least one */
export function fitRanks(scores: Float64Array): RankCurve {
  const sorted = Float32Array.from(scores).sort();
  const n = sorted.length;
  const at: number[] = [];
  const rank: number[] = [];
  for (let start = 0, end = 0; start < n; start = end) {
    const first = sorted[start];
    while (end < n && sorted[end] - first <= NEAR * Math.abs(first)) end++;
    at.push(first);
    rank.push((start + end) / 2 / n);
  }
  const spread = at[at.length - 1] - sorted[n >> 1];
  return {
    at: Float32Array.from(at),
    rank: Float64Array.from(rank),
    spread: spread > 0 ? spread : Math.max(1, Math.abs(at[0])),
  };
}

/**
 * The rank of a score: interpolated between training scores, that of the lowest below it; above the highest it rises
 * towards 1 more, so that rows which are more anomalous than all training rows keep their order.
 */
export function rankOf({ at, rank, spread }: RankCurve, score: number): number {
  const x = Math.fround(score);
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= at[middle]) high = middle;
    else low = middle + 1;
  }
  const { start, value, slope } = segment({ at, rank, spread }, low);
  const above = Math.max(0, x - at[at.length - 1]) / spread;
  return value + slope * (x - start) + above / (1 + above);
}

/** Of the scores above the first j knots and not above the next: rank = value + slope · (score − start). */
function segment({ at, rank }: RankCurve, j: number): { start: number; value: number; slope: number } {
  if (j === 0) return { start: at[0], value: rank[0], slope: 0 };
  const [start, value] = [at[j - 1], rank[j - 1]];
  return { start, value, slope: j === at.length ? 0 : (rank[j] - value) / (at[j] - start) };
}

/** Float [n, 1], a score, to double [n, 1], its rank: a tree finds the segment, so that memory does not grow with knots. */
export function emitRanks(onnx: OnnxBuilder, score: Value, curve: RankCurve): Value {
  const knots = curve.at.length;
  const search: Ensemble = {
    trees: [searchTree(curve.at)],
    width: 1,
    target: () => 0,
    targets: 1,
    combine: "sum",
  };
  const place = onnx.node("Cast", [emitEnsemble(onnx, score, search, (column) => column)], {
    to: { int: 7 },
  });
  const segments = Array.from({ length: knots + 1 }, (_, j) => segment(curve, j));
  const look = (values: readonly number[]): Value =>
    onnx.node("Gather", [onnx.tensor("double", [knots + 1], values), place], { axis: { int: 0 } });
  const number = (value: number): Value => onnx.tensor("double", [1], [value]);
  const x = onnx.node("Cast", [score], { to: { int: 11 } });
  const past = onnx.node("Sub", [x, look(segments.map(({ start }) => start))]);
  const inside = onnx.node("Add", [
    look(segments.map(({ value }) => value)),
    onnx.node("Mul", [look(segments.map(({ slope }) => slope)), past]),
  ]);
  const over = onnx.node("Max", [number(0), onnx.node("Sub", [x, number(curve.at[knots - 1])])]);
  const above = onnx.node("Div", [over, number(curve.spread)]);
  return onnx.node("Add", [inside, onnx.node("Div", [above, onnx.node("Add", [number(1), above])])]);
}

/** Binary search as a tree: its leaf holds how many knots are below the score. */
function searchTree(at: Float32Array): Tree {
  const tree = new TreeBuilder(1);
  const grow = (low: number, high: number): number => {
    const node = tree.add();
    if (low === high) {
      tree.setValue(node, 0, low);
      return node;
    }
    const middle = (low + high) >> 1;
    tree.split(node, 0, at[middle], false);
    tree.setLeft(node, grow(low, middle));
    tree.setRight(node, grow(middle + 1, high));
    return node;
  };
  grow(0, at.length);
  return tree.finish();
}

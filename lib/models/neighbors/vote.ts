import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FittedClassifier, Matrix } from "../contract.js";
import { checkWidth } from "../width.js";
import { DOUBLE, emitNearest, FLOAT } from "./emitNearest.js";
import { indexOf } from "./reference.js";

/** What the nearest reference rows say of a row. */
export interface Vote {
  readonly type: string;
  readonly reference: Matrix;
  /** What each reference row says: its share of every class, r × c. */
  readonly shares: Float32Array;
  readonly classes: readonly string[];
  readonly k: number;
  /** "distance": a neighbour counts by 1 / distance, and rows at distance 0 alone where there are some. */
  readonly weights: "uniform" | "distance";
}

/** A classifier whose probabilities are the mean of what the k nearest reference rows say. */
export function voteClassifier(vote: Vote, summary: FittedClassifier["summary"]): FittedClassifier {
  const index = indexOf(vote.reference);
  return {
    kind: "classifier",
    classes: vote.classes,
    summary,
    predictProba(X) {
      checkWidth(X, vote.reference.columns, vote.type);
      const { rows, distances } = index().nearest(X, vote.k);
      return poll(vote, X.rows, rows, distances);
    },
    emit: (onnx, input) => emitVote(onnx, input, vote),
  };
}

function poll(
  { shares, classes, k, weights }: Vote,
  n: number,
  rows: Int32Array,
  distances: Float64Array,
): Matrix {
  const c = classes.length;
  const data = new Float32Array(n * c);
  const sums = new Float64Array(c);
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    let total = 0;
    const same = distances[i * k] === 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      const weight = weights === "uniform" ? 1 : same ? (distances[j] === 0 ? 1 : 0) : 1 / distances[j];
      total += weight;
      for (let m = 0; m < c; m++) sums[m] += weight * shares[rows[j] * c + m];
    }
    for (let m = 0; m < c; m++) data[i * c + m] = sums[m] / total;
  }
  return { rows: n, columns: c, data };
}

function emitVote(onnx: OnnxBuilder, input: Value, { reference, shares, classes, k, weights }: Vote): Value {
  const c = classes.length;
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const { places, squares } = emitNearest(onnx, x, reference, k);
  const table = onnx.node("Cast", [onnx.tensor("float", [reference.rows, c], shares)], {
    to: { int: DOUBLE },
  });
  const said = onnx.node("Gather", [table, places]); // n × k × c
  const alike = new Float64Array(k).fill(1);
  const weight = weights === "uniform" ? undefined : emitWeights(onnx, squares);
  const first = onnx.tensor("int64", [1], [1]);
  const row = // n × 1 × k, or 1 × 1 × k
    weight === undefined
      ? onnx.tensor("double", [1, 1, k], alike)
      : onnx.shaped("Unsqueeze", [weight, first], [1, k]);
  const sums = onnx.shaped("Squeeze", [onnx.shaped("MatMul", [row, said], [1, c]), first], [c]);
  const total =
    weight === undefined
      ? onnx.tensor("double", [1], [k])
      : onnx.node("MatMul", [weight, onnx.tensor("double", [k, 1], alike)]);
  return onnx.node("Cast", [onnx.node("Div", [sums, total])], { to: { int: FLOAT } });
}

const zero = (onnx: OnnxBuilder): Value => onnx.tensor("double", [1], [0]);
const one = (onnx: OnnxBuilder): Value => onnx.tensor("double", [1], [1]);

/** 1 / distance; where the nearest is at 0, 1 for those at 0 and 0 for the others. */
function emitWeights(onnx: OnnxBuilder, squares: Value): Value {
  const same = onnx.node("Equal", [squares, zero(onnx)]);
  const nearest = onnx.node("Gather", [squares, onnx.tensor("int64", [1], [0])], { axis: { int: 1 } });
  const some = onnx.node("Equal", [nearest, zero(onnx)]);
  const distance = onnx.node("Where", [same, one(onnx), onnx.node("Sqrt", [squares])]);
  const byDistance = onnx.node("Div", [one(onnx), distance]);
  return onnx.node("Where", [some, onnx.node("Cast", [same], { to: { int: DOUBLE } }), byDistance]);
}

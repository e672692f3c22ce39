import { DataError } from "../../base/errors.js";
import { fitPlatt, type LogitLine } from "../../eval/calibration/platt.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FitContext, FittedClassifier, Matrix } from "../contract.js";
import { checkWidth } from "../width.js";
import {
  fitOneVsRest,
  type OneVsRest,
  type OneVsRestParams,
  type SvmRows,
  summaryOf,
  warn,
} from "./oneVsRest.js";
import { pickRows, times } from "./sparse.js";

const FOLDS = 3;

/** A model and what makes probabilities of its margins, a line of the logit each. */
interface Member extends OneVsRest {
  readonly lines: readonly LogitLine[];
}

/**
 * Three linear SVMs, each fitted on two thirds of the rows and calibrated on the other third by Platt's sigmoid: the
 * probability is the mean of the three. Of more than two classes each class has a sigmoid of its own, and a model's
 * probabilities are divided by their sum.
 *
 * The thirds are those of scikit-learn's StratifiedKFold without shuffling: of each class the first rows, the next, the
 * last. Class weights count in the fit and not in the calibration, as there.
 * @throws DataError when a class that training has is not in each third
 * Source: Platt 1999; scikit-learn's CalibratedClassifierCV(cv=3, method="sigmoid", ensemble=True).
 */
export function crossFittedSvm(
  params: OneVsRestParams,
  rows: SvmRows,
  classes: readonly string[],
  context: FitContext,
): FittedClassifier {
  const fold = thirds(rows.y, classes);
  const members = Array.from({ length: FOLDS }, (_, f) => fitMember(params, rows, fold, f, classes.length));
  for (const member of members) warn(member, params, context);
  return fitted(members, rows.X.columns, classes);
}

/** Third of each row. */
function thirds(y: Int32Array, classes: readonly string[]): Int32Array {
  // Classes in the order in which they appear, as there.
  const rank = new Map([...new Set(y)].map((c, i) => [c, i]));
  const sorted = y.map((c) => rank.get(c)!).sort();
  const fold = new Int32Array(y.length);
  classes.forEach((name, c) => {
    const own = Int32Array.from(y.keys()).filter((i) => y[i] === c);
    if (own.length === 0) return;
    if (own.length < FOLDS) {
      throw new DataError(
        `linear-svm: calibration sigmoid needs ${FOLDS} training rows of every class, and "${name}" has ${own.length}. ` +
          "Set calibration: none (decision can calibrate on validation rows), or leave the class out.",
      );
    }
    // Every third of the sorted rows: how many of the class fall into each part.
    let next = 0;
    for (let f = 0; f < FOLDS; f++) {
      for (let i = f; i < sorted.length; i += FOLDS) if (sorted[i] === rank.get(c)) fold[own[next++]] = f;
    }
  });
  return fold;
}

function fitMember(
  params: OneVsRestParams,
  { X, y }: SvmRows,
  fold: Int32Array,
  f: number,
  classes: number,
): Member {
  const outside = Int32Array.from(fold.keys()).filter((i) => fold[i] !== f);
  const inside = Int32Array.from(fold.keys()).filter((i) => fold[i] === f);
  const taught = { X: pickRows(X, outside), y: Int32Array.from(outside, (i) => y[i]) };
  const model = fitOneVsRest(params, taught, classes);
  const held = pickRows(X, inside);
  const lines = model.weights.map((w, p): LogitLine => {
    const target = classes === 2 ? 1 : p;
    const positive = Uint8Array.from(inside, (i) => (y[i] === target ? 1 : 0));
    // A class that training does not have keeps its margin, which makes it 0.
    if (!positive.includes(1)) return { slope: 1, intercept: 0 };
    const margins = new Float64Array(inside.length);
    const shifted = w.reduce((sum, each, j) => sum + each * X.shift[j], model.intercepts[p]);
    times(held, Float64Array.of(...w, shifted), margins);
    return fitPlatt(margins, positive);
  });
  return { ...model, lines };
}

function fitted(members: readonly Member[], columns: number, classes: readonly string[]): FittedClassifier {
  const k = classes.length;
  const predictors = k === 2 ? 1 : k;
  // All members side by side, the sigmoid's line taken into the weights: logits of member after member.
  const width = members.length * predictors;
  const table = new Float64Array(columns * width);
  const intercepts = new Float64Array(width);
  members.forEach(({ weights, intercepts: own, lines }, m) => {
    for (let p = 0; p < predictors; p++) {
      const at = m * predictors + p;
      const { slope, intercept } = lines[p];
      for (let j = 0; j < columns; j++) table[j * width + at] = slope * weights[p][j];
      intercepts[at] = slope * own[p] + intercept;
    }
  });
  return {
    kind: "classifier",
    classes,
    summary: { ...summaryOf(members), members: members.length },
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "linear-svm");
      const data = new Float32Array(X.rows * k);
      const logits = new Float64Array(width);
      const row = new Float64Array(k);
      for (let i = 0; i < X.rows; i++) {
        logits.set(intercepts);
        for (let j = 0; j < columns; j++) {
          const x = X.data[i * columns + j];
          for (let at = 0; at < width; at++) logits[at] += x * table[j * width + at];
        }
        average(logits, members.length, row);
        data.set(row, i * k);
      }
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      const weights = onnx.tensor("double", [columns, width], table);
      const logits = onnx.node("Gemm", [x, weights, onnx.tensor("double", [width], intercepts)]);
      return onnx.node("Cast", [emitAverage(onnx, logits, members.length, k)], { to: { int: 1 } });
    },
  };
}

/** Keeps the sum of a row above 0 where every class was put at 0. */
const LEAST = 1e-300;

/** Probabilities of a row from the logits of all members. */
function average(logits: Float64Array, members: number, out: Float64Array): void {
  const k = out.length;
  out.fill(0);
  const p = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  for (let m = 0; m < members; m++) {
    if (k === 2) {
      out[1] += p[m] / members;
      continue;
    }
    const own = p.subarray(m * k, (m + 1) * k);
    const sum = own.reduce((a, b) => a + b + LEAST, 0);
    for (let c = 0; c < k; c++) out[c] += (own[c] + LEAST) / sum / members;
  }
  if (k === 2) out[0] = 1 - out[1];
}

function emitAverage(onnx: OnnxBuilder, logits: Value, members: number, k: number): Value {
  const number = (x: number): Value => onnx.tensor("double", [1], [x]);
  const power = onnx.node("Exp", [onnx.node("Neg", [logits])]);
  const p = onnx.node("Div", [number(1), onnx.node("Add", [power, number(1)])]);
  const of = (from: number, count: number): Value =>
    onnx.node(
      "Gather",
      [
        p,
        onnx.tensor(
          "int64",
          [count],
          Array.from({ length: count }, (_, i) => from + i),
        ),
      ],
      {
        axis: { int: 1 },
      },
    );
  const one = (m: number): Value => {
    if (k === 2) return of(m, 1);
    const own = onnx.node("Add", [of(m * k, k), number(LEAST)]);
    const sum = onnx.node("ReduceSum", [own, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } });
    return onnx.node("Div", [own, sum]);
  };
  let mean = onnx.node("Div", [one(0), number(members)]);
  for (let m = 1; m < members; m++)
    mean = onnx.node("Add", [mean, onnx.node("Div", [one(m), number(members)])]);
  if (k > 2) return mean;
  return onnx.node("Concat", [onnx.node("Sub", [number(1), mean]), mean], { axis: { int: 1 } });
}

import { DataError } from "../../base/errors.js";
import { fitPlatt, type LogitLine } from "../../eval/calibration/platt.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FitContext, FittedClassifier, Matrix } from "../contract.js";
import { divideBySum, emitDivision } from "../online/fittedLinear.js";
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
  const layers = members.map((member) => logitLayer(member, columns));
  return {
    kind: "classifier",
    classes,
    summary: { ...summaryOf(members), members: members.length },
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "linear-svm");
      const data = new Float32Array(X.rows * k);
      const logits = layers.map(({ intercepts }) => new Float64Array(intercepts.length));
      const row = new Float64Array(k);
      for (let i = 0; i < X.rows; i++) {
        layers.forEach(({ weights, intercepts }, m) => {
          const own = logits[m];
          own.set(intercepts);
          for (let j = 0; j < columns; j++) {
            const x = X.data[i * columns + j];
            for (let p = 0; p < own.length; p++) own[p] += x * weights[j * own.length + p];
          }
        });
        average(logits, row);
        data.set(row, i * k);
      }
      return { rows: X.rows, columns: k, data };
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      const number = (value: number): Value => onnx.tensor("double", [1], [value]);
      const shares = layers.map(({ weights, intercepts }) => {
        const width = intercepts.length;
        const logits = onnx.node("Gemm", [
          x,
          onnx.tensor("double", [columns, width], weights),
          onnx.tensor("double", [width], intercepts),
        ]);
        const power = onnx.node("Exp", [onnx.node("Neg", [logits])]);
        const p = onnx.node("Div", [number(1), onnx.node("Add", [power, number(1)])]);
        return onnx.node("Div", [k === 2 ? p : emitDivision(onnx, p), number(members.length)]);
      });
      const mean = shares.reduce((sum, each) => onnx.node("Add", [sum, each]));
      const both = [onnx.node("Sub", [number(1), mean]), mean];
      const out = k === 2 ? onnx.node("Concat", both, { axis: { int: 1 } }) : mean;
      return onnx.node("Cast", [out], { to: { int: 1 } });
    },
  };
}

/** Logits of a member, the sigmoid's lines taken into its weights (d × p, row by row) and intercepts. */
function logitLayer({ weights, intercepts, lines }: Member, columns: number) {
  const width = lines.length;
  const table = new Float64Array(columns * width);
  lines.forEach(({ slope }, p) => {
    for (let j = 0; j < columns; j++) table[j * width + p] = slope * weights[p][j];
  });
  return {
    weights: table,
    intercepts: Float64Array.from(lines, ({ slope, intercept }, p) => slope * intercepts[p] + intercept),
  };
}

/** Probabilities of a row from the logits of each member. */
function average(logits: readonly Float64Array[], out: Float64Array): void {
  out.fill(0);
  for (const own of logits) {
    const p = own.map((logit) => 1 / (1 + Math.exp(-logit)));
    if (out.length === 2) out[1] += p[0] / logits.length;
    else {
      divideBySum(p);
      for (let c = 0; c < p.length; c++) out[c] += p[c] / logits.length;
    }
  }
  if (out.length === 2) out[0] = 1 - out[1];
}

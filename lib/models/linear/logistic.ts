import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { Classifier, FitContext, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { presentClasses } from "../presentClasses.js";
import { emitSoftmax, NEVER, softmaxRows } from "../softmax.js";
import { checkWidth } from "../width.js";
import { solveLogistic } from "./newton.js";
import { newtonParams } from "./newtonParams.js";
import { unshifted, type Vectors } from "./problem.js";
import { type SparseRows, sparseRows } from "./sparse.js";

const params = z.strictObject({
  l1: z
    .number()
    .min(0)
    .default(0)
    .describe(
      "penalty: l1 times the absolute weights, which makes many of them 0; with l2 above 0 an elastic net, with l2: 0 L1 alone " +
        "(of scikit-learn: l1_ratio / C)",
    ),
  l2: z
    .number()
    .min(0)
    .default(1)
    .describe(
      "penalty: the sum of losses plus l2/2 times the squared weights ((1 - l1_ratio) / C of scikit-learn); l1: 0 and l2: 0 " +
        "is no penalty",
    ),
  ...newtonParams("Newton steps at most"),
  class_weight: classWeightParam,
});
type LogisticParams = z.infer<typeof params>;

/** Logistic regression with L1, L2, both or no penalty; multinomial for more than two classes. */
export const definition: ModelDefinition<LogisticParams> = {
  type: "logistic",
  kind: "classifier",
  family: "linear",
  title: "Logistic regression",
  source:
    "Cox 1958, The regression analysis of binary sequences; solved by Newton's method with conjugate gradients, with l1 by the " +
    "proximal Newton method (Lee, Sun and Saunders 2014)",
  limits:
    "one weight a column: no interactions; needs scaled columns without missing values; slow above a thousand dense columns. " +
    "Without a penalty, weights grow without end where a plane parts the classes",
  view: "scaled",
  params,
  create: (p): Classifier => ({
    kind: "classifier",
    fit: async (train, context) => fitLogistic(p, train, context),
  }),
};

function fitLogistic(p: LogisticParams, train: Rows, context: FitContext): FittedClassifier {
  const { X, y, classes } = train;
  const { counts, present } = presentClasses("logistic", train);
  const index = new Int32Array(classes.length).fill(-1);
  present.forEach((c, i) => {
    index[c] = i;
  });
  const weights = classWeights(counts, p.class_weight);
  const S = sparseRows(X, train.features, "logistic");
  const solution = solveLogistic(
    {
      X: S,
      y: y.map((c) => index[c]),
      classes: present.length,
      weights: Float64Array.from(y, (c) => weights[c]),
      l1: p.l1,
      l2: p.l2,
      interceptL2: 0,
    },
    { tolerance: p.tolerance, maxIterations: p.max_iterations },
  );
  if (!solution.converged) {
    context.log(
      `logistic: not converged after ${solution.iterations} steps (gradient ${solution.gradient.toExponential(2)}, ` +
        `tolerance ${p.tolerance}); raise max_iterations or l2.`,
    );
  }
  const summary = {
    converged: solution.converged,
    iterations: solution.iterations,
    gradient: solution.gradient,
    loss: solution.loss,
    ...(p.l1 > 0 ? { weights_not_zero: notZero(solution.coefficients) } : {}),
  };
  if (p.l1 === 0 && p.l2 === 0) centre(solution.coefficients);
  return fitted(classes, linearLayer(solution.coefficients, S, present, classes.length), summary);
}

/** Logits of every class: a column of `weights` (d × k, row by row) and an intercept a class. */
interface LinearLayer {
  readonly columns: number;
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

/** Without a penalty a number added to a column's weights of all classes changes nothing; a mean of 0 is what L2 would choose. */
function centre(coefficients: Vectors): void {
  if (coefficients.length === 1) return;
  for (let j = 0; j < coefficients[0].length; j++) {
    const mean = coefficients.reduce((sum, c) => sum + c[j], 0) / coefficients.length;
    for (const c of coefficients) c[j] -= mean;
  }
}

/** Weights that l1 has left, over all classes. */
function notZero(coefficients: Vectors): number {
  return coefficients.reduce((sum, c) => sum + c.subarray(0, -1).filter((w) => w !== 0).length, 0);
}

/** Undo the shift of the columns and put each predictor in its class's column; class 0 of two is the reference. */
function linearLayer(
  coefficients: Vectors,
  X: SparseRows,
  present: readonly number[],
  k: number,
): LinearLayer {
  const { columns } = X;
  const weights = new Float64Array(columns * k);
  const intercepts = new Float64Array(k).fill(NEVER);
  const own = coefficients.map((c) => unshifted({ X }, c));
  if (coefficients.length === 1) intercepts[present[0]] = 0;
  const targets = coefficients.length === 1 ? [present[1]] : present;
  // Adding one number to every logit changes nothing; a mean of zero makes the intercepts comparable.
  const mean = coefficients.length === 1 ? 0 : own.reduce((sum, x) => sum + x, 0) / own.length;
  targets.forEach((c, i) => {
    for (let j = 0; j < columns; j++) weights[j * k + c] = coefficients[i][j];
    intercepts[c] = own[i] - mean;
  });
  return { columns, weights, intercepts };
}

/** A fitted logistic regression, with its weights for those who want to read them. */
export interface FittedLogistic extends FittedClassifier, LinearLayer {}

function fitted(
  classes: readonly string[],
  layer: LinearLayer,
  summary: FittedClassifier["summary"],
): FittedLogistic {
  const k = classes.length;
  return {
    kind: "classifier",
    classes,
    ...layer,
    summary,
    predictProba: (X) => softmaxRows(logits(layer, X, k), k),
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      const weights = onnx.tensor("double", [layer.columns, k], layer.weights);
      const z = onnx.node("Gemm", [x, weights, onnx.tensor("double", [k], layer.intercepts)]);
      return emitSoftmax(onnx, z);
    },
  };
}

/** n × k logits in double. @throws SchemaError when the matrix has another width */
function logits({ columns, weights, intercepts }: LinearLayer, X: Matrix, k: number): Float64Array {
  checkWidth(X, columns, "logistic");
  const out = new Float64Array(X.rows * k);
  for (let i = 0; i < X.rows; i++) {
    const row = i * k;
    for (let c = 0; c < k; c++) out[row + c] = intercepts[c];
    for (let j = 0; j < columns; j++) {
      const x = X.data[i * columns + j];
      for (let c = 0; c < k; c++) out[row + c] += x * weights[j * k + c];
    }
  }
  return out;
}

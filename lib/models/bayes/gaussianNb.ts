import { z } from "zod";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { Classifier, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { presentClasses } from "../presentClasses.js";
import { NEVER } from "../softmax.js";
import { checkWidth } from "../width.js";
import { type Posterior, posterior, scoreParam } from "./posterior.js";
import { logPriors } from "./priors.js";

const params = z.strictObject({
  var_smoothing: z
    .number()
    .gt(0)
    .default(1e-9)
    .describe(
      "this share of the largest variance of a column is added to every variance; columns that are nearly constant in a class " +
        "decide less with 1e-2",
    ),
  score: scoreParam,
  class_weight: classWeightParam,
});
type GaussianNbParams = z.infer<typeof params>;

/** Gaussian naive Bayes: in each class every column is normal, and columns are independent. */
export const definition: ModelDefinition<GaussianNbParams> = {
  type: "gaussian-nb",
  kind: "classifier",
  family: "bayes",
  title: "Gaussian naive Bayes",
  source:
    "Chan, Golub and LeVeque 1979, Updating formulae and a pairwise algorithm for computing sample variances; as scikit-learn's " +
    "GaussianNB",
  limits:
    "columns that say the same count each time, so that probabilities lie near 0 or 1; columns that are constant in a class rule " +
    "the others out with a small var_smoothing. class_weight changes the priors alone (balanced: equal ones). " +
    "The default score is no probability: Brier score, log-loss and ECE are null",
  view: "scaled",
  params,
  create: (chosen): Classifier => ({
    kind: "classifier",
    fit: async (train) => fitGaussianNb(chosen, train),
  }),
};

/** Of each class: the log of its prior, and mean and variance of each column. */
interface GaussianLayer {
  readonly columns: number;
  readonly logPriors: Float64Array;
  readonly means: readonly Float64Array[];
  /** The variance with what was added to it. */
  readonly variances: readonly Float64Array[];
}

/** A fitted Gaussian naive Bayes, with its moments for those who want to read them. */
export interface FittedGaussianNb extends FittedClassifier, GaussianLayer {}

function fitGaussianNb(chosen: GaussianNbParams, train: Rows): FittedGaussianNb {
  const { X, y, classes } = train;
  const { counts } = presentClasses("gaussian-nb", train);
  const { columns } = X;
  const all = momentsOf(X, () => true);
  const largest = all.variance.reduce((most, each) => Math.max(most, each), 0);
  // Where no column varies at all any number does.
  const added = chosen.var_smoothing * (largest > 0 ? largest : 1);
  const moments = classes.map((_, c) =>
    counts[c] === 0
      ? { mean: new Float64Array(columns), variance: new Float64Array(columns).fill(1) }
      : momentsOf(X, (i) => y[i] === c),
  );
  const priors = logPriors(counts, classWeights(counts, chosen.class_weight));
  return fitted(
    classes,
    posterior(chosen.score, priors),
    {
      columns,
      logPriors: priors,
      means: moments.map(({ mean }) => mean),
      variances: moments.map(({ variance }, c) =>
        counts[c] === 0 ? variance : variance.map((each) => each + added),
      ),
    },
    { rows: y.length, added_variance: added },
  );
}

interface Moments {
  readonly mean: Float64Array;
  /** Of the population: divided by the number of rows. */
  readonly variance: Float64Array;
}

/** Of the rows that are kept, in two passes; there is one at least. */
function momentsOf({ rows, columns, data }: Matrix, keep: (row: number) => boolean): Moments {
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (!keep(i)) continue;
    count++;
    for (let j = 0, at = i * columns; j < columns; j++, at++) mean[j] += data[at];
  }
  for (let j = 0; j < columns; j++) mean[j] /= count;
  for (let i = 0; i < rows; i++) {
    if (!keep(i)) continue;
    for (let j = 0, at = i * columns; j < columns; j++, at++) variance[j] += (data[at] - mean[j]) ** 2;
  }
  for (let j = 0; j < columns; j++) variance[j] /= count;
  return { mean, variance };
}

function fitted(
  classes: readonly string[],
  out: Posterior,
  layer: GaussianLayer,
  summary: FittedClassifier["summary"],
): FittedGaussianNb {
  const { columns, logPriors: priors, means, variances } = layer;
  const k = classes.length;
  const weights = variances.map((variance) => variance.map((v) => -0.5 / v));
  const constants = priors.map((prior, c) =>
    prior === NEVER ? NEVER : variances[c].reduce((sum, v) => sum - 0.5 * Math.log(2 * Math.PI * v), prior),
  );
  return {
    kind: "classifier",
    classes,
    ...layer,
    ...(out.margin ? { margin: true as const } : {}),
    summary,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "gaussian-nb");
      const logits = new Float64Array(X.rows * k);
      for (let i = 0; i < X.rows; i++) {
        for (let c = 0; c < k; c++) {
          let sum = 0;
          for (let j = 0; j < columns; j++) {
            sum += (X.data[i * columns + j] - means[c][j]) ** 2 * weights[c][j];
          }
          logits[i * k + c] = sum + constants[c];
        }
      }
      return out.rows(logits);
    },
    emit(onnx: OnnxBuilder, input: Value): Value {
      const x = onnx.node("Cast", [input], { to: { int: 11 } });
      // Differences first, class by class: squares of x and of means apart would cancel where variances are small.
      const logits = means.map((mean, c) => {
        const away = onnx.node("Sub", [x, onnx.tensor("double", [1, columns], mean)]);
        return onnx.node("Gemm", [
          onnx.node("Mul", [away, away]),
          onnx.tensor("double", [columns, 1], weights[c]),
          onnx.tensor("double", [1], [constants[c]]),
        ]);
      });
      return out.emit(onnx, onnx.node("Concat", logits, { axis: { int: 1 } }));
    },
  };
}

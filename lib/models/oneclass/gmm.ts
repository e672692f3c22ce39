import { z } from "zod";
import { DataError } from "../../base/errors.js";
import { diagonalTerms, fitMixture, logDensities, type Mixture } from "../../numeric/mixture.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import { meanVariance } from "../cluster/kMeans.js";
import { lloyd } from "../cluster/lloyd.js";
import { pointsOf } from "../cluster/points.js";
import { plusPlus } from "../cluster/seeding.js";
import type { FitContext, FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { DOUBLE, FLOAT } from "./squaredLength.js";

const params = z.strictObject({
  components: z.int().min(1).max(1000).default(16).describe("Gaussians in the mixture"),
  covariance: z
    .enum(["diag", "full"])
    .default("diag")
    .describe("of each Gaussian: a variance a column, or a matrix of all columns"),
  ridge: z.number().gt(0).max(1e6).default(1e-3).describe("added to each variance"),
  tolerance: z
    .number()
    .min(0)
    .max(1e6)
    .default(1e-3)
    .describe("EM ends when the mean log-likelihood changes by less"),
  iterations: z.int().min(1).max(10000).default(100).describe("EM iterations at most"),
});
export type GmmParams = z.infer<typeof params>;

/** Gaussian mixture: rows of low density under Gaussians fitted to the benign rows are anomalous. */
export const definition: ModelDefinition<GmmParams> = {
  type: "gmm",
  kind: "detector",
  family: "one-class",
  title: "Gaussian mixture density",
  source:
    "Dempster, Laird and Rubin 1977, Maximum likelihood from incomplete data via the EM algorithm; started by k-means, " +
    "as scikit-learn's GaussianMixture; the score is the negative log-likelihood",
  limits:
    "A local optimum that the seed decides. A column that is constant in a component weighs 1 / ridge. Columns of very " +
    "different sizes must be scaled; full covariances need many rows for each column.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitGmm(chosen, benign, context),
  }),
};

function fitGmm(chosen: GmmParams, { X }: Rows, { rng, log }: FitContext): FittedDetector {
  const { components, covariance, ridge, tolerance, iterations: maxIterations } = chosen;
  if (X.rows < components) {
    throw new DataError(
      `gmm: ${components} components of ${X.rows} benign training rows, each needs one. ` +
        "Lower components, or choose another split in params.yaml.",
    );
  }
  const points = pointsOf(X, "gmm");
  const { labels } = lloyd(points, plusPlus(points, components, rng.fork("start")), {
    maxIterations: 300,
    tolerance: 1e-4 * meanVariance(points),
  });
  const fitted = fitMixture(X, labels, { components, covariance, ridge, tolerance, maxIterations });
  if (!fitted.converged) log(`gmm: not converged after ${fitted.iterations} iterations`);
  return {
    kind: "detector",
    score(rows) {
      checkWidth(rows, X.columns, "gmm");
      return logDensities(fitted, rows).map((density) => -density);
    },
    emit(onnx, input) {
      const score = onnx.node("Neg", [emitLogDensity(onnx, input, fitted)]);
      return onnx.node("Cast", [score], { to: { int: FLOAT } });
    },
    summary: {
      components,
      iterations: fitted.iterations,
      converged: fitted.converged,
      mean_log_likelihood: fitted.logLikelihood,
    },
  };
}

/** Double [n, 1]: log of the mixture's density. */
function emitLogDensity(onnx: OnnxBuilder, input: Value, mixture: Mixture): Value {
  const { columns, shift } = mixture;
  const x = onnx.node("Cast", [input], { to: { int: DOUBLE } });
  const away = onnx.node("Sub", [x, onnx.tensor("double", [1, columns], shift)]);
  const joint = (mixture.covariance === "diag" ? emitDiagonal : emitComplete)(onnx, away, mixture);
  const along = { axes: { ints: [1] }, keepdims: { int: 1 } };
  const most = onnx.node("ReduceMax", [joint], along);
  const shares = onnx.node("Exp", [onnx.node("Sub", [joint, most])]);
  const sum = onnx.node("ReduceSum", [shares, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } });
  return onnx.node("Add", [most, onnx.node("Log", [sum])]);
}

/** log(weight · density) of each component, double [n, k], of rows less the shift: what mixture.ts computes. */
function emitDiagonal(onnx: OnnxBuilder, away: Value, mixture: Mixture): Value {
  const { columns } = mixture;
  const { constant, linear, half } = diagonalTerms(mixture);
  const k = constant.length;
  const squares = onnx.node("MatMul", [
    onnx.node("Mul", [away, away]),
    onnx.tensor("double", [columns, k], half),
  ]);
  const products = onnx.node("MatMul", [away, onnx.tensor("double", [columns, k], linear)]);
  return onnx.node("Add", [onnx.node("Sub", [products, squares]), onnx.tensor("double", [1, k], constant)]);
}

function emitComplete(onnx: OnnxBuilder, away: Value, mixture: Mixture): Value {
  const { columns: d, weights, means, roots, peaks, shift } = mixture;
  const joint = Array.from(weights, (_, c) => {
    const turned = Float64Array.from(
      { length: d * d },
      (_, at) => roots[(c * d + (at % d)) * d + Math.floor(at / d)],
    );
    const centre = Float64Array.from({ length: d }, (_, j) => means[c * d + j] - shift[j]);
    const from = onnx.node("Sub", [away, onnx.tensor("double", [1, d], centre)]);
    const y = onnx.node("MatMul", [from, onnx.tensor("double", [d, d], turned)]);
    return onnx.node("ReduceSumSquare", [y], { axes: { ints: [1] }, keepdims: { int: 1 } });
  });
  const squares = joint.length === 1 ? joint[0] : onnx.node("Concat", joint, { axis: { int: 1 } });
  const halved = onnx.node("Mul", [squares, onnx.tensor("double", [1], [-0.5])]);
  return onnx.node("Add", [halved, onnx.tensor("double", [1, weights.length], peaks)]);
}

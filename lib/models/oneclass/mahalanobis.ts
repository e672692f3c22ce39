import { z } from "zod";
import { choleskyInPlace } from "../../numeric/cholesky.js";
import { moments } from "../../numeric/covariance.js";
import { invertLower } from "../../numeric/triangular.js";
import type { FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { squaredLengthDetector } from "./squaredLength.js";

const params = z.strictObject({
  ridge: z
    .number()
    .gt(0)
    .max(1e6)
    .default(1e-3)
    .describe("added to each variance, so that constant and dependent columns can be inverted"),
});
export type MahalanobisParams = z.infer<typeof params>;

/** Mahalanobis distance: rows far from the mean, in units of the benign rows' spread in that direction, are anomalous. */
export const definition: ModelDefinition<MahalanobisParams> = {
  type: "mahalanobis",
  kind: "detector",
  family: "one-class",
  title: "Mahalanobis distance",
  source:
    "Mahalanobis 1936, On the generalised distance in statistics; squared, covariance of the benign rows plus a ridge",
  limits:
    "One ellipse around one mean: benign traffic of several kinds makes it wide. A few benign outliers widen it too. " +
    "A column that is constant in the benign rows weighs 1 / ridge: any other value is far away.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign) => fitMahalanobis(chosen, benign),
  }),
};

function fitMahalanobis({ ridge }: MahalanobisParams, { X }: Rows): FittedDetector {
  const d = X.columns;
  const { mean, covariance, majority } = moments(X);
  for (let j = 0; j < d; j++) covariance[j * d + j] += ridge;
  choleskyInPlace(covariance, d);
  const map = invertLower(covariance, d);
  return squaredLengthDetector({ mean, map, shift: majority }, "mahalanobis", {
    columns: d,
    ridge,
  });
}

import { z } from "zod";
import { moments } from "../../numeric/covariance.js";
import { symmetricEigen } from "../../numeric/symmetricEigen.js";
import type { FitContext, FittedDetector, ModelDefinition, Rows } from "../contract.js";
import { squaredLengthDetector } from "./squaredLength.js";

const params = z.strictObject({
  components: z
    .int()
    .min(1)
    .max(10000)
    .nullable()
    .default(null)
    .describe("principal components that rebuild a row; null: as many as `variance` needs"),
  variance: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.95)
    .describe("share of the benign rows' variance that the components hold, where their number is not given"),
});
export type PcaParams = z.infer<typeof params>;

/** PCA reconstruction: rows that the main directions of the benign rows cannot rebuild are anomalous. */
export const definition: ModelDefinition<PcaParams> = {
  type: "pca",
  kind: "detector",
  family: "one-class",
  title: "PCA reconstruction error",
  source:
    "Shyu et al. 2003, A novel anomaly detection scheme based on principal component classifier, ICDM Foundations and " +
    "New Directions of Data Mining Workshop; squared error over all columns",
  limits:
    "Linear, and led by the columns of the largest variance: the scaling decides more than the number of components. " +
    "Anomalies that lie in the main directions are rebuilt well and missed.",
  view: "scaled",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitPca(chosen, benign, context),
  }),
};

/**
 * The error is the squared length of what the other components hold, which is the same as that of the row less what is
 * rebuilt, and loses no digits. At least one component is left for it; with one column none rebuilds.
 */
function fitPca(chosen: PcaParams, { X }: Rows, { log }: FitContext): FittedDetector {
  const d = X.columns;
  const { mean, covariance, majority } = moments(X);
  const { values, vectors } = symmetricEigen(covariance, d);
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const wanted = chosen.components ?? componentsFor(chosen.variance * total, values);
  const components = Math.min(wanted, d - 1);
  if (components < wanted)
    log(`pca: ${components} of ${wanted} components kept, the error needs one of the ${d} columns' own`);
  const kept = values.subarray(0, components).reduce((sum, value) => sum + Math.max(value, 0), 0);
  return squaredLengthDetector({ mean, map: vectors.slice(components * d), shift: majority }, "pca", {
    components,
    columns: d,
    variance_kept: total > 0 ? kept / total : null,
  });
}

/** The least number of components that hold more than `needed`. */
function componentsFor(needed: number, values: Float64Array): number {
  let held = 0;
  for (let i = 0; i < values.length; i++) {
    held += Math.max(values[i], 0);
    if (held > needed) return i + 1;
  }
  return values.length;
}

import { z } from "zod";
import { clean } from "./transforms/clean.js";
import { impute } from "./transforms/impute.js";
import { keep } from "./transforms/keep.js";
import { log1p } from "./transforms/log1p.js";
import { oneHot } from "./transforms/oneHot.js";
import { incrementalPca, pca } from "./transforms/pca.js";
import { quantile } from "./transforms/quantile.js";
import { scale } from "./transforms/scale.js";
import type { AnyTransform } from "./transforms/transform.js";
import { variance } from "./transforms/variance.js";

/** Every transform that a view can name. Adding one: its file, a name here and its step below. */
export const transforms: readonly AnyTransform[] = [
  clean,
  impute,
  log1p,
  oneHot,
  quantile,
  scale,
  keep,
  variance,
  pca,
  incrementalPca,
];

/** One step of a view, fitted on training rows only. */
export const viewStep = z.union([
  clean.step,
  impute.step,
  log1p.step,
  oneHot.step,
  quantile.step,
  scale.step,
  keep.step,
  variance.step,
  pca.step,
  incrementalPca.step,
]);
export type ViewStep = z.infer<typeof viewStep>;

/** `views:` of params.yaml: ordered steps; a model takes a view by name. */
export const viewParams = z.record(z.string(), z.array(viewStep));
export type ViewParams = z.infer<typeof viewParams>;

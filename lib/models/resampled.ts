import type { Rng } from "../base/rng.js";
import type { ResampleParams } from "../features/resample/params.js";
import { type ResampleCounts, resample } from "../features/resample/resample.js";
import type { FittedView } from "../features/view.js";
import type { FeatureInfo, Groups } from "./contract.js";
import type { LabelledRows } from "./train.js";

/**
 * Training rows after resampling, for `trainModel`: matrix, classes and groups alike. The view is fitted already, on real
 * rows, and validation rows are not here.
 */
export function resampledRows(
  params: ResampleParams,
  train: LabelledRows,
  classes: readonly string[],
  view: FittedView,
  rng: Rng,
  log: (line: string) => void,
): { readonly rows: LabelledRows; readonly counts: ResampleCounts } {
  const features = view.columns.map(
    ({ name, type }): FeatureInfo =>
      type === "category" ? { name, kind: "category", levels: view.levels[name] } : { name, kind: "number" },
  );
  const { X, from, counts } = resample(
    params,
    { X: train.X, features, class: { codes: train.y, names: classes }, family: train.groups?.family },
    rng,
    log,
  );
  const pick = (codes: Int32Array): Int32Array => Int32Array.from(from, (row) => codes[row]);
  const groups: Record<string, Groups> = {};
  for (const [name, each] of Object.entries(train.groups ?? {}))
    groups[name] = { names: each.names, codes: pick(each.codes) };
  return { rows: { X, y: pick(train.y), groups }, counts };
}

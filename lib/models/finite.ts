import { DataError } from "../base/errors.js";
import type { FeatureInfo, Matrix } from "./contract.js";

/** A value that a model cannot take: its column, and what to do. */
export function notFinite(model: string, feature: FeatureInfo | undefined): DataError {
  return new DataError(
    `${model}: column "${feature?.name ?? "?"}" holds a missing or infinite value, and this model needs numbers. ` +
      "Give the model a view with an impute step (view: scaled).",
  );
}

/** @throws DataError when a value is missing or infinite */
export function checkFinite(
  model: string,
  { data, columns }: Matrix,
  features: readonly FeatureInfo[],
): void {
  for (let at = 0; at < data.length; at++) {
    if (!Number.isFinite(data[at])) throw notFinite(model, features[at % columns]);
  }
}

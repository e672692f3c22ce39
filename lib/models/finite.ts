import { DataError } from "../base/errors.js";
import type { FeatureInfo, Matrix } from "./contract.js";

/**
 * For models that compute with every number: categories as codes and missing values mean nothing to them.
 * @param model its type, for the message
 * @throws DataError when a value is missing or infinite, or a column is a category
 */
export function checkNumbers(X: Matrix, features: readonly FeatureInfo[], model: string): void {
  const category = features.find(({ kind }) => kind === "category");
  if (category !== undefined) {
    throw new DataError(
      `${model}: column "${category.name}" is a category, numbers are expected. ` +
        "Give the model a view with a one-hot step (view: scaled).",
    );
  }
  const at = X.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const [row, column] = [Math.floor(at / X.columns), at % X.columns];
  throw new DataError(
    `${model}: column "${features[column]?.name ?? column}" is ${X.data[at]} in training row ${row}, ` +
      "a finite number is expected. Give the model a view with an impute step (view: scaled).",
  );
}

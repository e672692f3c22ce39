import { SchemaError } from "../base/errors.js";
import type { Matrix } from "./contract.js";

/** @throws SchemaError when a matrix has not the width that the model was fitted on */
export function checkWidth(X: Matrix, columns: number, model: string): void {
  if (X.columns === columns) return;
  throw new SchemaError(
    `${model}: the matrix has ${X.columns} columns, the model was fitted on ${columns}. ` +
      `Build the features with the schema that the model was trained on.`,
  );
}

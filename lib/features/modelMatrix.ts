import type { Matrix } from "../table/matrix.js";
import type { Table } from "../table/table.js";
import { encode, type Levels } from "./encode.js";
import type { FeatureColumn } from "./schema.js";
import { type Windows, windowsOf } from "./windows/build.js";
import { gatherWindows } from "./windows/matrix.js";
import type { WindowParams } from "./windows/params.js";

/** Makes the matrix that enters model.onnx, of any rows of a table; without rows, of all of them. */
export type MatrixOf = (rows?: Int32Array) => Matrix;

/**
 * @param features of all rows
 * @param options as encode's
 * @param windows of the same rows, for a model that takes windows; null: a row by itself
 * @throws SchemaError when a column is not there
 */
export function modelMatrix(
  features: Table,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  levels: Levels,
  windows: Windows | null,
  options?: Parameters<typeof encode>[3],
): MatrixOf {
  if (windows === null)
    return (rows) => encode(rows === undefined ? features : features.take(rows), columns, levels, options);
  let all: Matrix | undefined;
  return (rows) => {
    all ??= encode(features, columns, levels, options);
    return gatherWindows(all, windows, rows ?? Int32Array.from({ length: features.rows }, (_, row) => row));
  };
}

/** Windows of all rows, where a model takes them. @param flows with windowSources */
export function windowsFor(
  flows: Table,
  window: Pick<WindowParams, "length"> | null | undefined,
): Windows | null {
  return window ? windowsOf(flows, window) : null;
}

import { DataError } from "../../base/errors.js";
import type { Matrix } from "../../table/matrix.js";

/** Rows in doubles. */
export interface Points {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/**
 * The rows of a matrix in doubles.
 * @throws DataError where a value is no finite number
 */
export function pointsOf({ rows, columns, data }: Matrix, model: string): Points {
  const own = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    own[at] = data[at] + 0; // no -0
    if (Number.isFinite(data[at])) continue;
    throw new DataError(
      `${model}: row ${Math.floor(at / columns)}, column ${at % columns} is ${data[at]}; a distance needs numbers. ` +
        `Name a view that fills missing values (impute) under cluster.view.`,
    );
  }
  return { rows, columns, data: own };
}

/** @throws DataError where there are fewer rows than clusters */
export function checkClusters(rows: number, clusters: number, model: string): void {
  if (clusters <= rows) return;
  throw new DataError(
    `${model}: ${clusters} clusters of ${rows} ${rows === 1 ? "row" : "rows"}; a cluster needs a row. ` +
      `Ask for fewer clusters, or raise the cap on the rows.`,
  );
}

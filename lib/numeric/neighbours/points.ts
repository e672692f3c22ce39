import { DataError } from "../../base/errors.js";

/** n points in d dimensions, row by row; every number finite. A model's matrix is one. */
export interface Points {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/** The k nearest of each of n asked points: n × k, nearest first, of equal distances the lower row first. */
export interface Neighbours {
  readonly k: number;
  readonly rows: Int32Array;
  readonly distances: Float64Array;
}

/** @throws DataError when a number is missing or infinite, or the widths differ */
export function checkPoints(points: Points, what: string, columns: number = points.columns): void {
  if (points.columns !== columns) {
    throw new DataError(
      `neighbours: ${what} have ${points.columns} columns, the index has ${columns}. Build both from the same view.`,
    );
  }
  const { data, rows } = points;
  const size = rows * columns;
  for (let at = 0; at < size; at++) {
    if (Number.isFinite(data[at])) continue;
    const [row, column] = [Math.floor(at / columns), at % columns];
    throw new DataError(
      `neighbours: row ${row}, column ${column} of ${what} is ${data[at]}; distances need finite numbers. ` +
        `Let the view impute what is missing (impute, encode, scale under views in params.yaml).`,
    );
  }
}

import type { FeatureInfo, Matrix } from "../../table/matrix.js";
import type { Windows } from "./build.js";
import type { ViewWindow } from "./params.js";

/** What `summary` says of a number in the rows of a window, in this order; a category has its last value alone. */
export const summaries = ["last", "mean", "sd", "min", "max"] as const;

/**
 * Rows of windows side by side, as they enter model.onnx: n × length·d, oldest first, NaN where there is no row.
 * @param X the rows of the table, d columns
 * @param rows whose windows, n
 */
export function gatherWindows(X: Matrix, windows: Windows, rows: ArrayLike<number>): Matrix {
  const { length } = windows;
  const columns = length * X.columns;
  const data = new Float32Array(rows.length * columns).fill(Number.NaN);
  for (let i = 0; i < rows.length; i++) {
    for (let step = 0; step < length; step++) {
      const from = windows.rows[rows[i] * length + step];
      if (from < 0) continue;
      data.set(X.data.subarray(from * X.columns, (from + 1) * X.columns), i * columns + step * X.columns);
    }
  }
  return { rows: rows.length, columns, data };
}

/** A matrix of windows as one of their rows: n × length·d → n·length × d. The numbers are the same. */
export function stepsOf({ rows, columns, data }: Matrix, length: number): Matrix {
  return { rows: rows * length, columns: columns / length, data };
}

/** 1 for each step that is a row: one of its raw values at least is there. */
export function stepsThere(raw: Matrix): Uint8Array {
  return Uint8Array.from({ length: raw.rows }, (_, i) => {
    for (let at = i * raw.columns; at < (i + 1) * raw.columns; at++)
      if (!Number.isNaN(raw.data[at])) return 1;
    return 0;
  });
}

/** Names of the columns of a windowed view: "bytes@-2" two rows back, "bytes_mean" over the window. */
export function windowFeatures(features: readonly FeatureInfo[], { length, as }: ViewWindow): FeatureInfo[] {
  if (as === "rows") {
    return Array.from({ length }, (_, step) =>
      features.map((feature) => ({ ...feature, name: `${feature.name}@${step + 1 - length || "0"}` })),
    ).flat();
  }
  return [
    ...features.map((feature) => ({ ...feature, name: `${feature.name}_last` })),
    ...summaries
      .slice(1)
      .flatMap((what) =>
        features
          .filter(({ kind }) => kind === "number")
          .map(({ name }): FeatureInfo => ({ name: `${name}_${what}`, kind: "number" })),
      ),
  ];
}

/**
 * What a windowed view makes of its steps.
 * @param viewed n·length × d, the steps after the view
 * @param there of each step (stepsThere)
 * @param features the d columns
 * @returns n × windowFeatures
 */
export function windowMatrix(
  viewed: Matrix,
  there: Uint8Array,
  features: readonly FeatureInfo[],
  window: ViewWindow,
): Matrix {
  return window.as === "rows" ? sideBySide(viewed, there, window) : summary(viewed, there, features, window);
}

function sideBySide(viewed: Matrix, there: Uint8Array, { length, absent }: ViewWindow): Matrix {
  const { columns } = viewed;
  const data = viewed.data.slice();
  const nothing = absent === "missing" ? Number.NaN : 0;
  there.forEach((is, step) => {
    if (is === 0) data.fill(nothing, step * columns, (step + 1) * columns);
  });
  return { rows: viewed.rows / length, columns: columns * length, data };
}

function summary(
  viewed: Matrix,
  there: Uint8Array,
  features: readonly FeatureInfo[],
  { length, absent }: ViewWindow,
): Matrix {
  const rows = viewed.rows / length;
  const numbers = features.flatMap(({ kind }, j) => (kind === "number" ? [j] : []));
  const columns = features.length + numbers.length * (summaries.length - 1);
  const data = new Float32Array(rows * columns);
  const nothing = absent === "missing" ? Number.NaN : 0;
  for (let i = 0; i < rows; i++) {
    const last = (i + 1) * length - 1;
    for (let j = 0; j < features.length; j++)
      data[i * columns + j] = there[last] === 1 ? viewed.data[last * viewed.columns + j] : nothing;
    numbers.forEach((j, k) => {
      let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
      const eachValue = (use: (value: number) => void): void => {
        for (let step = i * length; step <= last; step++) {
          const value = viewed.data[step * viewed.columns + j];
          if (there[step] === 1 && !Number.isNaN(value)) use(value);
        }
      };
      eachValue((value) => {
        count++;
        sum += value;
        if (value < least) least = value;
        if (value > most) most = value;
      });
      const mean = sum / count;
      let squares = 0;
      eachValue((value) => {
        squares += (value - mean) ** 2;
      });
      const found =
        count === 0 ? [nothing, nothing, nothing, nothing] : [mean, Math.sqrt(squares / count), least, most];
      found.forEach((value, what) => {
        data[i * columns + features.length + what * numbers.length + k] = value;
      });
    });
  }
  return { rows, columns, data };
}

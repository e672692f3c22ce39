import type { Rng } from "../../base/rng.js";
import type { Matrix } from "../../table/matrix.js";
import type { RowExplainer } from "./explanations.js";
import { type Game, kernelShap } from "./kernelShap.js";

/** Scores of rows: P(attack), or the anomaly score. */
export type ScoreRows = (X: Matrix) => Promise<Float64Array>;

export interface KernelOptions {
  readonly of: string;
  /** Columns d, where the matrix is of windows, and has them once for each row of a window: they are one player. */
  readonly columns?: number;
  readonly coalitions: number;
  readonly rng: Rng;
}

/** Rows that are scored in one call. */
const BATCH = 1 << 16;

/**
 * KernelSHAP of any model that scores rows. Columns that do not take part have the values of the background rows, one
 * after the other, and the scores are averaged. Columns in which the row equals all of the background are no players.
 * @param background m × d, or m × length·d of windows
 */
export function kernelExplainer(score: ScoreRows, background: Matrix, options: KernelOptions): RowExplainer {
  const { columns = background.columns } = options;
  return {
    method: "KernelSHAP",
    async explain(X) {
      const base = new Float64Array(X.rows);
      const values = new Float64Array(X.rows * columns);
      const standardErrors = new Float64Array(X.rows * columns);
      for (let row = 0; row < X.rows; row++) {
        const x = X.data.subarray(row * X.columns, (row + 1) * X.columns);
        const players = differing(x, background, columns);
        const found = await kernelShap(gameOf(score, x, background, players, columns), {
          players: players.length,
          coalitions: options.coalitions,
          rng: options.rng.fork(row),
        });
        base[row] = found.base;
        players.forEach((column, i) => {
          values[row * columns + column] = found.values[i];
          standardErrors[row * columns + column] = found.standardErrors?.[i] ?? 0;
        });
      }
      return { method: "KernelSHAP", of: options.of, base, values, standardErrors };
    },
  };
}

/** Columns in which the row differs from one of the background's. */
function differing(x: Float32Array, { rows, columns: width, data }: Matrix, columns: number): number[] {
  return Array.from({ length: columns }, (_, j) => j).filter((j) => {
    for (let i = 0; i < rows; i++) {
      for (let at = j; at < width; at += columns) if (!Object.is(data[i * width + at], x[at])) return true;
    }
    return false;
  });
}

function gameOf(
  score: ScoreRows,
  x: Float32Array,
  background: Matrix,
  players: readonly number[],
  each: number,
): Game {
  const { rows, columns } = background;
  const step = Math.max(1, Math.floor(BATCH / rows));
  return async (coalitions) => {
    const count = players.length === 0 ? 2 : coalitions.length / players.length;
    const worth = new Float64Array(count);
    for (let first = 0; first < count; first += step) {
      const end = Math.min(count, first + step);
      const data = new Float32Array((end - first) * rows * columns);
      for (let m = first; m < end; m++) {
        const at = (m - first) * rows * columns;
        data.set(background.data, at);
        players.forEach((column, i) => {
          if (coalitions[m * players.length + i] === 0) return;
          for (let b = 0; b < rows; b++) {
            for (let place = column; place < columns; place += each)
              data[at + b * columns + place] = x[place];
          }
        });
      }
      const scores = await score({ rows: (end - first) * rows, columns, data });
      scores.forEach((value, i) => {
        worth[first + Math.floor(i / rows)] += value / rows;
      });
    }
    return worth;
  };
}

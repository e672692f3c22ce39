import type { Rng } from "../../base/rng.js";
import type { Rows } from "../contract.js";

/** Columns by worth. */
export interface Ranking {
  /** The columns that are worth keeping, the best first; no more than were asked for. */
  readonly kept: readonly number[];
  /** A number a column, higher is better; null where a column was never looked at. */
  readonly scores: readonly (number | null)[];
}

/** Ranks the columns of training rows it was made for. */
export interface Ranker {
  /** @param rows those to look at, ascending; all of them when left out */
  rank(keep: number, rng: Rng, rows?: Int32Array): Promise<Ranking>;
}

/** The `keep` best columns that have a score above 0; of equal ones the first. */
export function best(scores: ArrayLike<number>, keep: number): Ranking {
  const all = Array.from(scores);
  const order = [...all.keys()].filter((j) => all[j] > 0).sort((a, b) => all[b] - all[a] || a - b);
  return { kept: order.slice(0, keep), scores: all };
}

/** Some of the rows. */
export function takeRows(train: Rows, rows: Int32Array): Rows {
  const { columns, data } = train.X;
  const own = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    own.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return {
    X: { rows: rows.length, columns, data: own },
    features: train.features,
    y: Int32Array.from(rows, (row) => train.y[row]),
    classes: train.classes,
  };
}

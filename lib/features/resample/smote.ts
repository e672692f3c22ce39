import type { Rng } from "../../base/rng.js";
import type { FeatureInfo, Matrix } from "../../table/matrix.js";
import { nearestRows, spaceOf } from "./neighbours.js";

/** Synthetic rows, and where they come from. */
export interface Synthetic {
  /** made × columns */
  readonly data: Float32Array;
  /** Row of X that each leans on. */
  readonly base: Int32Array;
  /** Row of X that each leans to. */
  readonly towards: Int32Array;
  /** Neighbours that were looked at: k, or the rows of the group less one. */
  readonly k: number;
}

/**
 * Synthetic minority rows: each on the segment between a row of the group, drawn at random, and one of its k nearest
 * neighbours in the group, drawn at random, at a place drawn at random.
 *
 * With category columns this is SMOTE-NC: a category is the one that most of the k neighbours have (of equal counts that
 * of the nearest). Missing values: where either end of the segment lacks a number, the synthetic row has the base row's,
 * missing or not; a missing category counts as a category. Counts are no longer whole, and sums of columns that belong
 * together hold only approximately. Works badly where rows repeat: the neighbours of a copy are its copies.
 * @param rows the group's rows of X, two or more
 * @param scale divisor of each column in distances (1: as it is)
 * Source: Chawla, Bowyer, Hall and Kegelmeyer 2002, SMOTE: synthetic minority over-sampling technique, JAIR 16,
 * arXiv:1106.1813.
 */
export function smote(
  X: Matrix,
  rows: Int32Array,
  features: readonly FeatureInfo[],
  options: { readonly make: number; readonly k: number; readonly scale: Float64Array; readonly rng: Rng },
): Synthetic {
  const { make, scale, rng } = options;
  const { columns } = X;
  const k = Math.min(options.k, rows.length - 1);
  const drawn = Array.from({ length: make }, () => ({
    base: rng.integer(rows.length),
    neighbour: rng.integer(k),
    gap: rng.uniform(),
  }));
  // Only the neighbours of rows that were drawn are looked for.
  const asked = Int32Array.from(new Set(drawn.map(({ base }) => base))).sort();
  const place = new Int32Array(rows.length);
  asked.forEach((row, i) => {
    place[row] = i;
  });
  const neighbours = nearestRows(spaceOf(X, rows, features, scale), asked, k);

  const data = new Float32Array(make * columns);
  const towards = new Int32Array(make);
  drawn.forEach(({ base, neighbour, gap }, i) => {
    const near = neighbours.subarray(place[base] * k, (place[base] + 1) * k);
    towards[i] = rows[near[neighbour]];
    const from = rows[base] * columns;
    const to = towards[i] * columns;
    features.forEach(({ kind }, j) => {
      data[i * columns + j] =
        kind === "number"
          ? between(X.data[from + j], X.data[to + j], gap)
          : commonest(Array.from(near, (row) => X.data[rows[row] * columns + j]));
    });
  });
  return { data, base: Int32Array.from(drawn, ({ base }) => rows[base]), towards, k };
}

function between(from: number, to: number, gap: number): number {
  const step = to - from;
  return Number.isFinite(step) ? from + gap * step : from;
}

/** The value that occurs most often, of equal counts the first. */
function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best = values[0];
  // A Map keeps the order in which its keys came.
  for (const [value, count] of counts) if (count > (counts.get(best) ?? 0)) best = value;
  return best;
}

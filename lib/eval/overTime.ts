import { z } from "zod";
import type { GroupMetrics, RankedRows } from "./groupMetrics.js";

/** `eval.windows`: how results are followed over time. */
export const windowParams = z.strictObject({
  /** Consecutive slices of equal numbers of rows. */
  batches: z.int().min(1).max(100),
  /** Length of the sliding window, which moves by half of it. */
  seconds: z.number().min(1e-3).max(1e9),
});
export type Windows = z.infer<typeof windowParams>;

/** Where nothing else is said. */
export const defaultWindows: Windows = { batches: 12, seconds: 60 };

/** Rows of a stretch of time. `attacks` are truly there, `predicted` are at or above the threshold. */
export interface TimeWindow extends GroupMetrics {
  /** Of a batch the time of its first and its last row; of a sliding window its begin and its end, which is outside. */
  readonly from_us: number;
  readonly to_us: number;
  readonly predicted: number;
}

/** Results in the order of time. */
export interface OverTime {
  /** Rows without a time, which are in no window. */
  readonly rows_without_time: number;
  readonly batches: readonly TimeWindow[];
  /** Every batch with all before it. */
  readonly cumulative: readonly TimeWindow[];
  readonly sliding: {
    /** Length of a window. Longer than the one asked for (doubled) where that makes more than 60 of them. */
    readonly seconds: number;
    readonly asked_seconds: number;
    /** Windows without a row, which are left out. */
    readonly empty: number;
    readonly windows: readonly TimeWindow[];
  };
}

/** More sliding windows than this nobody reads. */
const MOST_WINDOWS = 60;

/**
 * The metrics of a part by batch, over all batches so far, and in a window that slides by half its length. Rows of the same
 * time keep their order; the first window begins with the first row.
 * @param startUs microseconds, NaN where a row has no time
 * @returns null when no row has a time
 */
export function overTime(rows: RankedRows, startUs: ArrayLike<number>, windows: Windows): OverTime | null {
  const order = Int32Array.from({ length: rows.n }, (_, row) => row)
    .filter((row) => !Number.isNaN(startUs[row]))
    .sort((a, b) => startUs[a] - startUs[b] || a - b);
  if (order.length === 0) return null;
  const [first, last] = [startUs[order[0]], startUs[order[order.length - 1]]];
  return {
    rows_without_time: rows.n - order.length,
    ...byBatch(rows, startUs, order, windows.batches),
    sliding: sliding(rows, startUs, { first, last }, windows.seconds),
  };
}

function byBatch(
  rows: RankedRows,
  startUs: ArrayLike<number>,
  order: Int32Array,
  asked: number,
): Pick<OverTime, "batches" | "cumulative"> {
  const count = Math.min(asked, order.length);
  const begin = (batch: number): number => Math.floor((batch * order.length) / count);
  const batchOf = new Int32Array(rows.n).fill(-1);
  for (let b = 0; b < count; b++) for (let i = begin(b); i < begin(b + 1); i++) batchOf[order[i]] = b;
  const timeAt = (place: number): number => startUs[order[place]];
  return {
    batches: rows
      .byGroup(batchOf, count)
      .map((metrics, b) => windowOf(metrics, timeAt(begin(b)), timeAt(begin(b + 1) - 1))),
    cumulative: Array.from({ length: count }, (_, b) =>
      windowOf(
        rows.where((row) => batchOf[row] >= 0 && batchOf[row] <= b),
        timeAt(0),
        timeAt(begin(b + 1) - 1),
      ),
    ),
  };
}

function sliding(
  rows: RankedRows,
  startUs: ArrayLike<number>,
  { first, last }: { first: number; last: number },
  asked: number,
): OverTime["sliding"] {
  let seconds = asked;
  const stepOf = (length: number): number => length * 5e5;
  while (Math.floor((last - first) / stepOf(seconds)) + 1 > MOST_WINDOWS) seconds *= 2;
  const step = stepOf(seconds);
  const count = Math.floor((last - first) / step) + 1;
  // A window is two steps long: the even ones lie side by side, and so do the odd ones.
  const measured = [0, 1].map((odd) => {
    const group = Int32Array.from({ length: rows.n }, (_, row) => {
      const place = Math.floor((startUs[row] - first) / step) - odd;
      return place >= 0 ? place >> 1 : -1;
    });
    return rows.byGroup(group, (count + 1) >> 1);
  });
  const windows = Array.from({ length: count }, (_, w) =>
    windowOf(measured[w & 1][w >> 1], first + w * step, first + (w + 2) * step),
  );
  const filled = windows.filter(({ n }) => n > 0);
  return { seconds, asked_seconds: asked, empty: count - filled.length, windows: filled };
}

function windowOf(metrics: GroupMetrics, from: number, to: number): TimeWindow {
  return { from_us: from, to_us: to, predicted: metrics.tp + metrics.fp, ...metrics };
}

import { describe, expect, it } from "vitest";
import { RankedRows } from "#lib/eval/groupMetrics.js";
import { overTime, type TimeWindow } from "#lib/eval/overTime.js";

const second = 1e6;
/** Rows at these seconds; the third and the last are attacks, flagged are those with a score of .5 or more. */
const at = [4, 0, 1, Number.NaN, 2, 3];
const rows = new RankedRows({
  isAttack: Uint8Array.of(0, 0, 1, 0, 0, 1),
  scores: [0.9, 0.1, 0.9, 0.9, 0.1, 0.2],
  threshold: 0.5,
});
const start = Float64Array.from(at, (seconds) => 10 * second + seconds * second);
const brief = ({ from_us, to_us, n, attacks, predicted }: TimeWindow): number[] => [
  ...[from_us / second - 10, to_us / second - 10],
  ...[n, attacks, predicted],
];

describe("results over time", () => {
  it("by batch of equal size in the order of time, and over all so far", () => {
    const found = overTime(rows, start, { batches: 2, seconds: 60 });
    expect(found?.rows_without_time).toBe(1);
    expect(found?.batches.map(brief)).toEqual([
      [0, 1, 2, 1, 1],
      [2, 4, 3, 1, 1],
    ]);
    expect(found?.cumulative.map(brief)).toEqual([
      [0, 1, 2, 1, 1],
      [0, 4, 5, 2, 2],
    ]);
    expect(found?.batches.map(({ recall, fpr }) => [recall, fpr])).toEqual([
      [1, 0],
      [0, 0.5],
    ]);
  });

  it("in a window that slides by half its length; empty ones are left out and counted", () => {
    const found = overTime(rows, start, { batches: 9, seconds: 2 });
    expect(found?.batches).toHaveLength(5);
    expect(found?.sliding.windows.map(brief)).toEqual([
      [0, 2, 2, 1, 1],
      [1, 3, 2, 1, 1],
      [2, 4, 2, 1, 0],
      [3, 5, 2, 1, 1],
      [4, 6, 1, 0, 1],
    ]);
    const gap = overTime(
      rows,
      start.map((us, i) => us + (i === 0 ? 20 * second : 0)),
      {
        batches: 1,
        seconds: 2,
      },
    );
    expect(gap?.sliding).toMatchObject({ seconds: 2, empty: 19 });
  });

  it("in longer windows where there would be more than 60", () => {
    const found = overTime(
      rows,
      start.map((us, i) => us * (i === 5 ? 100 : 1)),
      {
        batches: 1,
        seconds: 2,
      },
    );
    // 1,300 s less 10: windows of 2 s by 1 s would be 1,291; of 64 s by 32 s they are 41.
    expect(found?.sliding).toMatchObject({ seconds: 64, asked_seconds: 2 });
    expect(found?.sliding.windows.reduce((sum, { n }) => sum + n, 0)).toBe(6);
  });

  it("is null without times", () => {
    expect(overTime(rows, start.fill(Number.NaN), { batches: 2, seconds: 60 })).toBeNull();
  });
});

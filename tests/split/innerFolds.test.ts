import { describe, expect, it } from "vitest";
import { timeFolds, trainsFor } from "#lib/split/innerFolds.js";
import { int64, Table } from "#lib/table/table.js";

const at = (...startUs: number[]): Table => Table.of({ start_us: int64(startUs) });

describe("timeFolds", () => {
  it("cuts the rows in time, and no fold is scored by what saw a row of it or after it", () => {
    const times = [50, 10, 40, 30, 20, 60, 70, 80];
    const inner = timeFolds(at(...times), 3);
    expect([...inner.fold]).toEqual([2, 0, 1, 1, 0, 2, 3, 3]);
    for (const f of [1, 2, 3]) {
      const of = (keep: (fold: number) => boolean): number[] => times.filter((_, i) => keep(inner.fold[i]));
      const [past, held] = [of((fold) => trainsFor(inner, fold, f)), of((fold) => fold === f)];
      expect(Math.max(...past)).toBeLessThan(Math.min(...held));
      expect(past).toHaveLength(2 * f);
    }
  });
  it("keeps rows of one instant together, and leaves rows without a time out", () => {
    const inner = timeFolds(at(1, 1, 1, 2, Number.NaN, 2, 3), 2);
    expect([...inner.fold]).toEqual([0, 0, 0, 1, 3, 1, 2]);
    expect([1, 2].map((f) => trainsFor(inner, 3, f))).toEqual([false, false]);
  });
  it("refuses rows that are nearly all of one instant", () => {
    expect(() => timeFolds(at(5, 5, 5, 5, 6), 2)).toThrow(
      "search: 2 folds by time need 3 stretches of the training part, and too many of its 5 rows are of one instant",
    );
  });
});

import { describe, expect, it } from "vitest";
import { checkHistory, windowsOf } from "#lib/features/windows/build.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const rowsOf = (table: Table, length: number): number[][] => {
  const { rows } = windowsOf(table, { length });
  return Array.from({ length: table.rows }, (_, i) => [...rows.subarray(i * length, (i + 1) * length)]);
};

describe("windowsOf", () => {
  it("takes the last rows of the same originator, oldest first, in the order in which they ended", () => {
    const flows = Table.of({
      start_us: int64([1e6, 2e6, 3e6, 4e6]),
      duration_s: float64([0, 5, 0, Number.NaN]),
      orig_addr: text(["a", "a", "b", "a"]),
    });
    // Row 1 ended last, at 7 s: row 3 does not know it.
    expect(rowsOf(flows, 3)).toEqual([
      [-1, -1, 0],
      [0, 3, 1],
      [-1, -1, 2],
      [-1, 0, 3],
    ]);
    expect(rowsOf(flows, 2)[1]).toEqual([3, 1]);
  });

  it("never crosses a source or a day", () => {
    const flows = Table.of({
      start_us: int64([1, 2, 3, 4]),
      orig_addr: text(["a", "a", "a", "a"]),
      source: text(["x", "x", "y", "x"]),
      day: text(["1", "1", "1", "2"]),
    });
    expect(rowsOf(flows, 2)).toEqual([
      [-1, 0],
      [0, 1],
      [-1, 2],
      [-1, 3],
    ]);
  });

  it("leaves rows without a time or a host alone, and keeps equal times in the order of the ids", () => {
    const flows = Table.of({
      row_id: int64([9, 8, 7, 6]),
      start_us: int64([5, 5, Number.NaN, 5]),
      orig_addr: text(["a", "a", "a", null]),
    });
    expect(rowsOf(flows, 2)).toEqual([
      [1, 0],
      [-1, 1],
      [-1, 2],
      [-1, 3],
    ]);
    expect(windowsOf(flows, { length: 2 }).alone).toBe(2);
  });

  it("is refused where no host has as many rows", () => {
    const flows = Table.of({ start_us: int64([1, 2, 3]), orig_addr: text(["a", "a", "b"]) });
    checkHistory(windowsOf(flows, { length: 2 }));
    expect(() => checkHistory(windowsOf(flows, { length: 5 }))).toThrow(
      /no host has the 5 rows of a window: the longest history within a source and day has 2\. Set window\.length/,
    );
  });

  it("goes by host and time in telemetry", () => {
    const readings = Table.of({ start_us: int64([2, 1, 3]), host: text(["fridge", "fridge", "door"]) });
    expect(rowsOf(readings, 2)).toEqual([
      [1, 0],
      [-1, 1],
      [-1, 2],
    ]);
  });

  it("says what a table without hosts lacks", () => {
    expect(() => windowsOf(Table.of({ start_us: int64([1]) }), { length: 2 })).toThrow(
      /windows need a time \(start_us\) and a host .* the table has start_us.*dataset.columns/,
    );
  });
});

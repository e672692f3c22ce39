import { describe, expect, it } from "vitest";
import { compareColumns } from "#lib/features/align.js";
import { float32, int64, Table } from "#lib/table/table.js";

const table = Table.of({ row_id: int64([0]), orig_bytes: float32([1]), orig_pkt: float32([2]) });
const columns = ["orig_bytes", "orig_pkts"].map((name) => ({ name, type: "float32" as const }));

describe("compareColumns", () => {
  it("finds nothing when the columns are those of the model, whatever their order; row_id is none", () => {
    const same = columns.slice(0, 1);
    expect(compareColumns(table.select(["orig_bytes", "row_id"]), same, false)).toEqual({
      missing: [],
      extra: [],
    });
  });

  it("refuses missing columns by name, with the one that is nearest", () => {
    expect(() => compareColumns(table, columns, false)).toThrow(
      /lack 1 of the model's 2 columns: orig_pkts\. Did you mean "orig_pkt"\?.*--fill-missing/,
    );
  });

  it("names missing and extra columns when they may be filled", () => {
    expect(compareColumns(table, columns, true)).toEqual({ missing: ["orig_pkts"], extra: ["orig_pkt"] });
  });

  it("refuses data with none of the columns, filled or not", () => {
    const other = Table.of({ x: float32([1]) });
    for (const fill of [true, false])
      expect(() => compareColumns(other, columns, fill)).toThrow(/none of the model's columns/);
  });
});

import { expect, it } from "vitest";
import { contentHash } from "#lib/table/contentHash.js";
import { float64, int64, Table, type TextColumn, text } from "#lib/table/table.js";

const a = float64([1, Number.NaN, 0]);
const b = text(["x", null, "y"]);

it("is of the values, not of how they are stored", () => {
  const recoded: TextColumn = { kind: "text", codes: Int32Array.of(2, -1, 1), dictionary: ["z", "y", "x"] };
  const same = Table.of({ b: recoded, a: int64([1, Number.NaN, -0]) });
  expect(contentHash(same)).toBe(contentHash(Table.of({ a, b })));
});

it("tells other values, rows, orders and names apart", () => {
  const tables = [
    Table.of({ a, b }),
    Table.of({ a, b }).take([0, 1]),
    Table.of({ a, b }).take([1, 0, 2]),
    Table.of({ a, c: b }),
    Table.of({ a, b: text(["x", null, "z"]) }),
    Table.of({ a, b: text(["x", "", "y"]) }),
    Table.of({ a: float64([1, 2, 0]), b }),
  ];
  expect(new Set(tables.map(contentHash)).size).toBe(tables.length);
});

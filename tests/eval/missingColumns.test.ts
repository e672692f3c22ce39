import { expect, it } from "vitest";
import { missingColumns } from "#lib/eval/missingColumns.js";
import { float32, Table, text } from "#lib/table/table.js";

const nan = Number.NaN;

it("groups rows by the columns that they lack", () => {
  const table = Table.of({
    service: text(["dns", null, null, "ssl", null]),
    bytes: float32([1, nan, 2, 3, nan]),
  });
  const { group, without } = missingColumns(table, ["service", "bytes"], Int32Array.of(3, 1, 2, 4));
  expect(Array.from(group.codes, (code) => group.dictionary[code])).toEqual([
    "all columns",
    "without bytes, service",
    "without service",
    "without bytes, service",
  ]);
  expect(without[group.codes[1]]).toEqual(["bytes", "service"]);
});

it("keeps groups with long lists apart", () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const column = (name: string) => float32([nan, name === "f" ? 1 : nan, name === "e" ? 1 : nan]);
  const table = Table.of(Object.fromEntries(names.map((name) => [name, column(name)])));
  const { group, without } = missingColumns(table, names, Int32Array.of(0, 1, 2));
  expect(group.dictionary).toEqual([
    "without a, b, c, d and 2 more",
    "without a, b, c, d and 1 more",
    "without a, b, c, d and 1 more (2)",
  ]);
  expect(without[2]).toEqual(["a", "b", "c", "d", "f"]);
});

it("takes no rows and no columns", () => {
  const table = Table.of({ a: float32([1]) });
  expect(missingColumns(table, ["a"], new Int32Array(0)).group.codes).toHaveLength(0);
  expect(missingColumns(table, [], Int32Array.of(0)).group.dictionary).toEqual(["all columns"]);
});

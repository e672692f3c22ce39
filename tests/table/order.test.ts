import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { sortedBy } from "#lib/table/order.js";

const rng = Rng.root(4);
const rows = rng.shuffle(Int32Array.from({ length: 500 }, (_, row) => row));

it.each([
  ["few", () => rng.integer(3)],
  ["negative", () => -rng.integer(100_000)],
  ["of more than 32 bits", () => 1e15 + 1e7 * rng.integer(1000) - 5e15 * rng.integer(2)],
  [
    "as far apart as doubles are whole",
    () => (rng.integer(2) === 0 ? -(2 ** 52) : 2 ** 52 - 1) + rng.integer(2),
  ],
])("sorts rows by keys that are %s, of equal keys in the order that they had", (_, keyOf) => {
  const keys = Float64Array.from(rows, keyOf);
  const before = rows.slice();
  expect([...sortedBy(rows, keys)]).toEqual([...rows].sort((a, b) => keys[a] - keys[b]));
  expect(rows).toEqual(before);
});

it("leaves rows that are in order, and none, as they are", () => {
  const sorted = Int32Array.of(3, 1, 2);
  expect(sortedBy(sorted, [0, 5, 5, -1])).toBe(sorted);
  expect([...sortedBy(new Int32Array(0), [])]).toEqual([]);
});

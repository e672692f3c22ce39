import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { select } from "#lib/base/select.js";

const rng = Rng.root(1).fork("select");
const drawn = (n: number, of: () => number): Float64Array => Float64Array.from({ length: n }, of);

describe("select", () => {
  it.each([
    ["different values", drawn(5000, () => rng.uniform() - 0.5)],
    ["few values", drawn(5000, () => rng.integer(3))],
    ["one value", new Float64Array(5000).fill(7)],
    ["ascending values", Float64Array.from({ length: 5000 }, (_, i) => i)],
    ["descending values", Float64Array.from({ length: 5000 }, (_, i) => -i)],
    ["infinities", drawn(50, () => [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY][rng.integer(3)])],
    ["one number", Float64Array.of(3)],
  ])("puts each rank of %s where sorting does", (_, values) => {
    const sorted = values.slice().sort();
    for (const share of [0, 0.01, 0.25, 0.5, 0.9, 1]) {
      const own = values.slice();
      const k = Math.floor(share * (own.length - 1));
      select(own, k);
      expect(own[k]).toBe(sorted[k]);
      expect(own.subarray(0, k).every((value) => value <= own[k])).toBe(true);
      expect(own.subarray(k).every((value) => value >= own[k])).toBe(true);
      expect(own.sort()).toEqual(sorted);
    }
  });
});

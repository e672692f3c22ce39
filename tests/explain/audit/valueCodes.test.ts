import { describe, expect, it } from "vitest";
import { valueCodes } from "#lib/explain/audit/valueCodes.js";
import { RankKernel } from "#lib/table/rows/ranks.js";
import { float64, text } from "#lib/table/table.js";

describe("valueCodes", () => {
  it("codes numbers in ascending order, missing as 0", () => {
    const { codes, count, numeric } = valueCodes(
      float64([2.5, Number.NaN, -1e300, 2.5, 0, -0]),
      new RankKernel(),
    );
    expect([...codes]).toEqual([3, 0, 1, 3, 2, 2]);
    expect(count).toBe(4);
    expect([...(numeric ?? [])].slice(1)).toEqual([-1e300, 0, 2.5]);
  });
  it("codes whole numbers", () => {
    const { codes, numeric } = valueCodes(float64([7, -2, Number.NaN, 7, 0]), new RankKernel());
    expect([...codes]).toEqual([3, 1, 0, 3, 2]);
    expect([...(numeric ?? [])].slice(1)).toEqual([-2, 0, 7]);
  });
  it("agrees with sorting on many numbers of all sizes", () => {
    const values = Array.from({ length: 5000 }, (_, i) => Math.sin(i % 1777) * 10 ** (i % 13));
    const { codes, numeric } = valueCodes(float64(values), new RankKernel());
    const sorted = [...new Set(values)].sort((a, b) => a - b);
    expect([...(numeric ?? [])].slice(1)).toEqual(sorted);
    expect(values.every((value, row) => numeric?.[codes[row]] === value)).toBe(true);
  });
  it("codes texts by their dictionary", () => {
    expect([...valueCodes(text(["b", null, "a", "b"]), new RankKernel()).codes]).toEqual([1, 0, 2, 1]);
  });
});

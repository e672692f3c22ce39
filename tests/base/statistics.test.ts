import { describe, expect, it } from "vitest";
import { allocate, quantile } from "#lib/base/statistics.js";

describe("quantile", () => {
  it("interpolates between neighbours, as numpy.quantile", () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual([1, 1.75, 3, 5, 8]);
    expect(quantile([7], 0.3)).toBe(7);
  });
});

describe("allocate", () => {
  it("divides in proportion, keeps one of each where that is possible", () => {
    expect(allocate([60, 30, 10], 10)).toEqual([6, 3, 1]);
    expect(allocate([98, 1, 1], 10)).toEqual([8, 1, 1]);
    expect(allocate([5, 5, 5], 2)).toEqual([1, 1, 0]);
    expect(allocate([1, 999], 1000)).toEqual([1, 999]);
  });
});

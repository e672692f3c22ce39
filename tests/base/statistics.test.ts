import { describe, expect, it } from "vitest";
import { allocate, meanAndDeviation, quantile, quantileOfUnsorted, sum } from "#lib/base/statistics.js";

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

describe("quantileOfUnsorted", () => {
  it("interpolates as quantile does of sorted values", () => {
    const values = [9, 1, 4, 4, -3, 100, 0.5];
    const sorted = values.toSorted((a, b) => a - b);
    for (const q of [0, 0.1, 0.25, 0.5, 0.75, 1])
      expect(quantileOfUnsorted(Float64Array.from(values), q)).toBe(quantile(sorted, q));
    expect(quantileOfUnsorted(Float64Array.of(2, 1), 0.5)).toBe(1.5);
    expect(quantileOfUnsorted(Float64Array.of(2), 0.5)).toBe(2);
  });
});

describe("sum", () => {
  it("keeps what a plain sum loses", () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2);
    expect(sum(new Array(10).fill(0.1))).toBe(1);
    expect(sum([])).toBe(0);
  });
  it("is infinite where a value is", () => {
    expect(sum([1, Number.POSITIVE_INFINITY, 2])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("meanAndDeviation", () => {
  it("is that of the population, far from zero too", () => {
    expect(meanAndDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: 2 });
    expect(meanAndDeviation([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).deviation).toBeCloseTo(
      Math.sqrt(22.5),
      12,
    );
  });
});

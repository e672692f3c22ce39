import { describe, expect, it } from "vitest";
import { type ClassWeight, classWeightParam, classWeights } from "#lib/models/classWeights.js";

const weights = (param: unknown, counts: number[]): number[] => [
  ...classWeights(counts, classWeightParam.parse(param) as ClassWeight),
];

describe("classWeights", () => {
  it("are 1 by default", () => {
    expect(weights(undefined, [90, 10])).toEqual([1, 1]);
  });

  it("balanced: every class weighs the same, as scikit-learn's", () => {
    expect(weights("balanced", [90, 10])).toEqual([100 / 180, 5]);
    expect(weights({ rule: "inverse" }, [90, 10])).toEqual([100 / 180, 5]);
  });

  it("effective: by (1 - beta^n) / (1 - beta), and a row weighs 1 on average", () => {
    const [common, rare] = weights("effective", [9000, 10]);
    expect(rare / common).toBeCloseTo((1 - 0.999 ** 9000) / (1 - 0.999 ** 10), 9);
    expect((9000 * common + 10 * rare) / 9010).toBeCloseTo(1, 12);
    // Cui et al. 2019: beta 0 is no weighting, beta towards 1 the inverse of the rows.
    const [c, r] = weights({ rule: "effective", beta: 0.9999999 }, [900, 10]);
    expect(r / c).toBeCloseTo(90, 2);
    const [a, b] = weights({ rule: "effective", beta: 1e-9 }, [900, 10]);
    expect(b / a).toBeCloseTo(1, 6);
  });

  it("clip: no class weighs more than so many times the lightest", () => {
    const [common, mid, rare] = weights({ rule: "inverse", clip: 10 }, [1000, 500, 10]);
    expect(mid / common).toBeCloseTo(2, 12);
    expect(rare / common).toBeCloseTo(10, 12);
    expect((1000 * common + 500 * mid + 10 * rare) / 1510).toBeCloseTo(1, 12);
    const [a, b] = weights({ rule: "effective", clip: 1 }, [1000, 10]);
    expect([a, b].map((weight) => weight.toFixed(12))).toEqual(["1.000000000000", "1.000000000000"]);
  });

  it("a class without rows weighs nothing, and does not count as one", () => {
    expect(weights("balanced", [90, 0, 10])).toEqual([100 / 180, 0, 5]);
    expect(weights("effective", [90, 0, 10])[1]).toBe(0);
  });

  it("refuses parameters of another rule", () => {
    expect(classWeightParam.safeParse({ rule: "inverse", beta: 0.9 }).success).toBe(false);
    expect(classWeightParam.safeParse({ rule: "effective", beta: 1 }).success).toBe(false);
    expect(classWeightParam.safeParse({ rule: "inverse", clip: 0.5 }).success).toBe(false);
  });
});

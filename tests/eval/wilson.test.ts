import { expect, it } from "vitest";
import { wilson } from "#lib/eval/wilson.js";

it("equals binomtest(hits, n).proportion_ci(method='wilson') of SciPy 1.17.1", () => {
  const cases: [number, number, number, number][] = [
    [8, 10, 0.4901624715366418, 0.9433178485456248],
    [1, 3, 0.06149194472039626, 0.7923403991979523],
    [58, 559, 0.08112359354173722, 0.13179863694177155],
  ];
  for (const [hits, n, lo, hi] of cases) {
    const found = wilson(hits, n);
    expect(found?.[0]).toBeCloseTo(lo, 12);
    expect(found?.[1]).toBeCloseTo(hi, 12);
  }
});

it("has width where none or all are hits, and none without rows", () => {
  expect(wilson(0, 10)).toEqual([0, expect.closeTo(0.27753279986288926, 12)]);
  expect(wilson(10, 10)).toEqual([expect.closeTo(0.7224672001371109, 12), 1]);
  expect(wilson(0, 0)).toBeNull();
});

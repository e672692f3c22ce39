import { expect, it } from "vitest";
import { fitRanks, rankOf } from "#lib/models/ensemble/ranks.js";

// Ten training scores; half of equal ones count as below.
const curve = fitRanks(Float64Array.of(1, 2, 3, 4, 5, 5, 7, 8, 9, 10));

it("interpolates between training scores, whose equal ones share the middle rank", () => {
  expect(rankOf(curve, 1)).toBeCloseTo(0.05, 12);
  expect(rankOf(curve, 2)).toBeCloseTo(0.15, 12);
  expect(rankOf(curve, 2.5)).toBeCloseTo(0.2, 12);
  expect(rankOf(curve, 5)).toBeCloseTo(0.5, 12);
  expect(rankOf(curve, 6)).toBeCloseTo(0.575, 12);
  expect(rankOf(curve, 10)).toBeCloseTo(0.95, 12);
});

it("is that of the lowest below it, and rises towards 1 more above the highest", () => {
  expect(rankOf(curve, -1e6)).toBeCloseTo(0.05, 12);
  // The median is 5, the highest 10: at 15 half of the way to 1 more.
  expect(rankOf(curve, 15)).toBeCloseTo(1.45, 12);
  expect(rankOf(curve, 1e30)).toBeCloseTo(1.95, 12);
});

it("gives near scores one rank, so that rounding moves none", () => {
  const near = fitRanks(Float64Array.of(1, 1.0000001, 1.001, 2));
  expect([...near.at]).toEqual([1, 2]);
  expect([...near.rank]).toEqual([0.375, 0.875]);
  const one = fitRanks(Float64Array.of(0));
  expect([rankOf(one, -1), rankOf(one, 0), rankOf(one, 1)]).toEqual([0.5, 0.5, 1]);
});

import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { fillMask } from "#lib/nn/fillMask.js";

it("sets a share of the numbers to 0 and the others to what keeps the mean, the same for the same stream", () => {
  const [first, second] = [new Float32Array(100_001), new Float32Array(100_001)];
  fillMask(first, 0.25, Rng.root(1).fork("mask"));
  fillMask(second, 0.25, Rng.root(1).fork("mask"));
  expect(second).toEqual(first);
  expect([...new Set(first)].sort()).toEqual([0, Math.fround(4 / 3)]);
  expect(first.filter((each) => each === 0).length / first.length).toBeCloseTo(0.25, 2);
});

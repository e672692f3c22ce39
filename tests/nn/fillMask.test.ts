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

it("is one byte of the stream for each number, whatever their count", () => {
  for (const count of [1, 6, 65_536, 65_539]) {
    const bytes = new Uint32Array(Math.min((count + 3) >> 2, 16_384) * Math.ceil(count / 65_536));
    Rng.root(2).fill(bytes);
    const expected = Float32Array.from(new Uint8Array(bytes.buffer).subarray(0, count), (byte) =>
      byte < 26 ? 0 : 256 / 230,
    );
    const mask = new Float32Array(count);
    fillMask(mask, 0.1, Rng.root(2));
    expect(mask).toEqual(expected);
  }
});

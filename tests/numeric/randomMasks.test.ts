import { expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { RandomMasks } from "#lib/numeric/randomMasks.js";

function mask(size: number, rate: number, rng: Rng): Float32Array {
  const masks = new RandomMasks([size]);
  masks.draw(0, rate, rng);
  return masks.values[0];
}

it("sets a share of the numbers to 0 and the others to what keeps the mean, the same for the same stream", () => {
  const first = mask(100_001, 0.25, Rng.root(1).fork("mask"));
  expect(mask(100_001, 0.25, Rng.root(1).fork("mask"))).toEqual(first);
  expect([...new Set(first)].sort()).toEqual([0, Math.fround(4 / 3)]);
  expect(first.filter((each) => each === 0).length / first.length).toBeCloseTo(0.25, 2);
});

it("is one byte of the stream for each number, whatever their count", () => {
  for (const count of [1, 6, 8_191, 65_536, 65_539]) {
    const bytes = new Uint32Array(Math.min((count + 3) >> 2, 16_384) * Math.ceil(count / 65_536));
    const expected = Rng.root(2);
    expected.fill(bytes);
    const numbers = Float32Array.from(new Uint8Array(bytes.buffer).subarray(0, count), (byte) =>
      byte < 26 ? 0 : 256 / 230,
    );
    const rng = Rng.root(2);
    expect(mask(count, 0.1, rng)).toEqual(numbers);
    expect(rng.uint32()).toBe(expected.uint32());
  }
});

it("draws several masks beside each other", () => {
  const rng = Rng.root(3);
  const masks = new RandomMasks([5, 21]);
  masks.draw(0, 0.5, rng);
  masks.draw(1, 0.999, rng);
  const again = Rng.root(3);
  expect(masks.values[0]).toEqual(mask(5, 0.5, again));
  expect(masks.values[1]).toEqual(mask(21, 0.999, again));
  expect(new Set(masks.values[0])).toEqual(new Set([0, 2]));
});

it("refuses more than a kernel can hold", () => {
  expect(() => new RandomMasks([2 ** 29, 2 ** 29])).toThrow(DataError);
});

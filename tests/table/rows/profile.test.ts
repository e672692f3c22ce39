import { describe, expect, it } from "vitest";
import { BIN_BITS, BINS, CLASSES, ProfileKernel, type ValueCounts } from "#lib/table/rows/profile.js";

const empty = (): ValueCounts => ({
  missing: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
});

function binOf(value: number): number {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  return bytes.getUint32(0) >>> (32 - BIN_BITS);
}

describe("ProfileKernel", () => {
  it("counts values by bin and class, missing ones apart", () => {
    const kernel = new ProfileKernel();
    kernel.clear(2);
    const [first, second] = [kernel.column(), kernel.column()];
    const counts = empty();
    kernel.rows(Uint8Array.of(0, 1, 2, 1, 0));
    kernel.add(first, Float64Array.of(3, 3, 3, -7, Number.NaN), counts);
    kernel.add(second, Float64Array.of(0, -0, 1, 1, 1), empty());
    expect(counts).toEqual({ missing: 1, min: -7, max: 3 });
    const at = CLASSES * binOf(3);
    expect([...kernel.bins(first).subarray(at, at + CLASSES)]).toEqual([1, 1, 1, 0]);
    expect(kernel.bins(first)[CLASSES * binOf(-7) + 1]).toBe(1);
    expect(binOf(-7)).toBeGreaterThanOrEqual(BINS / 2);
    expect([...kernel.bins(second).subarray(0, CLASSES)]).toEqual([1, 1, 0, 0]);
  });
  it("keeps what it has counted when more rows come than ever before", () => {
    const kernel = new ProfileKernel();
    kernel.clear(1);
    const column = kernel.column();
    const counts = empty();
    for (const rows of [10, 40_000]) {
      kernel.rows(new Uint8Array(rows).fill(1));
      kernel.add(column, new Float32Array(rows).fill(2), counts);
    }
    expect(kernel.bins(column)[CLASSES * binOf(2) + 1]).toBe(40_010);
    expect(kernel.bins(column).reduce((a, b) => a + b, 0)).toBe(40_010);
  });
  it("begins anew for the columns of another file", () => {
    const kernel = new ProfileKernel();
    for (const values of [Float64Array.of(5, 5), Float64Array.of(5)]) {
      kernel.clear(1);
      kernel.rows(new Uint8Array(values.length));
      kernel.add(kernel.column(), values, empty());
    }
    expect(kernel.bins(0)[CLASSES * binOf(5)]).toBe(1);
  });
});

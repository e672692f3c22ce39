import { describe, expect, it } from "vitest";
import { RankKernel } from "#lib/table/rows/ranks.js";

describe("RankKernel", () => {
  it("gives equal values one rank, the least 1, a missing one 0", () => {
    const values = Float64Array.of(
      2.5,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -0,
      0,
      2.5,
      -1e-300,
      Number.POSITIVE_INFINITY,
    );
    const { codes, distinct } = new RankKernel().ranks(values);
    expect([...codes]).toEqual([4, 0, 1, 3, 3, 4, 2, 5]);
    expect([...distinct].map((value) => value + 0)).toEqual([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -1e-300,
      0,
      2.5,
      Number.POSITIVE_INFINITY,
    ]);
  });
  it("forgets a longer column before it", () => {
    const kernel = new RankKernel();
    kernel.ranks(Float64Array.from({ length: 50_000 }, (_, i) => Math.sin(i)));
    const { codes, distinct } = kernel.ranks(Float32Array.of(7, 3));
    expect([...codes]).toEqual([2, 1]);
    expect([...distinct.subarray(1)]).toEqual([3, 7]);
  });
  it("takes a column without values", () => {
    const { codes, distinct } = new RankKernel().ranks(Float64Array.of(Number.NaN));
    expect([[...codes], [...distinct]]).toEqual([[0], [Number.NaN]]);
  });
});

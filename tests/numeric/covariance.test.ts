import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { moments } from "#lib/numeric/covariance.js";

describe("moments", () => {
  it("gives the mean and the covariance of the population", () => {
    const { mean, covariance } = moments({ rows: 3, columns: 2, data: Float64Array.of(1, 0, 2, 0, 3, 3) });
    expect([...mean]).toEqual([2, 1]);
    expect([...covariance]).toEqual([2 / 3, 1, 1, 2].map((x) => expect.closeTo(x, 15)));
  });

  it("loses nothing to large means, constants and long columns", () => {
    const rng = Rng.root(1);
    const rows = 10000;
    const data = new Float64Array(rows * 3);
    for (let i = 0; i < rows; i++)
      data.set([1e8 + rng.integer(2), 1e8 + 7, rng.uniform() < 0.9 ? 5e7 : 0], i * 3);
    const { mean, covariance } = moments({ rows, columns: 3, data });
    let ones = 0;
    for (let i = 0; i < rows; i++) ones += data[i * 3] - 1e8;
    const p = ones / rows;
    expect(mean[0] - 1e8).toBeCloseTo(p, 7);
    expect(covariance[0]).toBeCloseTo(p * (1 - p), 12);
    expect([covariance[3], covariance[4], covariance[5]]).toEqual([0, 0, 0]);
    const q = mean[2] / 5e7;
    expect(covariance[8] / (5e7 * 5e7 * q * (1 - q))).toBeCloseTo(1, 12);
  });

  it("takes one row", () => {
    const one = moments({ rows: 1, columns: 2, data: Float32Array.of(4, 0) });
    expect([...one.mean, ...one.covariance]).toEqual([4, 0, 0, 0, 0, 0]);
  });
});

import { beforeAll, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "#lib/base/normal.js";
import { Rng } from "#lib/base/rng.js";
import { holm } from "#lib/eval/holm.js";
import { interval95 } from "#lib/eval/interval95.js";
import { mcnemar } from "#lib/eval/mcnemar.js";
import { describeBesidePython, runPython } from "../python.js";

const rng = Rng.root(5);
const discordant = [
  [0, 0],
  [3, 0],
  [10, 14],
  [12, 12],
  [13, 12],
  [30, 30],
  [40, 90],
  [696, 8570],
] as const;
const p = [0.2, 0.001, 0.04, 0.04, 0.9, 0.0004];
const z = [-9, -4, -1.5, -0.1, 0, 0.7, 3, 8];
const q = [1e-12, 0.001, 0.2, 0.5, 0.8, 0.999999];
/** Skewed, so that both the bias and the acceleration matter. */
const data = Array.from({ length: 60 }, () => -Math.log(1 - rng.uniform()));

interface Answers {
  readonly mcnemar: readonly number[];
  readonly holm: readonly number[];
  readonly bca: Record<"point" | "lo" | "hi", number> & Record<"resampled" | "jackknife", number[]>;
  readonly cdf: readonly number[];
  readonly ppf: readonly number[];
}

describeBesidePython("scipy", () => {
  let scipy: Answers;
  beforeAll(() => {
    scipy = runPython("tests/eval/scipyUncertainty.py", { discordant, p, z, q, data });
  });

  it("has the same normal distribution", () => {
    for (const [i, each] of z.entries()) expect(normalCdf(each) / scipy.cdf[i]).toBeCloseTo(1, 7);
    for (const [i, each] of q.entries()) expect(normalQuantile(each)).toBeCloseTo(scipy.ppf[i], 12);
  });

  it("has the same p-values of McNemar's test, exact and approximate", () => {
    for (const [i, [a, b]] of discordant.entries()) expect(mcnemar(a, b).p).toBeCloseTo(scipy.mcnemar[i], 12);
  });

  it("corrects as Holm's definition, stepped by numpy", () => {
    for (const [i, each] of holm(p).entries()) expect(each).toBeCloseTo(scipy.holm[i], 14);
  });

  it("has the same BCa interval of the same resamples", () => {
    const { point, resampled, jackknife, lo, hi } = scipy.bca;
    const ours = interval95("bca", {
      point,
      resampled: Float64Array.from(resampled),
      jackknife: Float64Array.from(jackknife),
    })!;
    const plain = interval95("percentile", {
      point,
      resampled: Float64Array.from(resampled),
      jackknife: new Float64Array(0),
    })!;
    expect(ours.lo).toBeCloseTo(lo, 10);
    expect(ours.hi).toBeCloseTo(hi, 10);
    expect(Math.abs(ours.hi - plain.hi)).toBeGreaterThan(0.01);
  });
});

import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { kernelExplainer } from "#lib/explain/shap/kernelExplainer.js";
import { type Game, kernelShap } from "#lib/explain/shap/kernelShap.js";

/** A game by the value of each set of players. */
const gameOf =
  (players: number, value: (has: (player: number) => boolean) => number): Game =>
  async (coalitions) =>
    Float64Array.from({ length: coalitions.length / players }, (_, m) =>
      value((player) => coalitions[m * players + player] === 1),
    );

describe("kernelShap", () => {
  it("is exact where all coalitions are tried", async () => {
    // Gloves: player 0 has a left one, 1 and 2 a right one each; a pair is worth 1. Shapley values 2/3, 1/6, 1/6.
    const gloves = gameOf(3, (has) => (has(0) && (has(1) || has(2)) ? 1 : 0));
    const found = await kernelShap(gloves, { players: 3, coalitions: 6, rng: Rng.root(1) });
    expect([...found.values].map((value) => Number(value.toFixed(10)))).toEqual([
      0.6666666667, 0.1666666667, 0.1666666667,
    ]);
    expect([found.base, found.standardErrors]).toEqual([0, null]);
  });

  it("finds additive games from few coalitions, with no error to speak of", async () => {
    const weights = Array.from({ length: 30 }, (_, i) => i - 10);
    const additive = gameOf(30, (has) => weights.reduce((sum, w, i) => sum + (has(i) ? w : 0), 5));
    const found = await kernelShap(additive, { players: 30, coalitions: 200, rng: Rng.root(2) });
    found.values.forEach((value, i) => {
      expect(value).toBeCloseTo(weights[i], 8);
    });
    expect(found.base).toBe(5);
    expect(Math.max(...(found.standardErrors ?? [1]))).toBeLessThan(1e-8);
  });

  it.each([4, 22, 67])("draws enough coalitions for %i players, however few are asked for", async (n) => {
    const additive = gameOf(n, (has) =>
      Array.from({ length: n }, (_, i) => (has(i) ? i : 0)).reduce((a, b) => a + b),
    );
    for (let seed = 1; seed <= 10; seed++) {
      const found = await kernelShap(additive, { players: n, coalitions: 2, rng: Rng.root(seed) });
      found.values.forEach((value, i) => {
        expect(value).toBeCloseTo(i, 8);
      });
      expect(Math.max(...found.standardErrors!)).toBeLessThan(1e-8);
    }
  });

  it("says how far off it may be: errors of about the standard errors, sums exact", async () => {
    // Pairs of neighbours: each player's value is half of the worth of its two pairs.
    const n = 14;
    const worth = (i: number): number => Math.sin(i * 7);
    const pairs = gameOf(n, (has) => {
      let sum = 0;
      for (let i = 0; i < n; i++) if (has(i) && has((i + 1) % n) && has((i + 2) % n)) sum += worth(i);
      return sum;
    });
    const found = await kernelShap(pairs, { players: n, coalitions: 600, rng: Rng.root(3) });
    const exact = Array.from(
      { length: n },
      (_, i) => (worth(i) + worth((i + n - 1) % n) + worth((i + n - 2) % n)) / 3,
    );
    const far = exact.map((value, i) => (found.values[i] - value) / (found.standardErrors?.[i] ?? 0));
    expect(Math.max(...far.map(Math.abs))).toBeLessThan(5);
    expect(Math.max(...far.map(Math.abs))).toBeGreaterThan(0.1);
    const total = Array.from({ length: n }, (_, i) => worth(i)).reduce((a, b) => a + b);
    expect(found.values.reduce((a, b) => a + b)).toBeCloseTo(total, 10);
  });
});

describe("kernelExplainer", () => {
  it("averages over the background rows, missing values among them, and leaves equal columns out", async () => {
    // score = 2 a + b, missing counts as 0; the third column is the same everywhere.
    const value = (x: number): number => (Number.isNaN(x) ? 0 : x);
    const explainer = kernelExplainer(
      async ({ rows, data }) =>
        Float64Array.from({ length: rows }, (_, i) => 2 * value(data[i * 3]) + value(data[i * 3 + 1])),
      { rows: 2, columns: 3, data: Float32Array.of(0, 1, 7, Number.NaN, 3, 7) },
      { of: "score", coalitions: 100, rng: Rng.root(1) },
    );
    const { base, values, standardErrors } = await explainer.explain({
      rows: 1,
      columns: 3,
      data: Float32Array.of(1, Number.NaN, 7),
    });
    expect(base[0]).toBe(2);
    expect(values[0]).toBeCloseTo(2, 12);
    expect(values[1]).toBeCloseTo(-2, 12);
    expect([values[2], standardErrors?.[2]]).toEqual([0, 0]);
  });

  it("takes a column in all rows of a window as one player", async () => {
    // Windows of two rows of the columns a, b: score = a₁ a₂ + b₂.
    const explainer = kernelExplainer(
      async ({ rows, data }) =>
        Float64Array.from({ length: rows }, (_, i) => data[i * 4] * data[i * 4 + 2] + data[i * 4 + 3]),
      { rows: 1, columns: 4, data: Float32Array.of(0, 0, 0, 0) },
      { of: "score", columns: 2, coalitions: 100, rng: Rng.root(1) },
    );
    const { base, values } = await explainer.explain({
      rows: 1,
      columns: 4,
      data: Float32Array.of(2, 9, 3, 5),
    });
    expect([base[0], values.length]).toEqual([0, 2]);
    expect(values[0]).toBeCloseTo(6, 12);
    expect(values[1]).toBeCloseTo(5, 12);
  });
});

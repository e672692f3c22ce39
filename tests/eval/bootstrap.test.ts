import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { binomial } from "#lib/eval/binomial.js";
import { drawCounts } from "#lib/eval/bootstrap.js";
import { rankScores } from "#lib/eval/ranking.js";
import { resampledInTurns, resampledValues } from "#lib/eval/resamples.js";
import { sortPart, tally } from "#lib/eval/tally.js";
import { valuesOf } from "#lib/eval/values.js";

const rng = Rng.root(3);

describe("drawCounts", () => {
  it.each([1, 2, 7, 300, 16_384, 40_000])("draws n times from n = %i units", (n) => {
    const counts = new Uint8Array(n);
    drawCounts(rng.fork(n), counts);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(n);
  });

  it("gives each unit the same chance, whatever block it lies in", () => {
    const n = 16_384 + 4096 + 5;
    const counts = new Uint8Array(n);
    const sums = new Float64Array(n);
    let squares = 0;
    for (let i = 0; i < 200; i++) {
      drawCounts(rng.fork("fair").fork(i), counts);
      counts.forEach((count, unit) => {
        sums[unit] += count;
        squares += (count - 1) ** 2;
      });
    }
    const mean = (from: number, to: number): number =>
      sums.subarray(from, to).reduce((a, b) => a + b, 0) / (to - from) / 200;
    expect(mean(0, 16_384)).toBeCloseTo(1, 2);
    expect(Math.abs(mean(16_384, n - 5) - 1)).toBeLessThan(0.01);
    expect(Math.abs(mean(n - 5, n) - 1)).toBeLessThan(0.1);
    // A count of n draws has the variance 1 − 1/n.
    expect(squares / n / 200).toBeCloseTo(1, 2);
  });

  it("draws each of the 27 ordered draws of three units equally often", () => {
    const seen = new Map<string, number>();
    const counts = new Uint8Array(3);
    for (let i = 0; i < 2700; i++) {
      drawCounts(rng.fork("three").fork(i), counts);
      seen.set(counts.join(""), (seen.get(counts.join("")) ?? 0) + 1);
    }
    expect(seen.size).toBe(10);
    expect(Math.abs(seen.get("111")! - 600)).toBeLessThan(90);
    expect(Math.abs(seen.get("300")! - 100)).toBeLessThan(45);
  });
});

describe("binomial", () => {
  it.each([
    [40, 0.1],
    [1000, 0.3],
    [1000, 0.9],
    [1_000_000, 0.016],
  ])("of %i trials at %d has their mean and variance", (n, p) => {
    const draws = Array.from({ length: 1000 }, (_, i) => binomial(rng.fork(`${n} ${p}`).fork(i), n, p));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean - n * p) / Math.sqrt((n * p * (1 - p)) / 1000)).toBeLessThan(4);
    expect(Math.abs(variance / (n * p * (1 - p)) - 1)).toBeLessThan(0.2);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThanOrEqual(n);
  });
});

describe("a resample", () => {
  const isAttack = Uint8Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const scores = Float64Array.from(isAttack, (attack, i) => ((i * 7) % 10) / 10 + attack * 0.3);
  const codes = (n: Uint8Array, s: Float64Array) => ({
    ...{ classes: 2, families: 1, family: Int32Array.from(n, (attack) => attack - 1) },
    cell: Int32Array.from(n, (attack, i) => attack * 2 + (s[i] >= 0.6 ? 1 : 0)),
  });
  const partOf = (n: Uint8Array, s: Float64Array) =>
    sortPart({ isAttack: n, scores: s, isProbability: false }, rankScores(s), 0.6, codes(n, s));

  it("has the values of its rows, written out", () => {
    const counts = new Uint8Array(60);
    drawCounts(rng.fork("rows"), counts);
    const part = partOf(isAttack, scores);
    const rows = [...counts].flatMap((count, row) => Array.from({ length: count }, () => row));
    const spelled = partOf(
      Uint8Array.from(rows, (row) => isAttack[row]),
      Float64Array.from(rows, (row) => scores[row]),
    );
    const byCounts = tally(
      part,
      Uint8Array.from(part.order, (row) => counts[row]),
    );
    expect(valuesOf(byCounts, part, [true])).toEqual(
      valuesOf(tally(spelled, new Uint8Array(60).fill(1)), spelled, [true]),
    );
  });

  it("is the same for every model, on every thread, and whole units stay together", () => {
    const part = partOf(isAttack, scores);
    const reversed = partOf(
      isAttack,
      scores.map((score) => -score),
    );
    const unitAt = (order: Int32Array): Int32Array => order.map((row) => Math.floor(row / 10));
    const [a, b] = resampledValues({
      parts: [part, reversed].map((each) => ({ part: each, unitAt: unitAt(each.order), seen: [true] })),
      ...{ units: 6, resamples: 50, groups: 6, stream: "1" },
    });
    const auc = (values: typeof a, i: number): number => values.values[10 * values.columns + i];
    for (let i = 0; i < 56; i++) expect(auc(a, i) + auc(b, i)).toBeCloseTo(1, 12);
    // The last columns leave out one unit each: 50 rows.
    const left = Uint8Array.from(part.order, (row) => (Math.floor(row / 10) === 2 ? 0 : 1));
    expect(auc(a, 52)).toBe(valuesOf(tally(part, left), part, [true])[10]);
  });

  it("comes out the same on one thread and on three", () => {
    const n = 120_000;
    const attacks = Uint8Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const part = partOf(
      attacks,
      Float64Array.from({ length: n }, (_, i) => ((i * 7919) % n) / n),
    );
    const task = {
      ...{ parts: [{ part, unitAt: null, seen: [true] }], units: n },
      ...{ resamples: 12, groups: 0, stream: "2" },
    };
    const [one] = resampledValues(task, 1, 0);
    const [three] = resampledValues(task, 3, 0);
    expect([...three.values]).toEqual([...one.values]);
  });

  it("comes out the same in turns, and the event loop runs after each column", async () => {
    const part = { part: partOf(isAttack, scores), unitAt: null, seen: [true] };
    const task = { parts: [part], units: scores.length, resamples: 20, groups: 0, stream: "3" };
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const [found] = await resampledInTurns(task);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(20);
    expect([...found.values]).toEqual([...resampledValues(task)[0].values]);
  });
});

import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { holm } from "#lib/eval/holm.js";
import { bcaLevels, interval95 } from "#lib/eval/interval95.js";
import { mcnemar } from "#lib/eval/mcnemar.js";
import { enoughResamples, hasControl, type PairedModel, pairedPart } from "#lib/eval/paired.js";
import { checkRows, checkSameRows, predictedPart } from "#lib/eval/predicted.js";
import { unitsOf } from "#lib/eval/units.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

describe("holm", () => {
  it("multiplies the smallest by all, the next by one less, never falling; null is not counted", () => {
    expect(holm([0.04, 0.01, null, 0.03])).toEqual([0.06, 0.03, null, 0.06]);
    expect(holm([0.5, 0.9])).toEqual([1, 1]);
  });
});

describe("mcnemar", () => {
  it("is exact below 25 discordant rows, else chi-square with continuity correction", () => {
    expect(mcnemar(2, 8)).toEqual({ only_a: 2, only_b: 8, test: "exact", p: 0.109375 });
    expect(mcnemar(0, 0).p).toBe(1);
    const many = mcnemar(10, 25);
    expect(many.test).toBe("chi-square");
    expect(many.p).toBeCloseTo(0.01796, 4); // chi2.sf(14² / 35, 1)
    expect(mcnemar(30, 30).p).toBe(1);
  });
});

describe("intervals", () => {
  const resampled = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
  it("are percentiles, or shifted ones where the value is not their median", () => {
    const none = new Float64Array(0);
    const plain = interval95("percentile", { point: 0.5, resampled, jackknife: none })!;
    expect(plain.lo).toBeCloseTo(0.024975, 12);
    expect(plain.hi).toBeCloseTo(0.974025, 12);
    const bca = interval95("bca", { point: 0.6, resampled, jackknife: Float64Array.of(0.5, 0.5) })!;
    expect(bca.lo).toBeGreaterThan(0.06);
    expect(bca.hi).toBeGreaterThan(0.99);
    expect(bcaLevels(0, 0)[0]).toBeCloseTo(0.025, 12);
  });
  it("have no width where all resamples agree, and are null where most are undefined", () => {
    const same = new Float64Array(10).fill(1);
    const jackknife = Float64Array.of(1, 1);
    expect(interval95("bca", { point: 1, resampled: same, jackknife })).toEqual({ lo: 1, hi: 1 });
    const undefinedOnes = Float64Array.from({ length: 10 }, (_, i) => (i < 6 ? Number.NaN : i));
    expect(interval95("percentile", { point: 1, resampled: undefinedOnes, jackknife })).toBeNull();
  });
});

describe("pairedPart", () => {
  const n = 400;
  const isAttack = Uint8Array.from({ length: n }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const family = text(Array.from(isAttack, (attack) => (attack ? "dos" : "benign")));
  const noise = (seed: number): Float64Array => {
    const rng = Rng.root(seed);
    return Float64Array.from(isAttack, () => rng.uniform());
  };
  const model = (name: string, weight: number, seed: number): PairedModel => {
    const score = noise(seed).map((x, i) => x + weight * isAttack[i]);
    return { name, score, decision: score.map((s) => (s >= 0.8 ? 1 : 0)), predicted: null };
  };
  const rows = { isAttack, family, classes: null };
  const bootstrap = { resamples: 500, rng: Rng.root(1) };

  it("tells a better model from a worse one, and not two alike", async () => {
    const models = [model("good", 0.8, 1), model("bad", 0.05, 2), model("good-too", 0.8, 3)];
    const { pairs } = await pairedPart(rows, models, bootstrap);
    expect(pairs.map(({ a, b, metrics }) => [a, b, metrics.roc_auc.differs])).toEqual([
      ["good", "bad", true],
      ["good", "good-too", false],
      ["bad", "good-too", true],
    ]);
    const { difference, lo, hi, p, p_holm } = pairs[0].metrics.roc_auc;
    expect(difference).toBeLessThan(-0.2);
    expect(lo! < difference! && difference! < hi! && hi! < 0).toBe(true);
    expect(p).toBeCloseTo(2 / 501, 12);
    expect(p_holm).toBeCloseTo(6 / 501, 12);
  });

  it("finds no difference of a model from itself, with an interval of no width", async () => {
    const { pairs } = await pairedPart(rows, [model("a", 0.5, 1), model("b", 0.5, 1)], bootstrap);
    expect(pairs[0].metrics.average_precision).toMatchObject({
      difference: 0,
      lo: 0,
      hi: 0,
      p: 1,
      differs: false,
    });
    expect(pairs[0].mcnemar).toMatchObject({ only_a: 0, only_b: 0, p: 1 });
  });

  it("has differences and McNemar's test alone without resamples", async () => {
    const { pairs } = await pairedPart(rows, [model("a", 0.5, 1), model("b", 0, 2)], {
      ...bootstrap,
      resamples: 0,
    });
    expect(pairs[0].metrics.recall).toMatchObject({ lo: null, p: null, p_holm: null, differs: false });
    expect(pairs[0].mcnemar.p).toBeLessThan(0.05);
  });

  it("compares each model with the control alone, on the resamples that all pairs would have", async () => {
    const models = [model("bad", 0.05, 2), model("good", 0.8, 1), model("good-too", 0.8, 3)];
    const all = await pairedPart(rows, models, bootstrap);
    const { pairs } = await pairedPart(rows, models, { ...bootstrap, control: "good" });
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      ["good", "bad"],
      ["good", "good-too"],
    ]);
    const [one, other] = [pairs[1].metrics.recall, all.pairs[2].metrics.recall];
    expect([one.lo, one.hi, one.p]).toEqual([other.lo, other.hi, other.p]);
    expect(pairs[0].metrics.roc_auc.p_holm).toBeCloseTo(4 / 501, 12);
  });

  it("has a control above a dozen models, or where the best is asked for", () => {
    expect([hasControl("auto", 12), hasControl("auto", 13)]).toEqual([false, true]);
    expect([hasControl("all", 99), hasControl("best", 2)]).toEqual([false, true]);
  });

  it("draws as many resamples as let Holm's correction reject", () => {
    expect([enoughResamples(0, 45), enoughResamples(1000, 15), enoughResamples(1000, 45)]).toEqual([
      0, 1000, 2000,
    ]);
  });
});

describe("units", () => {
  it("are the values of a column; a row without one stands alone; a missing column is refused by name", () => {
    const flows = Table.of({ row_id: int64([0, 1, 2, 3]), host: text(["a", null, "a", null]) });
    const { count, of, without } = unitsOf(flows, "host", Int32Array.of(0, 1, 2, 3));
    expect({ count, of: [...of!], without }).toEqual({ count: 3, of: [0, 1, 0, 2], without: 2 });
    expect(() => unitsOf(flows, "campaign", Int32Array.of(0))).toThrow(
      'column "campaign" (eval.bootstrap.unit) is not in artifacts/flows.parquet (has: host). Choose another eval.bootstrap.unit',
    );
  });
});

describe("predictions that are read back", () => {
  const table = (change: Partial<Record<"row_id" | "score" | "decision", number[]>> = {}, more = {}): Table =>
    Table.of({
      row_id: int64(change.row_id ?? [1, 4, 6]),
      part: text(["test", "test", "test"]),
      score: float64(change.score ?? [0.1, 0.9, 0.5]),
      decision: int64(change.decision ?? [0, 1, 0]),
      ...more,
    });
  const read = (each: Table) => predictedPart(each, "test", "p.parquet");

  it("are refused by name where a value cannot be", () => {
    const classes = {
      predicted: text(["dos", "benign", "u2r"]),
      p_benign: float64([0, 1, 0]),
      p_dos: float64([1, 0, 0]),
    };
    expect(() => read(table({ score: [0.1, Number.NaN, 0.5] }))).toThrow(
      "p.parquet: row 4 has the score NaN; a finite",
    );
    expect(() => read(table({ decision: [0, 2, 0] }))).toThrow(
      "row 4 has the decision 2; 0 or 1 was expected",
    );
    expect(() => read(table({ row_id: [1, 4, 4] }))).toThrow("row 4 comes twice");
    expect(() => read(table({ row_id: [1, -4, 6] }))).toThrow("-4 is no row id");
    expect(() => read(table({}, classes))).toThrow(
      "row 6 is predicted as u2r, a class that the model does not know (has: benign, dos)",
    );
  });

  it("are refused where they are of other rows", () => {
    expect(() => checkRows(read(table()), Int32Array.of(1, 4, 6), "the test part")).not.toThrow();
    expect(() => checkRows(read(table()), Int32Array.of(1, 5, 6), "the test part of split site")).toThrow(
      "p.parquet has unknown row ids (1: 4) and missing rows (1: 5): it is not of the test part of split site, which has 3 rows",
    );
    expect(() => checkSameRows(read(table()), read(table({ row_id: [1, 4, 7] })))).toThrow(
      "are of different rows (3 and 3; only in the first 1: 6; only in the second 1: 7)",
    );
  });
});

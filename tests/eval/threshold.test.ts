import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { DecisionRule } from "#lib/eval/decision.js";
import type { ScoredRows } from "#lib/eval/ranking.js";
import { chooseThreshold } from "#lib/eval/threshold.js";

function rows(truth: readonly number[], scores: readonly number[], isProbability = true): ScoredRows {
  return { isAttack: Uint8Array.from(truth), scores, isProbability };
}

describe("each rule on a case done by hand", () => {
  const part = rows([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.2, 0.1]);

  it("half takes 0.5", () => {
    expect(chooseThreshold({ rule: "half" }, part)).toEqual({
      rule: "half",
      threshold: 0.5,
      validation: {
        attacks: 3,
        benign: 3,
        tp: 2,
        fp: 1,
        recall: 2 / 3,
        fpr: 1 / 3,
        precision: 2 / 3,
        f1: 2 / 3,
      },
    });
  });

  it("max-f1 takes the middle between the neighbours of the best cut", () => {
    // F1 of the cuts: 2/4, 4/5, 4/6, 6/7, 6/8, 6/9.
    const { threshold, validation } = chooseThreshold({ rule: "max-f1" }, part);
    expect(threshold).toBeCloseTo(0.3, 15);
    expect(validation.f1).toBe(6 / 7);
  });

  it("max-f1 prefers the fewest alarms among equal F1", () => {
    // Cuts: 1 of 2 attacks with 0 benign (2/3), both with 2 benign (4/6).
    const tied = rows([1, 0, 0, 1], [0.9, 0.5, 0.5, 0.5]);
    expect(chooseThreshold({ rule: "max-f1" }, tied).threshold).toBe(0.7);
  });

  it("fpr-budget goes as low as the budget allows", () => {
    expect(chooseThreshold({ rule: "fpr-budget", fpr: 0.34 }, part).threshold).toBeCloseTo(0.3, 15);
    expect(chooseThreshold({ rule: "fpr-budget", fpr: 0.3 }, part).threshold).toBeCloseTo(0.7, 15);
  });

  it("recall-at-precision goes as low as the precision allows, also past cuts that miss it", () => {
    // Precision of the cuts: 1, 1, 2/3, 3/4, 3/5, 1/2.
    const at = (precision: number) => chooseThreshold({ rule: "recall-at-precision", precision }, part);
    expect(at(0.75)).toMatchObject({ validation: { precision: 0.75, recall: 1 } });
    expect(at(0.76).threshold).toBeCloseTo(0.7, 15);
    const never = chooseThreshold({ rule: "recall-at-precision", precision: 0.9 }, rows([0, 1], [0.9, 0.1]));
    expect(never).toMatchObject({ validation: { tp: 0, fp: 0 } });
    expect(never.note).toBe("no threshold keeps a precision of 0.9 on validation: nothing is flagged");
  });

  it("precision-at-recall takes the best precision that finds enough", () => {
    const at = (recall: number) => chooseThreshold({ rule: "precision-at-recall", recall }, part);
    expect(at(0.5).threshold).toBeCloseTo(0.7, 15);
    // 2/3 is reached at the second cut (precision 1), all at the fourth (3/4).
    expect(at(2 / 3)).toMatchObject({ validation: { precision: 1, recall: 2 / 3 } });
    expect(at(0.67)).toMatchObject({ validation: { precision: 0.75, recall: 1 } });
    // The third cut finds enough with 1/2, the fourth with 3/4 finds more: not the first that is enough.
    const later = rows([0, 1, 1, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5]);
    const chosen = chooseThreshold({ rule: "precision-at-recall", recall: 0.3 }, later);
    expect(chosen.validation).toMatchObject({ precision: 0.75, recall: 1 });
  });

  it("flags nothing when the highest score alone breaks the budget, and everything when nothing does", () => {
    const high = rows([0, 1, 0], [0.9, 0.9, 0.1]);
    const { threshold, validation } = chooseThreshold({ rule: "fpr-budget", fpr: 0.1 }, high);
    expect(threshold).toBeGreaterThan(0.9);
    expect(threshold).toBeLessThan(0.9 + 1e-15);
    expect(validation).toMatchObject({ tp: 0, fp: 0, precision: null });
    expect(chooseThreshold({ rule: "max-f1" }, rows([1, 0], [0.5, 0.5])).threshold).toBe(0.5);
  });

  it("benign-quantile looks at benign rows only", () => {
    const rule: DecisionRule = { rule: "benign-quantile", contamination: 0.25 };
    const alone = rows([0, 0, 0, 0], [4, 3, 2, 1], false);
    const mixed = rows([1, 0, 0, 1, 0, 0, 1], [9, 4, 3, 3.4, 2, 1, 3.9], false);
    expect(chooseThreshold(rule, alone).threshold).toBe(3.5);
    expect(chooseThreshold(rule, mixed).threshold).toBe(3.5);
    expect(chooseThreshold(rule, alone).validation.recall).toBeNull();
  });
});

it("keeps its promises on random scores with ties", () => {
  const rng = Rng.root(42).fork("threshold");
  for (let round = 0; round < 300; round++) {
    const n = 2 + rng.integer(40);
    const levels = 1 + rng.integer(12);
    const truth = Array.from({ length: n }, (_, i) => (i < 2 ? i : rng.integer(2)));
    const scores = truth.map((attack) => Math.fround((rng.integer(levels) + attack) / (levels + 1)));
    const part = rows(truth, scores);
    const share = 0.01 + 0.9 * rng.uniform();
    const at = (threshold: number): { fpr: number; f1: number } => {
      const flagged = scores.map((score) => score >= threshold);
      const tp = truth.filter((attack, i) => attack === 1 && flagged[i]).length;
      const fp = truth.filter((attack, i) => attack === 0 && flagged[i]).length;
      const attacks = truth.filter((attack) => attack === 1).length;
      return { fpr: fp / (n - attacks), f1: (2 * tp) / (attacks + tp + fp) };
    };
    const distinct = [...new Set(scores)];

    const best = chooseThreshold({ rule: "max-f1" }, part);
    expect(best.validation.f1).toBeCloseTo(at(best.threshold).f1, 12);
    expect(best.validation.f1).toBeCloseTo(Math.max(...distinct.map((score) => at(score).f1)), 12);

    for (const rule of [
      { rule: "fpr-budget", fpr: share },
      { rule: "benign-quantile", contamination: share },
    ] as const) {
      const { threshold, validation } = chooseThreshold(rule, part);
      expect(validation.fpr).toBe(at(threshold).fpr);
      expect(validation.fpr).toBeLessThanOrEqual(share);
      // No lower threshold that flags another benign row keeps the budget.
      const below = scores.filter((score, i) => truth[i] === 0 && score < threshold);
      if (below.length > 0) expect(at(Math.max(...below)).fpr).toBeGreaterThan(share);
    }
  }
});

describe("a threshold chosen on out-of-fold scores", () => {
  const part = rows([1, 1, 0, 1, 0, 0], [0.9, 0.8, 0.6, 0.4, 0.2, 0.1]);
  const shifted = (by: number): Float64Array => Float64Array.from(part.scores, (score) => score + by);

  it("is used as it is where the promise holds, or where there is none", () => {
    expect(chooseThreshold({ rule: "max-f1" }, part, shifted(0.05)).threshold).toBeCloseTo(0.35, 15);
    expect(chooseThreshold({ rule: "half" }, part, shifted(0.3)).threshold).toBe(0.5);
    const strict = chooseThreshold({ rule: "fpr-budget", fpr: 0.34 }, part, shifted(0.05));
    expect(strict.threshold).toBeCloseTo(0.35, 15);
  });

  it("goes on to fewer alarms where the budget or the precision breaks", () => {
    // Chosen at .3 − .15: it would flag two of three benign rows.
    const budget = chooseThreshold({ rule: "fpr-budget", fpr: 0.34 }, part, shifted(-0.15));
    expect(budget.threshold).toBeCloseTo(0.3, 15);
    expect(budget.validation.fp).toBe(1);
    const precision = chooseThreshold({ rule: "recall-at-precision", precision: 1 }, part, shifted(-0.2));
    expect(precision.threshold).toBeCloseTo(0.7, 15);
  });

  it("goes on to more recall where recall is promised", () => {
    const recall = chooseThreshold({ rule: "precision-at-recall", recall: 0.9 }, part, shifted(0.3));
    expect(recall.threshold).toBeCloseTo(0.3, 15);
    expect(recall.validation.recall).toBe(1);
  });

  it("keeps every promise, whatever the out-of-fold scores", () => {
    const rng = Rng.root(42).fork("out-of-fold");
    for (let round = 0; round < 200; round++) {
      const n = 2 + rng.integer(30);
      const truth = Array.from({ length: n }, (_, i) => (i < 2 ? i : rng.integer(2)));
      const draw = (): number[] => truth.map((attack) => (rng.integer(8) + 2 * attack) / 10);
      const share = 0.05 + 0.9 * rng.uniform();
      const own = rows(truth, draw());
      for (const rule of [
        { rule: "fpr-budget", fpr: share },
        { rule: "benign-quantile", contamination: share },
        { rule: "recall-at-precision", precision: share },
        { rule: "precision-at-recall", recall: share },
      ] as const) {
        for (const { validation } of [
          chooseThreshold(rule, own),
          chooseThreshold(rule, own, Float64Array.from(draw())),
        ]) {
          if (rule.rule === "precision-at-recall") expect(validation.recall).toBeGreaterThanOrEqual(share);
          else if (rule.rule === "recall-at-precision")
            expect(validation.precision ?? 1).toBeGreaterThanOrEqual(share);
          else expect(validation.fpr).toBeLessThanOrEqual(share);
        }
      }
    }
  });
});

describe("what cannot be chosen", () => {
  it("says which rules a detector can use", () => {
    expect(() => chooseThreshold({ rule: "half" }, rows([0, 1], [3, 4], false))).toThrow(
      /needs probabilities.*benign-quantile \(needs no attack\), fpr-budget or max-f1/,
    );
  });

  it("names the class that validation lacks", () => {
    expect(() => chooseThreshold({ rule: "max-f1" }, rows([0, 0], [0.1, 0.2]))).toThrow(
      /max-f1 needs attack rows/,
    );
    expect(() => chooseThreshold({ rule: "max-f1" }, rows([1, 1], [0.1, 0.2]))).toThrow(
      /max-f1 needs benign rows/,
    );
    expect(() => chooseThreshold({ rule: "fpr-budget", fpr: 0.1 }, rows([1], [0.1]))).toThrow(
      /needs benign rows/,
    );
    expect(() => chooseThreshold({ rule: "benign-quantile", contamination: 0.1 }, rows([], []))).toThrow(
      /needs benign rows/,
    );
  });

  it("refuses scores that are no numbers", () => {
    expect(() => chooseThreshold({ rule: "half" }, rows([0, 1], [0.1, Number.NaN]))).toThrow(/row 1 is NaN/);
  });
});

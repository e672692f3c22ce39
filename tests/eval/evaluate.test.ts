import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { evaluatePart, type PartInput } from "#lib/eval/evaluate.js";
import { text } from "#lib/table/table.js";

const truth = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1];
const scores = [0.9, 0.8, 0.8, 0.7, 0.7, 0.4, 0.4, 0.4, 0.3, 0.2, 0.1, 0.05];

function input(change: Partial<PartInput> & { attacks?: readonly number[] } = {}): PartInput {
  const isAttack = Uint8Array.from(change.attacks ?? truth);
  return {
    isAttack,
    scores,
    isProbability: true,
    threshold: 0.4,
    family: text(Array.from(isAttack, (attack) => (attack === 1 ? "dos" : "benign"))),
    trainingFamilies: ["benign", "dos"],
    classes: null,
    subset: null,
    bootstrap: { resamples: 0, rng: Rng.root(42) },
    ...change,
  };
}

describe("metrics of one part", () => {
  it("agree with scikit-learn 1.9.1 where scores are tied", () => {
    const { metrics } = evaluatePart(input());
    expect(metrics).toMatchObject({
      n: 12,
      tp: 4,
      fp: 4,
      tn: 2,
      fn: 2,
      threshold: 0.4,
      mcc: 0,
      recall: 2 / 3,
    });
    const expected = {
      accuracy: 0.5,
      balanced_accuracy: 0.5,
      precision: 0.5,
      f1: 0.5714285714285714,
      macro_f1: 0.4857142857142857,
      weighted_f1: 0.48571428571428577,
      fpr: 0.6666666666666666,
      fnr: 0.33333333333333337,
      roc_auc: 0.5833333333333334,
      average_precision: 0.6370370370370371,
      brier: 0.2827083333333333,
      log_loss: 0.8303950709940753,
      ece: 0.27083333333333337, // 15 bins, with numpy
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(metrics[name as keyof typeof expected], name).toBeCloseTo(value, 12);
    }
    expect(metrics.at_half.accuracy).toBeCloseTo(0.5833333333333334, 12);
    expect(metrics.at_half.macro_f1).toBeCloseTo(0.5804195804195804, 12);
    expect(metrics.at_half.fpr).toBeCloseTo(1 / 3, 12);
    expect(metrics.recall_at_fpr).toEqual({ "0.001": 1 / 6, "0.01": 1 / 6, "0.05": 1 / 6 });
  });

  it("draw the curves through every threshold that changes their direction", () => {
    const { roc, pr } = evaluatePart(input()).details;
    // Six benign rows, six attacks; (1/6, 2/6) and (2/6, 3/6) lie on one line with (0, 1/6).
    expect(roc.fpr.map((x) => x * 6)).toEqual([0, 0, 2, 4, 4, 6, 6]);
    expect(roc.tpr.map((x) => Math.round(x * 6))).toEqual([0, 1, 3, 4, 5, 5, 6]);
    expect(pr.recall.map((x) => Math.round(x * 6))).toEqual([0, 1, 2, 3, 4, 5, 5, 6]);
    expect(pr.precision.map((x) => Number(x.toFixed(4)))).toEqual([
      1, 1, 0.6667, 0.6, 0.5, 0.5556, 0.4545, 0.5,
    ]);
  });

  it("clip the log loss as scikit-learn does", () => {
    const family = text(["dos", "benign"]);
    const { metrics } = evaluatePart(input({ attacks: [1, 0], scores: [0, 1], family }));
    expect(metrics.log_loss).toBeCloseTo(36.04365338911715, 12);
  });

  it("are over the target's classes where there are more than two", () => {
    const truth = [0, 0, 0, 1, 1, 2, 2, 0];
    const { metrics, details } = evaluatePart(
      input({
        attacks: truth.map((c) => (c > 0 ? 1 : 0)),
        scores: [0.1, 0.6, 0.2, 0.9, 0.45, 0.7, 0.8, 0],
        family: text(truth.map((c) => ["benign", "dos", "probe"][c])),
        classes: { names: ["benign", "dos", "probe"], truth, predicted: [0, 1, 0, 1, 0, 2, 1, 0] },
      }),
    );
    expect(metrics).toMatchObject({ tp: 4, fp: 1, fn: 0, tn: 3 });
    expect(metrics.macro_f1).toBeCloseTo(0.6055555555555555, 12);
    expect(metrics.weighted_f1).toBeCloseTo(0.6416666666666666, 12);
    expect(metrics.at_half.macro_f1).toBe(metrics.macro_f1);
    expect(details.confusion).toEqual({
      classes: ["benign", "dos", "probe"],
      counts: [
        [3, 1, 0],
        [1, 1, 0],
        [0, 1, 1],
      ],
    });
    expect(details.per_class[1]).toMatchObject({
      class: "dos",
      n: 2,
      precision: 1 / 3,
      recall: 0.5,
      f1: 0.4,
    });
  });

  it("take the decision at the threshold where a target has two classes", () => {
    const classes = { names: ["benign", "dos"], truth, predicted: truth };
    const { metrics, details } = evaluatePart(input({ classes }));
    expect(metrics.macro_f1).toBeCloseTo(0.4857142857142857, 12);
    expect(details.confusion.counts).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });
});

describe("what is undefined", () => {
  it("is null with a reason when there is no attack", () => {
    const { metrics, details } = evaluatePart(input({ attacks: truth.map(() => 0) }));
    const why = "the part has no attack row";
    for (const name of [
      "recall",
      "fnr",
      "roc_auc",
      "average_precision",
      "balanced_accuracy",
      "mcc",
    ] as const) {
      expect(metrics[name], name).toBeNull();
      expect(details.reasons[name]).toBe(why);
    }
    expect(metrics.fpr).toBeCloseTo(8 / 12, 12);
    expect(details.reasons["recall_at_fpr.0.01"]).toBe(why);
    expect(details.reasons["per_class.attack.recall"]).toBe("the part has no row of it");
    expect(details.reasons.seen).toMatch(/no attack row/);
    expect(details.roc).toEqual({ fpr: [], tpr: [] });
  });

  it("is null with a reason when no row is flagged, and for every metric of an empty part", () => {
    const none = evaluatePart(input({ threshold: 2 }));
    expect(none.metrics).toMatchObject({ precision: null, mcc: null, f1: 0, tp: 0, fp: 0 });
    expect(none.details.reasons.precision).toBe("no row is at or above the threshold");
    expect(none.details.reasons.mcc).toBe("the decision is the same for every row");

    const empty = evaluatePart(input({ attacks: [], scores: [], family: text([]) }));
    expect(empty.metrics).toMatchObject({ n: 0, accuracy: null, macro_f1: null, brier: null });
    expect(empty.details.reasons.accuracy).toBe("the part has no rows");
  });

  it("is what needs probabilities, for a detector", () => {
    const { metrics, details } = evaluatePart(
      input({ isProbability: false, scores: scores.map((s) => 10 * s - 3), threshold: 1 }),
    );
    expect(metrics).toMatchObject({ brier: null, log_loss: null, ece: null, tp: 4, fp: 4 });
    expect(metrics.at_half).toEqual({ accuracy: null, macro_f1: null, fpr: null });
    expect(metrics.roc_auc).toBeCloseTo(0.5833333333333334, 12);
    expect(details.reasons.brier).toBe("a detector gives a score and no probability");
    expect(details.reasons["at_half.fpr"]).toBe("a detector gives a score and no probability");
  });

  it("is what needs the target's classes, for a detector where they are more than two", () => {
    const { metrics, details } = evaluatePart(input({ isProbability: false, coarse: true }));
    expect(metrics).toMatchObject({ macro_f1: null, weighted_f1: null, accuracy: 0.5, tp: 4 });
    expect(details.intervals.macro_f1.point).toBeNull();
    expect(details.reasons.macro_f1).toBe(
      "a detector tells attack from benign, and the target has more classes",
    );
  });

  it("every null among the metrics has its reason", () => {
    for (const attacks of [[], [1], [0], truth]) {
      for (const isProbability of [true, false]) {
        const n = attacks.length;
        const family = text(attacks.map(() => "dos"));
        const part = input({
          attacks,
          scores: scores.slice(0, n),
          family,
          isProbability,
          coarse: !isProbability,
          threshold: 2,
        });
        const { metrics, details } = evaluatePart(part);
        const groups = { "": metrics, "recall_at_fpr.": metrics.recall_at_fpr, "at_half.": metrics.at_half };
        for (const [prefix, group] of Object.entries(groups)) {
          for (const [name, value] of Object.entries(group)) {
            if (value === null) expect(details.reasons[prefix + name], prefix + name).toMatch(/\w/);
          }
        }
      }
    }
  });
});

it("sets families that training never saw apart, and lists those that the part lacks", () => {
  const family = text(["dos", "benign", "dos", "worm", null, null, "worm", null, "probe", null, null, null]);
  const { details } = evaluatePart(
    input({ family, trainingFamilies: ["benign", "probe", "u2r", "dos", "r2l"] }),
  );
  expect(details.families.map(({ family: name, detected, n, seen }) => [name, detected, n, seen])).toEqual([
    ["dos", 2, 2, true],
    ["probe", 0, 1, true],
    ["unknown", 0, 1, false],
    ["worm", 2, 2, false],
  ]);
  expect(details.seen).toMatchObject({ point: 2 / 3, n: 3 });
  expect(details.novel).toMatchObject({ point: 2 / 3, n: 3 });
  expect(details.untested).toEqual(["r2l", "u2r"]);
});

it("measures a subset as if it were the part", () => {
  const subset = text(truth.map((_, row) => (row < 5 ? "hard" : null)));
  const { details } = evaluatePart(input({ subset }));
  const alone = evaluatePart(
    input({ attacks: truth.slice(0, 5), scores: scores.slice(0, 5), family: text(Array(5).fill("dos")) }),
  );
  expect(details.subsets).toEqual({ hard: alone.metrics });
  expect(details.reasons["subsets.hard.mcc"]).toBe("the decision is the same for every row");
});

describe("bootstrap", () => {
  const bootstrap = () => ({ resamples: 400, rng: Rng.root(42).fork("bootstrap") });

  it("gives the same intervals for the same stream, around the point", () => {
    const { intervals, recall_at_fpr } = evaluatePart(input({ bootstrap: bootstrap() })).details;
    expect(intervals).toEqual(evaluatePart(input({ bootstrap: bootstrap() })).details.intervals);
    for (const { point, lo, hi } of [...Object.values(intervals), ...Object.values(recall_at_fpr ?? {})]) {
      expect(lo).toBeLessThan(point ?? Number.NaN);
      expect(hi).toBeGreaterThan(point ?? Number.NaN);
    }
    expect(intervals.recall.n).toBe(6);
    expect(intervals.precision.n).toBe(8);
    expect(intervals.accuracy.n).toBe(12);
  });

  it("has the width that the binomial distribution says", () => {
    // 1,000 rows, half attacks, 80% of each decided rightly: sd of the accuracy is sqrt(.8 · .2 / 1000) = .01265.
    const attacks = Array.from({ length: 1000 }, (_, i) => i % 2);
    const right = (i: number): boolean => i % 10 < 8;
    const part = input({
      attacks,
      scores: attacks.map((attack, i) => (right(i) === (attack === 1) ? 0.9 : 0.1)),
      family: text(attacks.map(() => "dos")),
      bootstrap: { resamples: 2000, rng: Rng.root(7) },
    });
    const { lo, hi } = evaluatePart(part).details.intervals.accuracy;
    const halfWidth = ((hi ?? 0) - (lo ?? 0)) / 2;
    expect(halfWidth / 0.01265).toBeGreaterThan(1.85);
    expect(halfWidth / 0.01265).toBeLessThan(2.07);
  });

  it("says why an interval is missing", () => {
    const without = evaluatePart(input()).details;
    expect(without.intervals.accuracy).toEqual({ point: 0.5, lo: null, hi: null, n: 12 });
    expect(without.reasons.intervals).toBe("eval.bootstrap.resamples is 0");
    // Defined only in resamples with the one attack and the one flagged row: (1 − 1/e)² of them.
    const rare = evaluatePart(
      input({ attacks: truth.map((_, i) => (i === 3 ? 1 : 0)), threshold: 0.85, bootstrap: bootstrap() }),
    ).details;
    expect(rare.intervals.mcc).toMatchObject({ lo: null, hi: null });
    expect(rare.reasons["intervals.mcc"]).toBe("undefined in more than half of the resamples");
  });
});

describe("bad input", () => {
  it("is refused by row", () => {
    const one = { attacks: [1], family: text(["dos"]) };
    expect(() => evaluatePart(input({ ...one, scores: [Number.NaN] }))).toThrow(/score of row 0 is NaN/);
    expect(() =>
      evaluatePart(input({ ...one, scores: [Number.POSITIVE_INFINITY], isProbability: false })),
    ).toThrow(/row 0 is Infinity/);
    expect(() => evaluatePart(input({ ...one, scores: [1.5] }))).toThrow(/a probability in \[0, 1\]/);
    expect(() => evaluatePart(input({ ...one, scores: [0.1, 0.2] }))).toThrow(/scores has 2 rows, 1 were/);
    const classes = { names: ["benign", "dos", "probe"], truth: [1], predicted: [3] };
    expect(() => evaluatePart(input({ ...one, scores: [0.1], classes }))).toThrow(/predicted 3; 0 to 2/);
  });
});

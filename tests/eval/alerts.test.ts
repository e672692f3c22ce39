import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { precisionAt } from "#lib/eval/alerts.js";
import { evaluatePart } from "#lib/eval/evaluate.js";
import { partHours } from "#lib/eval/hours.js";
import { float64, Table, text } from "#lib/table/table.js";

const HOUR = 3.6e9;

describe("precision at a base rate", () => {
  it("keeps the place on the ROC curve and changes the share of attacks", () => {
    // 0.9 · 0.001 / (0.9 · 0.001 + 0.01 · 0.999)
    expect(precisionAt(0.001, 0.9, 0.01)).toBeCloseTo(0.0826446280991736, 15);
    expect(precisionAt(0.5, 0.9, 0.1)).toBeCloseTo(0.9, 15);
  });

  it("is 1 without false alarms, and null without alarms or without a rate", () => {
    expect(precisionAt(0.001, 0.9, 0)).toBe(1);
    expect(precisionAt(0.001, 0, 0)).toBeNull();
    expect(precisionAt(0.001, null, 0)).toBeNull();
  });
});

describe("hours of traffic", () => {
  // Site a lasts 4 hours, site b 2 on each of two days.
  const flows = Table.of({
    start_us: float64([0, 1, 2, 4, 1, 3, 24, 26].map((hour) => hour * HOUR)),
    site: text(["a", "a", "a", "a", "b", "b", "b", "b"]),
    day: text(["1", "1", "1", "1", "1", "1", "2", "2"]),
  });

  it("add the recordings, each by its share of flows that the rows hold", () => {
    expect(partHours(flows, [4, 5, 6, 7])).toEqual({ hours: 4 });
    expect(partHours(flows, [0, 3])).toEqual({ hours: 2 });
    expect(partHours(flows, [0, 4])).toEqual({ hours: 2 });
  });

  it("take the day of the clock where no day is known, so that nights do not count", () => {
    const { site, ...rest } = { site: flows.column("site"), start_us: flows.column("start_us") };
    expect(partHours(Table.of({ ...rest, site }), [4, 5, 6, 7])).toEqual({ hours: 4 });
    const unknown = Table.of({ ...rest, site, day: text(Array(8).fill(null)) });
    expect(partHours(unknown, [4, 5, 6, 7])).toEqual({ hours: 4 });
  });

  it("are unknown, with the reason, where times are missing or all equal", () => {
    expect(partHours(Table.of({ site: text(["a"]) }), [0])).toEqual({
      reason: "the flows have no start times",
    });
    const gap = Table.of({ start_us: float64([0, Number.NaN, HOUR]) });
    expect(partHours(gap, [0, 1])).toEqual({ reason: "flows of the part have no start time" });
    expect(partHours(gap, [0, 2])).toEqual({ hours: 1 });
    expect(partHours(Table.of({ start_us: float64([5, 5]) }), [0, 1])).toEqual({
      reason: "the flows of the part span no time",
    });
  });
});

describe("what an analyst would see", () => {
  const input = {
    isAttack: Uint8Array.from([1, 1, 0, 0, 0]),
    scores: [0.9, 0.2, 0.8, 0.1, 0.3],
    isProbability: true,
    threshold: 0.5,
    family: text(["dos", "dos", "benign", "benign", "benign"]),
    trainingFamilies: ["dos"],
    classes: null,
    subset: null,
    bootstrap: { resamples: 0, rng: Rng.root(42) },
  };

  it("is alerts of 10,000 flows, an hour, and precision at lower shares of attacks", () => {
    const { metrics, details } = evaluatePart({ ...input, time: { hours: 4 } });
    expect(metrics.alerts_per_10k_flows).toBe(4000);
    expect(metrics.alerts_per_hour).toBe(0.5);
    expect(metrics.precision_at_base_rate["0.01"]).toBeCloseTo(0.005 / (0.005 + 0.33), 15);
    expect(Object.keys(details.reasons).filter((name) => name.startsWith("alerts"))).toEqual([]);
  });

  it("is null with its reason", () => {
    const none = evaluatePart({ ...input, threshold: 2, time: { reason: "no clock" } });
    expect(none.metrics).toMatchObject({ alerts_per_10k_flows: 0, alerts_per_hour: null });
    expect(none.details.reasons.alerts_per_hour).toBe("no clock");
    expect(none.metrics.precision_at_base_rate).toEqual({ "0.01": null, "0.001": null, "0.0001": null });
    expect(none.details.reasons["precision_at_base_rate.0.001"]).toBe("no row is at or above the threshold");
  });

  it("has a reliability curve whose mean distance from the truth is the ece", () => {
    const { metrics, details } = evaluatePart(input);
    const bins = details.reliability!;
    expect(bins).toHaveLength(15);
    expect(bins[13]).toMatchObject({ n: 1, mean_p: 0.9, attacks: 1 });
    expect(bins[0]).toMatchObject({ n: 0, mean_p: null, attacks: null });
    const distance = bins.reduce(
      (sum, bin) => sum + bin.n * Math.abs((bin.mean_p ?? 0) - (bin.attacks ?? 0)),
      0,
    );
    expect(distance / 5).toBeCloseTo(metrics.ece!, 15);
    const detector = evaluatePart({ ...input, isProbability: false }).details;
    expect(detector.reliability).toBeNull();
    expect(detector.reasons.reliability).toBe("a detector gives a score and no probability");
  });

  it("names the row whose class score is no number", () => {
    const classes = {
      names: ["benign", "dos", "probe"],
      truth: [1, 1, 0, 0, 0],
      predicted: [1, 1, 0, 0, 0],
      probabilities: () => Float64Array.of(0.1, 0.2, Number.POSITIVE_INFINITY, 0, 0),
    };
    expect(() => evaluatePart({ ...input, classes })).toThrow(/row 2 for class "benign" is Infinity/);
  });
});

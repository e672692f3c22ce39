import { describe, expect, it } from "vitest";
import { championOf, type Result } from "#lib/report/results.js";
import { sampleInput } from "./sample.js";

/** Results of split site with these average precisions on validation. */
function withPrecision(values: Readonly<Record<string, number | null>>): Result[] {
  const [template] = sampleInput().results.filter(({ split }) => split === "site");
  return Object.entries(values).map(([model, value]) => ({
    ...template,
    model,
    metrics: {
      ...template.metrics,
      validation: { ...template.metrics.validation, average_precision: value },
    },
  }));
}

describe("championOf", () => {
  it("takes the highest average precision on validation, whatever test says", () => {
    const results = withPrecision({ a: 0.7, b: 0.9, c: 0.8 });
    expect(championOf(results, "site", ["a", "b", "c"])).toEqual({
      split: "site",
      model: "b",
      path: "artifacts/models/site/b",
      metric: "validation.average_precision",
      value: 0.9,
      chosen: "highest average precision on the validation part of split site",
    });
  });

  it("takes the first in run.models of equal ones, not the first that was read", () => {
    const results = withPrecision({ a: 0.9, b: 0.9, c: 0.1 });
    expect(championOf(results, "site", ["c", "b", "a"])).toMatchObject({
      model: "b",
      chosen: expect.stringContaining("of 2 equal models the first one in run.models"),
    });
  });

  it("is no oracle, unless all are", () => {
    const results = withPrecision({ a: 0.7, b: 0.9 });
    const oracle = (names: readonly string[]): Result[] =>
      results.map((result) =>
        names.includes(result.model) ? { ...result, file: { ...result.file, profile: "oracle" } } : result,
      );
    expect(championOf(oracle(["b"]), "site", ["a", "b"]).model).toBe("a");
    expect(championOf(oracle(["a", "b"]), "site", ["a", "b"]).model).toBe("b");
  });

  it("passes over models without a value", () => {
    expect(championOf(withPrecision({ a: null, b: 0.1 }), "site", ["a", "b"])).toMatchObject({
      model: "b",
      value: 0.1,
    });
  });

  it("says so when no model has a value", () => {
    expect(championOf(withPrecision({ a: null, b: null }), "site", ["a", "b"])).toMatchObject({
      model: "a",
      value: null,
      chosen:
        "no model has an average precision on the validation part of split site; the first one in run.models",
    });
  });

  it("looks at no other split", () => {
    const results = [
      ...withPrecision({ a: 0.2, b: 0.3 }),
      ...withPrecision({ a: 0.99 }).map((r) => ({ ...r, split: "random" })),
    ];
    expect(championOf(results, "site", ["a", "b"]).model).toBe("b");
  });
});

import { describe, expect, it } from "vitest";
import { documentMarkdown } from "#lib/report/document.js";
import type { ReportInput, Result } from "#lib/report/results.js";
import { contextSection } from "#lib/report/sectionContext.js";
import { sampleInput } from "./sample.js";

/** The sample with those of boosting again as those of a model of single flows. */
function withSingle(found: (detected: number) => number, changes: object = {}): ReportInput {
  const input = sampleInput();
  const twin = (result: Result): Result => ({
    ...result,
    model: "boosting-single",
    details: {
      ...result.details,
      test: {
        ...result.details.test,
        families: result.details.test.families.map((each) => ({ ...each, detected: found(each.detected) })),
      },
    },
  });
  const twins = input.results.filter(({ model }) => model === "boosting").map(twin);
  const boosting = { type: "gradient-boosting", trees: 100 } as object;
  return {
    ...input,
    results: [...input.results, ...twins],
    settings: {
      ...input.settings,
      models: { boosting, "boosting-single": { ...boosting, context: false, ...changes } },
    },
  };
}

const text = (input: ReportInput): string => documentMarkdown("t", contextSection(input));

describe("contextSection", () => {
  it("names every family that loses recall against single flows", () => {
    const [first] = sampleInput().results.filter(({ model }) => model === "boosting");
    const losers = first.details.test.families.filter(({ detected, n }) => detected < n);
    expect(losers.length).toBeGreaterThan(0);
    const markdown = text(withSingle((detected) => detected + 1));
    expect(markdown).toContain("Families that lose recall: ");
    for (const { family } of losers) expect(markdown).toContain(`\`${family}\``);
  });
  it("says so when none does", () => {
    expect(text(withSingle((detected) => detected))).toContain("No family loses recall.");
  });
  it("compares models that differ in nothing else", () => {
    expect(contextSection(withSingle((detected) => detected, { trees: 5 }))).toEqual([]);
    expect(contextSection(sampleInput())).toEqual([]);
  });
});

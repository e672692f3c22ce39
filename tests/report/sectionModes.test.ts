import { describe, expect, it } from "vitest";
import { documentMarkdown } from "#lib/report/document.js";
import type { ReportInput, Result } from "#lib/report/results.js";
import { modeSection } from "#lib/report/sectionModes.js";
import { sampleInput } from "./sample.js";

const sample = sampleInput();
const markdown = (input: ReportInput): string => documentMarkdown("Report", modeSection(input));

/** The sample with a model `oracle` that differs from boosting in `change`. */
function withOracle(change: object): ReportInput {
  const boosting = { type: "gradient-boosting", trees: 100 };
  const twins = sample.results
    .filter(({ model }) => model === "boosting")
    .map(
      (result): Result => ({
        ...result,
        model: "oracle",
        file: { ...result.file, profile: "oracle" },
        metrics: { ...result.metrics, test: { ...result.metrics.test, macro_f1: 0.987 } },
      }),
    );
  const models = { boosting, oracle: { ...boosting, profile: "oracle", ...change } };
  const { settings } = sample;
  return {
    ...sample,
    results: [...sample.results, ...twins],
    settings: {
      ...settings,
      run: { ...settings.run, models: [...settings.run.models, "oracle"] },
      models: { ...settings.models, ...(models as typeof settings.models) },
    },
  };
}

describe("the two threat models", () => {
  it("stand side by side with their difference, the headline split first", () => {
    const text = markdown(withOracle({}));
    expect(text).toContain("- `resp_port`: servers of a testbed have fixed ports.");
    const rows = text.split("\n").filter((line) => /^\| (site|random) /.test(line));
    expect(rows.map((row) => row.split(" | ").slice(0, 3))).toEqual([
      ["| site", "boosting", "oracle"],
      ["| random", "boosting", "oracle"],
    ]);
    const before = sample.results.find(({ split, model }) => split === "site" && model === "boosting");
    const gap = 0.987 - (before?.metrics.test.macro_f1 ?? 0);
    expect(rows[0]).toContain(` ${gap.toFixed(3)} |`);
    expect(text).toContain("`boosting` finds 19.8% and `oracle` 19.8%");
  });

  it("are no pair when anything else differs, and the report says how to get one", () => {
    for (const input of [sample, withOracle({ trees: 7 })]) {
      expect(markdown(input)).toContain("No model of this run stands in both modes.");
      expect(markdown(input)).not.toContain("| site");
    }
  });

  it("are the same where the data have no column that only a lab sees", () => {
    const [dialect] = sample.ingest.dialects;
    const ingest = { ...sample.ingest, dialects: [{ ...dialect, oracle: [] }] };
    expect(markdown({ ...sample, ingest })).toContain("has no column that only a lab sees");
  });
});

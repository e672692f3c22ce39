import { describe, expect, it } from "vitest";
import { familyTable } from "#lib/report/comparison.js";
import { documentMarkdown } from "#lib/report/document.js";
import type { ModelFile } from "#lib/report/results.js";
import { modelSection } from "#lib/report/sectionModels.js";
import { familySection } from "#lib/report/sectionResults.js";
import { sampleInput } from "./sample.js";

const sample = sampleInput();

describe("the table of models", () => {
  it("says which flows a decision is made from, and what they have of context", () => {
    const files: Readonly<Record<string, Partial<ModelFile>>> = {
      logistic: { window: { length: 16, as: "summary", label: "last" }, context: null },
      boosting: { window: { length: 16, as: "rows", label: "last" }, context: { groups: ["arrivals"] } },
      isolation: { context: { groups: ["responder", "arrivals"] } },
    };
    const results = sample.results.map((result) => ({
      ...result,
      file: { ...result.file, ...files[result.model] },
    }));
    const text = documentMarkdown("Report", modelSection({ ...sample, results }));
    const cellOf = (model: string): string | undefined =>
      text.match(new RegExp(`^\\| ${model} \\| [^|]+ \\| [^|]+ \\| ([^|]+) \\|`, "m"))?.[1];
    expect(cellOf("logistic")).toBe("summary of 16 flows");
    expect(cellOf("boosting")).toBe("16 flows; arrivals");
    expect(cellOf("isolation")).toBe("a flow; responder, arrivals");
  });
});

it("the table of models names the parameters that are set, and the types of an ensemble's models", () => {
  const params = {
    width: 64,
    clip: null,
    monotone: {},
    models: [{ type: "cnn", batch: 8 }, { type: "gru" }],
  };
  const results = sample.results.map((result) => ({ ...result, file: { ...result.file, params } }));
  const text = documentMarkdown("Report", modelSection({ ...sample, results }));
  expect(text).toContain("| width 64, models cnn and gru |");
});

describe("recall by family", () => {
  const champion = { split: "site", model: "boosting" } as Parameters<typeof familySection>[1];
  const figures = (input: typeof sample): string[] =>
    familySection(input, champion).flatMap((block) => (block.kind === "figure" ? [block.name] : []));

  it("is shown for every model where there are several on the split", () => {
    expect(figures(sample)).toEqual(["families-site-boosting", "families-site"]);
    const results = sample.results.filter(({ model }) => model === "boosting");
    expect(figures({ ...sample, results })).toEqual(["families-site-boosting"]);
  });

  it("stands in a table of models by families where there are more models", () => {
    const results = sample.results.map((result) => {
      const { test } = result.details;
      const families = test.families.filter(({ seen }, i) => !seen || i === 0);
      return { ...result, details: { ...result.details, test: { ...test, families } } };
    });
    const [known, novel] = [false, true].map(
      (isNew) => results[0].details.test.families.find(({ seen }) => seen !== isNew)!,
    );
    const table = familyTable({ ...sample, results }, "site")!;
    expect(table.columns.map(({ title }) => title)).toEqual([
      "Model",
      `${known.family} (${known.n})`,
      `${novel.family} (new, ${novel.n})`,
    ]);
    expect(table.rows).toHaveLength(3);
    expect(familyTable(sample, "site")!.columns[0].title).toBe("Family");
  });
});

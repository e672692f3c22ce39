import { describe, expect, it } from "vitest";
import { documentMarkdown, figuresOf } from "#lib/report/document.js";
import { usualText, valueText } from "#lib/report/explainedFlow.js";
import { championOf } from "#lib/report/results.js";
import { explainSection } from "#lib/report/sectionExplain.js";
import { renderSvg } from "#lib/report/svg.js";
import { sampleInput } from "./sample.js";
import { explanation, sampleExplanation } from "./sampleExplanation.js";

describe("explainSection", () => {
  const input = { ...sampleInput(), explained: [sampleExplanation("boosting")] };
  const champion = { ...championOf(input.results, "site", ["boosting"]), model: "boosting" };

  it("shows importance, contributions and single flows of the champion, and a table of all", async () => {
    const blocks = explainSection(input, champion);
    const text = documentMarkdown("", blocks);
    expect(text).toContain("mean loss of average precision over 5 permutations");
    expect(text).toContain("No attack was missed.");
    const figures = figuresOf(blocks);
    expect(figures.map(({ name }) => name)).toEqual(["importance", "beeswarm", "why-found"]);
    for (const { figure } of figures) expect(await renderSvg(figure.vegaLite)).toContain("service");
  });

  it("is empty where nothing was explained", () => {
    expect(explainSection(sampleInput(), champion)).toEqual([]);
  });

  it("puts values and what is usual into words", () => {
    expect(explanation.columns.map(valueText)).toEqual(["ssh"]);
    expect(explanation.columns.map(usualText)).toEqual(["dns 75.0%, missing 25.0%"]);
    expect(usualText({ usual: { name: "x", p05: 0.12345, p50: 1, p95: 20000, missing: 0 } })).toBe(
      "0.1235 to 20000",
    );
  });
});

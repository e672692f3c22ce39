import { describe, expect, it } from "vitest";
import type { FlowExplanation } from "#lib/explain/flow.js";
import type { ModelExplanation } from "#lib/explain/modelExplanation.js";
import { documentMarkdown, figuresOf } from "#lib/report/document.js";
import { usualText, valueText } from "#lib/report/explainedFlow.js";
import { championOf } from "#lib/report/results.js";
import { explainSection } from "#lib/report/sectionExplain.js";
import { renderSvg } from "#lib/report/svg.js";
import { sampleInput } from "./sample.js";

const explanation: FlowExplanation = {
  method: "TreeSHAP",
  of: "log-odds of an attack",
  base: -1,
  sum: 1.5,
  score: 0.8176,
  threshold: 0.5,
  decision: "attack",
  columns: [
    {
      column: "service",
      unit: null,
      value: "ssh",
      usual: { name: "service", levels: [{ level: "dns", share: 0.75 }], missing: 0.25 },
      unusual: true,
      contribution: 2,
    },
  ],
  rest: { columns: 2, contribution: 0.5 },
};

const explained: ModelExplanation = {
  split: "site",
  model: "boosting",
  type: "gradient-boosting",
  importance: {
    part: "validation",
    metric: "average_precision",
    rows: 600,
    repeats: 5,
    baseline: 0.99,
    columns: [{ name: "service", drop: 0.2, lo: 0.1, hi: 0.3 }],
  },
  shap: {
    method: "TreeSHAP",
    of: "log-odds of an attack",
    part: "test",
    rows: 2,
    base: -1,
    mean_abs: [{ name: "service", value: 1.5 }],
    sample: { columns: ["service"], contributions: [[2, -1]], values: [[null, null]] },
  },
  flows: { rule: "the rule", found: { row_id: 7, label: "DoS", family: "DoS", explanation }, missed: null },
};

describe("explainSection", () => {
  const input = { ...sampleInput(), explained: [explained] };
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

import { describe, expect, it } from "vitest";
import { breakdownsOf } from "#lib/eval/breakdowns.js";
import { documentMarkdown, figuresOf } from "#lib/report/document.js";
import { evaluationsItem } from "#lib/report/evaluations.js";
import { championOf, type ReportInput } from "#lib/report/results.js";
import { breakdownSection } from "#lib/report/sectionBreakdowns.js";
import { int64, Table, text } from "#lib/table/table.js";
import { sampleInput } from "./sample.js";

const n = 80;
const hosts = Array.from({ length: n }, (_, i) => (i < 70 ? "web" : "desk"));
/** Eighty flows a minute apart; every fourth is an attack, those of `desk` are missed. */
const breakdowns = breakdownsOf(
  {
    isAttack: Uint8Array.from(hosts, (_, i) => Number(i % 4 === 0)),
    scores: hosts.map((host, i) => (i % 4 === 0 && host === "web" ? 0.9 : 0.1)),
    threshold: 0.5,
    family: text(hosts.map(() => "DoS")),
    trainingFamilies: ["DoS"],
  },
  {
    flows: Table.of({
      host: text(hosts),
      label_original: text(hosts.map(() => "Malicious/DoS")),
      start_us: int64(hosts.map((_, i) => i * 60e6)),
    }),
    missing: { group: text(hosts.map(() => "all columns")), without: [[]] },
    trainingAttacks: ["Malicious/DoS", "Malicious/Bot"],
    windows: { batches: 4, seconds: 600 },
  },
);

function withBreakdowns(): ReportInput {
  const sample = sampleInput();
  return {
    ...sample,
    results: sample.results.map((result) => ({
      ...result,
      details: { ...result.details, test: { ...result.details.test, breakdowns } },
    })),
  };
}

describe("where the champion works and where it fails", () => {
  const input = withBreakdowns();
  const champion = championOf(input.results, "site", input.settings.run.models);
  const blocks = breakdownSection(input, champion);
  const markdown = documentMarkdown("Report", blocks);

  it("by host, with few rows marked, and beside all", () => {
    const rows = markdown.split("\n").filter((line) => /^\| (web|desk( \(few\))?|all) \|/.test(line));
    expect(rows.map((row) => row.split(" | ").slice(0, 3).join(" "))).toEqual([
      "| web 70 18",
      "| desk (few) 10 2",
      "| all 80 20",
    ]);
    expect(rows[1]).toContain("| 0.000 \\[0.000, 0.658\\] |");
  });

  it("by attack, with those that are untested", () => {
    expect(markdown).toContain("| Malicious/DoS (few) | yes | 20 | 18 |");
    expect(markdown).toContain("**Untested:** `Malicious/Bot` occurs in training");
  });

  it("over time: the axis in a unit of which there are three or more", () => {
    const figures = figuresOf(blocks);
    expect(figures.map(({ name }) => name)).toEqual(["attacks-over-time", "rates-over-time"]);
    expect(figures[0].figure.alt).toMatch(/^Attack flows and flagged flows in 16 windows of 600 seconds\./);
    expect(JSON.stringify(figures[0].figure.chart)).toContain("minutes after the first flow");
    expect(figures[1].figure.alt).toContain("recall lies between 0.600 and 1.000");
  });

  it("leaves out what has one group, and says what could not be made", () => {
    expect(markdown).not.toContain("Columns present:");
    expect(markdown).toContain("site (the rows have no site)");
  });

  it("is left out where the details have none", () => {
    expect(breakdownSection(sampleInput(), champion)).toEqual([]);
  });
});

describe("how often the test part was evaluated", () => {
  const item = (input: ReportInput): string =>
    documentMarkdown("", [{ kind: "list", items: [evaluationsItem(input)] }]);

  it("is once a model and training seed", () => {
    const input = sampleInput();
    expect(item(input)).toContain("was evaluated 3 times for the table of models: 3 models, each at its one");
    expect(item(input)).toContain("also stand in the test part of `random`");
    const [first, ...rest] = input.results.filter(({ split }) => split === "site");
    const seeds = [43, 44].map((seed) => ({ seed, test: first.metrics.test }));
    const seeded = { ...input, results: [{ ...first, details: { ...first.details, seeds } }, ...rest] };
    expect(item(seeded)).toContain(
      "was evaluated 5 times for the table of models: 3 models, 5 fits with all",
    );
  });
});

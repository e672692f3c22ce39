import { describe, expect, it } from "vitest";
import { type LeaksResult, leaksOff } from "#lib/explain/leaks/result.js";
import { documentMarkdown, figuresOf } from "#lib/report/document.js";
import { leaksSection } from "#lib/report/sectionLeaks.js";
import { renderSvg } from "#lib/report/svg.js";

const leaks: LeaksResult = {
  ...{
    off: null,
    model: "forest",
    type: "random-forest",
    split: "site",
    rows: 500,
    of_rows: 900,
    resamples: 200,
  },
  tests: [
    {
      ...{ test: "as-is", title: "Headline split as it is", train: 300, columns: 9, tested: 200 },
      macro_f1: { point: 0.8, lo: 0.78, hi: 0.82, n: 200 },
      roc_auc: { point: 0.9, lo: 0.88, hi: 0.92, n: 200 },
      ...{ shows: "What the others are held against.", verdict: "info", rule: "none" },
    },
    {
      ...{ test: "random-split", title: "Random split", train: 300, columns: 9, tested: 200 },
      macro_f1: { point: 0.95, lo: 0.94, hi: 0.96, n: 200 },
      roc_auc: { point: null, lo: null, hi: null, n: 200 },
      ...{ shows: "0.150 higher.", verdict: "warning", rule: "warning when it is more than 0.05 above" },
    },
  ],
  skipped: { identifiers: "the data have no addresses" },
};

describe("leaksSection", () => {
  const blocks = leaksSection({ leaks });
  const md = documentMarkdown("", blocks);

  it("is a table with a verdict a test, what each shows, and by which rule", () => {
    expect(md).toContain("500 of the split's 900 flows take part");
    expect(md).toContain("1 warning");
    expect(md).toContain("| Random split | 300 | 9 | 200 | 0.950 ± 0.010 | – <sup>a</sup> | **warning** |");
    expect(md).toContain("- **Random split.** 0.150 higher.");
    expect(md).toContain("- Random split: warning when it is more than 0.05 above.");
    expect(md).toContain("- identifiers: not made; the data have no addresses.");
  });

  it("draws the values with their intervals", async () => {
    const [{ name, figure }] = figuresOf(blocks);
    expect(name).toBe("leak-tests");
    expect(figure.chart).toMatchObject({
      kind: "dots",
      series: [{ values: [0.8, 0.95] }, { values: [0.9, null] }],
    });
    expect(await renderSvg(figure.vegaLite)).toContain("</svg>");
  });

  it("is empty where leaks is null", () => {
    expect(leaksSection({ leaks: leaksOff("site") })).toEqual([]);
  });
});

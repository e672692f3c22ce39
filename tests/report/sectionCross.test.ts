import { describe, expect, it } from "vitest";
import type { Interval } from "#lib/eval/result.js";
import { type Cell, type CrossResult, crossOff } from "#lib/explain/cross/result.js";
import { type Block, documentMarkdown, figuresOf } from "#lib/report/document.js";
import { crossSection } from "#lib/report/sectionCross.js";
import { renderSvg } from "#lib/report/svg.js";

const interval = (point: number): Interval => ({ point, lo: point - 0.02, hi: point + 0.02, n: 300 });
const metrics = (value: number) => ({
  macro_f1: interval(value),
  roc_auc: interval(value + 0.01),
  average_precision: interval(value),
  recall: interval(value),
  fpr: interval(0.02),
});
const cell = (train: string, test: string, value: number, drop: number | null): Cell => ({
  ...{ train, test, rows: 300, attacks: 100, threshold: 0.4, ...metrics(value) },
  drop: drop === null ? null : { macro_f1: drop, roc_auc: drop, average_precision: drop },
});
const facts = (domain: string) => ({
  ...{ domain, rows: 1000, attacks: 300, train: 560, validation: 140, test: 300 },
  untested: domain === "b" ? ["Worm"] : [],
});

const cross: CrossResult = {
  off: null,
  notes: ["Attack against benign."],
  resamples: 200,
  matrices: [
    {
      name: "site",
      by: ["site"],
      rows_per_domain: 1000,
      domains: [facts("a"), facts("b")],
      left_out: { c: "it has no attack (5 rows)" },
      unplaced: 0,
      models: [
        {
          model: "forest",
          type: "random-forest",
          columns: 41,
          left_out_columns: ["local_orig"],
          schema_hash: "ab".repeat(32),
          cells: [
            cell("a", "a", 0.97, null),
            cell("a", "b", 0.8, 0.17),
            cell("b", "a", 0.9, 0.05),
            cell("b", "b", 0.95, null),
          ],
          few_shot: [
            {
              train: "a",
              test: "b",
              points: [
                { share: 0, added: 0, ...metrics(0.8) },
                { share: 0.05, added: 50, ...metrics(0.9) },
              ],
            },
          ],
        },
      ],
      shifts: [
        {
          ...{ train: "a", test: "b", shifted: 3, columns: 41, unknown_categories: 0.125, shared_content: 4 },
          largest_psi: [{ column: "duration_s", psi: 1.5 }],
          largest_ks: [{ column: "orig_bytes", ks: 0.4 }],
          class_shift: { distance: 0.25, classes: [] },
        },
      ],
      classifiers: [
        {
          domains: ["a", "b"],
          rows: 2000,
          roc_auc: interval(0.9),
          benign_roc_auc: interval(0.85),
          columns: [{ column: "service", auc_lost: 0.12 }],
        },
      ],
    },
  ],
};

describe("crossSection", () => {
  const blocks: Block[] = crossSection({ cross });
  const md = documentMarkdown("", blocks);

  it("says what leaving home costs, and on which columns", () => {
    expect(md).toContain(
      "away from home macro-F1 is 0.110 lower on average, and 0.170 lower where it is worst",
    );
    expect(md).toContain(
      "the 41 columns that every domain has (schema abababababab); 1 column that a domain lacks",
    );
  });

  it("shows what moved beside the drop, and who tells the domains apart by what", () => {
    expect(md).toContain(
      "| a | b | 0.170 | 3 of 41 | duration\\_s (1.50) | orig\\_bytes (0.40) | 0.25 | 12.5% | 4 |",
    );
    expect(md).toContain("| a | b | 0.900 ± 0.020 | 0.850 ± 0.020 | service (0.120) |");
  });

  it("names the domains that were left out and the families without a test row", () => {
    expect(md).toContain("Left out: `c`: it has no attack (5 rows).");
    expect(md).toContain("No test row in `b`, because their rows repeat each other: `Worm`.");
  });

  it("draws two heat maps and the few-shot curve", async () => {
    const figures = figuresOf(blocks);
    expect(figures.map(({ name }) => name)).toEqual([
      "cross-site-forest-macro-f1",
      "cross-site-forest-roc-auc",
      "cross-site-forest-few-shot",
    ]);
    expect(figures[0].figure.chart).toMatchObject({
      kind: "heat",
      text: [
        ["0.970", "0.800"],
        ["0.900", "0.950"],
      ],
    });
    for (const { figure } of figures) expect(await renderSvg(figure.vegaLite)).toContain("</svg>");
  });

  it("is empty where cross is null", () => {
    expect(crossSection({ cross: crossOff })).toEqual([]);
    expect(crossSection({ cross: null })).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import {
  countCell,
  escapeLatex,
  escapeMarkdown,
  intervalCell,
  numberCell,
  type ReportTable,
  tableText,
  textCell,
  toCsv,
  toLatex,
  toMarkdown,
} from "#lib/report/table.js";

const table: ReportTable = {
  caption: "Recall & cost",
  columns: [
    { name: "model", title: "Model" },
    { name: "recall", title: "Recall", align: "right" },
    { name: "flows", title: "Flows", align: "right" },
    { name: "brier", title: "Brier", align: "right" },
  ],
  rows: [
    [
      textCell("a_b|c", true),
      intervalCell({ point: 0.8734, lo: 0.86, hi: 0.884 }),
      countCell(13892),
      numberCell(0.05),
    ],
    [
      textCell('say "x", y'),
      intervalCell({ point: null, lo: null, hi: null }, "no attacks"),
      countCell(0),
      numberCell(null, "no probability"),
    ],
    [
      textCell("c"),
      intervalCell({ point: 1, lo: null, hi: null }),
      countCell(null),
      numberCell(null, "no attacks"),
    ],
  ],
};

describe("toMarkdown", () => {
  it("aligns, escapes and gives every undefined value its reason once", () => {
    expect(toMarkdown(table)).toBe(
      [
        "| Model | Recall | Flows | Brier |",
        "| --- | ---: | ---: | ---: |",
        "| **a\\_b\\|c** | 0.873 ± 0.012 | 13,892 | 0.050 |",
        '| say "x", y | – <sup>a</sup> | 0 | – <sup>b</sup> |',
        "| c | 1.000 | – | – <sup>a</sup> |",
        "",
        "<sup>a</sup> no attacks<br>",
        "<sup>b</sup> no probability",
        "",
      ].join("\n"),
    );
  });
});

describe("toCsv", () => {
  it("keeps full numbers, both ends of an interval, and leaves undefined empty", () => {
    expect(toCsv(table)).toBe(
      [
        "model,recall,recall_lo,recall_hi,flows,brier",
        "a_b|c,0.8734,0.86,0.884,13892,0.05",
        '"say ""x"", y",,,,0,',
        "c,1,,,,",
        "",
      ].join("\n"),
    );
  });
});

describe("toLatex", () => {
  it("is a booktabs table with everything escaped", () => {
    const text = toLatex(table, "cost");
    expect(text).toContain(
      "\\caption{Recall \\& cost}\n\\label{tab:cost}\n\\begin{tabular}{lrrr}\n  \\toprule",
    );
    expect(text).toContain("  \\textbf{a\\_b|c} & 0.873 $\\pm$ 0.012 & 13,892 & 0.050 \\\\");
    expect(text).toContain("--\\textsuperscript{a} & 0 & --\\textsuperscript{b} \\\\");
    expect(text).toContain("\\textsuperscript{b} no probability");
  });

  it("escapes every special character once", () => {
    expect(escapeLatex("50% of $x_1 {~} ^ \\ # <&>")).toBe(
      "50\\% of \\$x\\_1 \\{\\textasciitilde{}\\} \\textasciicircum{} \\textbackslash{} \\# \\textless{}\\&\\textgreater{}",
    );
  });
});

describe("escapeMarkdown", () => {
  it("leaves no markup, no tag and no line break", () => {
    expect(escapeMarkdown("*a* _b_ `c` [d](e) <b>&\nf|~g~\\")).toBe(
      "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) &lt;b&gt;&amp; f\\|\\~g\\~\\\\",
    );
  });
});

describe("tableText", () => {
  it("goes on after z with aa", () => {
    const many: ReportTable = {
      ...table,
      columns: [{ name: "x", title: "x" }],
      rows: Array.from({ length: 28 }, (_, i) => [countCell(null, `reason ${i}`)]),
    };
    expect(
      tableText(many)
        .notes.map(({ mark }) => mark)
        .slice(24),
    ).toEqual(["y", "z", "aa", "ab"]);
  });
});

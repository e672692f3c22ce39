import type { LeaksResult, LeakTest } from "../explain/leaks/result.js";
import { type Block, code, type Inline, paragraph, sentence, strong } from "./document.js";
import { type Figure, figureOf } from "./figure.js";
import { count, fixed, plural } from "./numbers.js";
import { type Cell, countCell, intervalCell, type ReportTable, textCell } from "./table.js";

/** The leak tests: what would flatter the headline result, and whether it does; empty where `leaks` is null. */
export function leaksSection({ leaks }: { readonly leaks: LeaksResult | null }): Block[] {
  if (leaks === null || leaks.tests.length === 0) return [];
  const warnings = leaks.tests.filter(({ verdict }) => verdict === "warning");
  return [
    { kind: "heading", id: "leak-tests", text: "Leak tests" },
    paragraph(
      ...sentence`The same model (${code(leaks.model ?? "")}) again, attack against benign, on data that would flatter it and on data that must not teach it anything. `,
      leaks.rows < leaks.of_rows
        ? `${count(leaks.rows)} of the split's ${plural(leaks.of_rows, "flow")} take part, each family in its share. `
        : "",
      warnings.length === 0 ? "No test warns." : `${plural(warnings.length, "warning")}: see the verdicts.`,
    ),
    { kind: "table", table: leakTable(leaks) },
    { kind: "list", items: leaks.tests.map(({ title, shows }): Inline[] => [strong(`${title}. `), shows]) },
    {
      kind: "figure",
      name: "leak-tests",
      figure: leakFigure(leaks),
      caption:
        "Macro-F1 and ROC-AUC of one model under each test; lines are 95% intervals, of shuffled labels the 99% interval of the mean over shuffles. Close to the first row: the test changes nothing.",
    },
    {
      kind: "details",
      summary: "By which rule each verdict was given",
      blocks: [
        {
          kind: "list",
          items: [
            ...leaks.tests.map(({ title, rule }): Inline[] => [`${title}: ${rule}.`]),
            ...Object.entries(leaks.skipped).map(([name, why]): Inline[] => [`${name}: not made; ${why}.`]),
          ],
        },
      ],
    },
  ];
}

function leakTable({ tests, split }: LeaksResult): ReportTable {
  return {
    caption: `Leak tests on split ${split}: values ± half the width of their intervals. Shuffled labels: means over several shuffles.`,
    columns: [
      { name: "test", title: "Test" },
      { name: "train", title: "Trained on", align: "right" },
      { name: "columns", title: "Columns", align: "right" },
      { name: "tested", title: "Tested on", align: "right" },
      { name: "macro_f1", title: "Macro-F1", align: "right" },
      { name: "roc_auc", title: "ROC-AUC", align: "right" },
      { name: "verdict", title: "Verdict" },
    ],
    rows: tests.map(({ title, train, columns, tested, macro_f1, roc_auc, verdict }): Cell[] => [
      textCell(title),
      countCell(train),
      countCell(columns),
      countCell(tested),
      intervalCell(macro_f1, "undefined on these rows"),
      intervalCell(roc_auc, "undefined on these rows"),
      textCell(verdict, verdict === "warning"),
    ]),
  };
}

function leakFigure({ tests, model, split }: LeaksResult): Figure {
  const series = (name: string, of: (test: LeakTest) => LeakTest["roc_auc"]) => ({
    name,
    values: tests.map((test) => of(test).point),
    lo: tests.map((test) => of(test).lo),
    hi: tests.map((test) => of(test).hi),
  });
  const shown = (value: number | null): string => (value === null ? "undefined" : fixed(value, 3));
  const sentences = tests.map(
    ({ title, macro_f1, roc_auc }) =>
      `${title}: macro-F1 ${shown(macro_f1.point)}, ROC-AUC ${shown(roc_auc.point)}`,
  );
  return figureOf(
    {
      kind: "dots",
      title: "Leak tests",
      subtitle: `${model}, split ${split}; at the right the verdict`,
      x: { title: "Value on test rows", scale: "linear", domain: [0, 1] },
      rows: tests.map(({ title, verdict }) => ({ name: title, note: verdict })),
      series: [series("macro-F1", ({ macro_f1 }) => macro_f1), series("ROC-AUC", ({ roc_auc }) => roc_auc)],
    },
    `One model under each leak test. ${sentences.join("; ")}.`,
  );
}

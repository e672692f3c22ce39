import { compareText } from "../base/json.js";
import { type PairedMetric, pairedMetrics } from "../eval/paired.js";
import { type MetricName, metricNames } from "../eval/result.js";
import { isBest } from "./best.js";
import { count } from "./numbers.js";
import { type Champion, type ReportInput, type Result, resultsOf, splitsInOrder } from "./results.js";
import {
  type Cell,
  type Column,
  countCell,
  intervalCell,
  numberCell,
  type ReportTable,
  textCell,
} from "./table.js";

const shown: readonly { readonly name: PairedMetric; readonly title: string }[] = [
  { name: "average_precision", title: "AP" },
  { name: "roc_auc", title: "ROC-AUC" },
  { name: "macro_f1", title: "Macro-F1" },
  { name: "recall", title: "Recall" },
  { name: "fpr", title: "FPR" },
];

/** Either of them a threshold can buy: the best says nothing alone. */
const atThreshold: readonly string[] = ["recall", "fpr"];

/** Models × splits with 95% intervals, for a person: the headline split first, its champion in bold. */
export function comparisonTable(input: ReportInput, champion: Champion): ReportTable {
  const columns: Column[] = [
    { name: "split", title: "Split" },
    { name: "model", title: "Model" },
    { name: "mode", title: "Mode" },
    { name: "view", title: "View" },
    { name: "validation_average_precision", title: "AP, validation", align: "right" },
    ...shown.map(({ name, title }): Column => ({ name, title, align: "right" })),
  ];
  const rows = splitsInOrder(input.settings).flatMap((split) =>
    resultsOf(input, split).map((result) => {
      const best = split === champion.split && result.model === champion.model;
      return [
        textCell(split),
        textCell(best ? `${result.model} (champion)` : result.model, best),
        textCell(result.file.profile),
        textCell(result.file.view),
        numberCell(
          result.metrics.validation.average_precision,
          result.details.validation.reasons.average_precision,
        ),
        ...shown.map(({ name }) =>
          testInterval(result, name, !atThreshold.includes(name) && isBest(input, split, result.model, name)),
        ),
      ];
    }),
  );
  return {
    caption:
      `Every model on every split; the headline split is ${input.settings.headline}. ` +
      "View: how params.yaml prepares a model's columns; scaling can move the recall at a low FPR more than the method does. All columns after the validation one are measured on the test part, as value ± half the width of the 95% interval. AP: average precision; FPR: false positive rate. Mode: realistic models see what a sensor anywhere has, oracle ones what only this lab knows, too. Recall and FPR hold at the model's own threshold, macro-F1 too where the task has two classes; with more it is that of the most probable classes. Bold: the best of a split, and every model that does not differ from it in the paired test (bootstrap on the same rows, corrected by Holm; where each model was compared with the best on validation only: that one, and every model that the test does not find worse); not of recall and FPR, either of which a threshold can buy.",
    columns,
    rows,
  };
}

function testInterval(result: Result, name: MetricName, strong = false): Cell {
  return intervalCell(result.details.test.intervals[name], result.details.test.reasons[name], strong);
}

/**
 * Every metric of every model and split, for a program (comparison.csv). `best` names the metrics in which the paired test
 * finds no model better (with a control: finds it no worse than that one).
 */
export function fullComparison(input: ReportInput): ReportTable {
  const budgets = ["0.001", "0.01", "0.05"] as const;
  const columns: Column[] = [
    ...["split", "model", "mode", "view", "type", "n", "threshold", "validation_average_precision"].map(
      (name) => ({
        name,
        title: name,
      }),
    ),
    ...metricNames.map((name) => ({ name, title: name })),
    ...budgets.map((fpr) => ({ name: `recall_at_fpr_${fpr}`, title: `recall at FPR ${fpr}` })),
    ...["accuracy_at_half", "macro_f1_at_half", "fpr_at_half"].map((name) => ({ name, title: name })),
    { name: "best", title: "best" },
  ];
  const rows = splitsInOrder(input.settings).flatMap((split) =>
    resultsOf(input, split).map((result): Cell[] => {
      const { test, validation } = result.metrics;
      return [
        textCell(split),
        textCell(result.model),
        textCell(result.file.profile),
        textCell(result.file.view),
        textCell(result.details.type),
        countCell(test.n),
        numberCell(test.threshold),
        numberCell(validation.average_precision),
        ...metricNames.map((name) => testInterval(result, name)),
        ...budgets.map((fpr) => numberCell(test.recall_at_fpr[fpr])),
        numberCell(test.at_half.accuracy),
        numberCell(test.at_half.macro_f1),
        numberCell(test.at_half.fpr),
        textCell(pairedMetrics.filter((name) => isBest(input, split, result.model, name)).join(" ")),
      ];
    }),
  );
  return { caption: "Test metrics with 95% intervals.", columns, rows };
}

/** Recall of every attack family of a split's test part by every model; a row a family, or a model where there are more of them. */
export function familyTable(input: ReportInput, split: string): ReportTable | null {
  const results = resultsOf(input, split);
  const families = new Map<string, { readonly n: number; readonly seen: boolean }>();
  for (const { details } of results)
    for (const { family, n, seen } of details.test.families) families.set(family, { n, seen });
  if (families.size === 0) return null;
  const names = [...families.keys()].sort(
    (a, b) => Number(families.get(b)!.seen) - Number(families.get(a)!.seen) || compareText(a, b),
  );
  const cell = ({ details }: Result, name: string): Cell => {
    const found = details.test.families.find(({ family }) => family === name);
    return intervalCell(
      found ?? { point: null, lo: null, hi: null },
      "no flow of this family in the test part",
    );
  };
  const caption = `Recall by attack family on the test part of split ${split}, at each model's own threshold, with 95% intervals.`;
  if (results.length > names.length) {
    const title = (name: string): string =>
      `${name} (${families.get(name)!.seen ? "" : "new, "}${count(families.get(name)!.n)})`;
    return {
      caption: `${caption} In brackets: flows of the family, and whether it is new.`,
      columns: [
        { name: "model", title: "Model" },
        ...names.map((name): Column => ({ name, title: title(name), align: "right" })),
      ],
      rows: results.map((result) => [textCell(result.model), ...names.map((name) => cell(result, name))]),
    };
  }
  return {
    caption,
    columns: [
      { name: "family", title: "Family" },
      { name: "in_training", title: "In training" },
      { name: "flows", title: "Flows", align: "right" },
      ...results.map(({ model }): Column => ({ name: model, title: model, align: "right" })),
    ],
    rows: names.map((name) => [
      textCell(name),
      textCell(families.get(name)!.seen ? "yes" : "no (new)"),
      countCell(families.get(name)!.n),
      ...results.map((result) => cell(result, name)),
    ]),
  };
}

/** Recall on families that training had and on those it never saw, beside the price in false alarms. */
export function noveltyTable(input: ReportInput, split: string): ReportTable {
  return {
    caption: `Attacks of known and of new families on the test part of split ${split}, at each model's own threshold.`,
    columns: [
      { name: "model", title: "Model" },
      { name: "recall_seen", title: "Recall, families seen in training", align: "right" },
      { name: "seen_flows", title: "Flows", align: "right" },
      { name: "recall_novel", title: "Recall, new families", align: "right" },
      { name: "novel_flows", title: "Flows", align: "right" },
      { name: "fpr", title: "False positive rate", align: "right" },
    ],
    rows: resultsOf(input, split).map((result) => {
      const { seen, novel } = result.details.test;
      return [
        textCell(result.model),
        intervalCell(seen, "the test part has no attack of a family seen in training"),
        countCell(seen.n),
        intervalCell(novel, "the test part has no attack of a new family"),
        countCell(novel.n),
        testInterval(result, "fpr"),
      ];
    }),
  };
}

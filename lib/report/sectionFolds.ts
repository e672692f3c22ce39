import type { MetricName, Spread } from "../eval/result.js";
import { type Block, code, enumerate, paragraph, sentence } from "./document.js";
import { count, fixed } from "./numbers.js";
import type { FoldedResult, ReportInput } from "./results.js";
import {
  type Cell,
  type Column,
  countCell,
  intervalCell,
  numberCell,
  type ReportTable,
  textCell,
} from "./table.js";

const shown: readonly { readonly name: MetricName; readonly title: string }[] = [
  { name: "average_precision", title: "AP" },
  { name: "roc_auc", title: "ROC-AUC" },
  { name: "macro_f1", title: "Macro-F1" },
  { name: "recall", title: "Recall" },
  { name: "fpr", title: "FPR" },
];

/** Models on k-fold splits, apart from what was measured on a test part; null without such splits. */
export function foldTable(input: ReportInput): ReportTable | null {
  if (input.folded.length === 0) return null;
  return {
    caption:
      "Cross-validation: every row is scored once, by the model of the fold that it was kept out of, at that model's own threshold. First the value over all rows ± half the width of its 95% interval; then the mean over folds ± their standard deviation (least to greatest). These are no test results: do not compare them with those of a split that has a test part.",
    columns: [
      { name: "split", title: "Split" },
      { name: "model", title: "Model" },
      { name: "folds", title: "Folds", align: "right" },
      ...shown.flatMap(({ name, title }): Column[] => [
        { name, title, align: "right" },
        { name: `${name}_folds`, title: `${title}, by fold`, align: "right" },
      ]),
    ],
    rows: input.folded.map((result): Cell[] => [
      textCell(result.split),
      textCell(result.model),
      countCell(result.details.folds.length),
      ...shown.flatMap(({ name }) => [
        intervalCell(result.details.cv.intervals[name], result.details.cv.reasons[name]),
        spreadCell(result, name),
      ]),
    ]),
  };
}

function spreadCell({ metrics, details }: FoldedResult, name: MetricName): Cell {
  const spread = metrics.cv.spread[name];
  if (spread.mean === null) return numberCell(null, details.cv.reasons[name] ?? "no fold defines it");
  return textCell(spreadText(spread));
}

/** `0.951 ± 0.012 (0.934 to 0.962)` */
function spreadText({ mean, std, min, max }: Spread): string {
  const part = (value: number | null): string => (value === null ? "–" : fixed(value, 3));
  return `${part(mean)} ± ${part(std)} (${part(min)} to ${part(max)})`;
}

/** The comparison's part on k-fold splits; nothing without such splits. */
export function foldBlocks(input: ReportInput): Block[] {
  const table = foldTable(input);
  if (table === null) return [];
  return [
    { kind: "subheading", text: "Cross-validation" },
    { kind: "table", table },
    paragraph(
      "The spread over folds says how much a number depends on which rows were tested. Folds share most of their training rows, so it is smaller than the spread over independent repetitions. ROC-AUC and AP over all rows mix scores of several models, whose scales may differ; the means by fold do not.",
    ),
  ];
}

/** How a k-fold split divides the classes: rows of each fold, and what some folds lack. */
export function foldPartBlocks(name: string, input: ReportInput): Block[] {
  const { coverage, unused, folds = [], short_families = [], shared_content } = input.splits[name];
  const families = Object.keys(coverage);
  const right = (title: string): Column => ({ name: title, title, align: "right" });
  const table: ReportTable = {
    caption: `Flows by class and fold of split ${name}.`,
    columns: [
      { name: "class", title: "Class" },
      ...folds.map(({ fold }) => right(`fold ${fold}`)),
      right("all"),
    ],
    rows: families.map((family) => [
      textCell(family),
      ...folds.map(({ coverage: own }) => countCell(own[family].test)),
      countCell(coverage[family].train),
    ]),
  };
  const novel = families.filter((family) => folds.some((fold) => fold.novel.includes(family)));
  const reasons = Object.entries(unused).map(
    ([why, rows]) => `${count(rows)} rows (${why.replace(/_/g, " ")})`,
  );
  return [
    { kind: "table", table },
    ...(reasons.length === 0 ? [] : [paragraph(`Unused: ${reasons.join(", ")}.`)]),
    ...(short_families.length === 0
      ? []
      : [
          paragraph(
            "Not in every fold, because there are fewer groups of equal content than folds: ",
            ...enumerate(short_families.map(({ family }) => code(family))),
            ".",
          ),
        ]),
    ...(novel.length === 0
      ? []
      : [
          paragraph(
            "Never in training where they are tested: ",
            ...enumerate(novel.map((family) => code(family))),
            ".",
          ),
        ]),
    paragraph(
      ...sentence`${count(shared_content.test.rows)} rows have the content of a row in the training or validation part of their fold.`,
    ),
  ];
}

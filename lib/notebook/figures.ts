import { DataError } from "../base/errors.js";
import { classCountsFigure, familyRecallFigure, prFigure, rocFigure } from "../report/evalFigures.js";
import type { Figure } from "../report/figure.js";
import { knownPoints } from "../report/history.js";
import { absent, fixed } from "../report/numbers.js";
import { distributionFigure, lineFigure } from "../report/plainFigures.js";
import { namesOf, type Result, type TrainingHistory } from "../report/results.js";
import { type Part, partNames } from "../split/recipe.js";
import type { SplitFacts } from "../split/report.js";
import type { Table } from "../table/table.js";
import { valuesBy } from "./explore.js";

export interface ValuesOptions {
  readonly by: string;
  /** The quantity, its unit in brackets: "Duration (s)". */
  readonly title: string;
  readonly scale?: "linear" | "log";
  /** Of a log axis: the smallest value that matters. */
  readonly unit?: number;
}

/** Median and middle 90% of a column's values, one line a group. */
export function valuesFigure(table: Table, column: string, options: ValuesOptions): Figure {
  const { by, title, scale = "linear", unit } = options;
  const axis = { title: scale === "log" ? `${title}, log scale` : title, scale };
  return distributionFigure(valuesBy(table, column, by), {
    title: `${title.replace(/ \([^)]*\)$/, "")} by ${by}`,
    subtitle: "bar: median; box: middle half; line: from 5% to 95%",
    alt: `Median and middle 90% of ${column} by ${by}.`,
    x: unit === undefined ? axis : { ...axis, unit },
  });
}

/** Rows by family and part of one split. */
export function coverageFigure(name: string, { coverage, rows }: SplitFacts): Figure {
  const used = partNames.filter((part) => rows[part] > 0);
  const counts = (part: Part): Record<string, number> =>
    Object.fromEntries(Object.entries(coverage).map(([family, byPart]) => [family, byPart[part]]));
  return classCountsFigure(Object.fromEntries(used.map((part) => [part, counts(part)])), {
    subtitle: `split ${name}`,
  });
}

/** ROC curves of results on their test part: models of one split, or one model under several splits. */
export function rocCurves(results: readonly Result[]): Figure {
  const { names, subtitle } = namesOf(results);
  const series = results.map(({ details, metrics }, i) => ({
    name: names[i],
    ...details.test.roc,
    area: metrics.test.roc_auc,
  }));
  return rocFigure(series, { subtitle });
}

/** Precision-recall curves of results on their test part. */
export function prCurves(results: readonly Result[]): Figure {
  const { names, subtitle } = namesOf(results);
  const series = results.map(({ details, metrics }, i) => ({
    name: names[i],
    ...details.test.pr,
    area: metrics.test.average_precision,
  }));
  const [{ tp, fn, n }] = results.map(({ metrics }) => metrics.test);
  const same = new Set(results.map(({ split }) => split)).size === 1;
  return prFigure(series, { subtitle, prevalence: same && n > 0 ? (tp + fn) / n : null });
}

/** Recall of every attack family at the model's threshold, with intervals. */
export function familyRecall({ split, model, details }: Result): Figure {
  return familyRecallFigure(details.test.families, { subtitle: `${model}, split ${split}, test part` });
}

/**
 * How several models learned: macro-F1 on validation rows after each epoch, a line a model. Epochs without one
 * (pretraining sees no labels) are left out.
 * @throws DataError where a history has no such column
 */
export function learningCurves(histories: readonly TrainingHistory[]): Figure {
  const series = histories.map(({ model, columns }) => {
    const scores = columns.find(({ name }) => name === "validation_macro_f1");
    if (scores === undefined) {
      throw new DataError(
        `notebook: history.csv of ${model} has no validation_macro_f1 (has: ${columns.map(({ name }) => name).join(", ")}). ` +
          "Use trainingFigure, which draws losses.",
      );
    }
    return { name: model, ...knownPoints(columns[0], scores) };
  });
  const least = Math.min(0.9, ...series.flatMap(({ y }) => y));
  return lineFigure(series, {
    title: "How the networks learned",
    subtitle: `split ${histories[0].split}, validation part`,
    alt: `Macro-F1 on validation rows by epoch: ${series.map(({ name, y }) => `${name} ${y.length === 0 ? absent : fixed(y[y.length - 1], 3)} at the end`).join(", ")}.`,
    x: { title: "Epoch" },
    y: { title: "Macro-F1 on validation rows", domain: [Math.floor(10 * least) / 10, 1] },
  });
}

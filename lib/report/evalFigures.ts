import { compareText } from "../base/json.js";
import type { FamilyRecall, PartDetails } from "../eval/result.js";
import type { LineChart } from "./chart.js";
import { type Figure, figureOf } from "./figure.js";
import { absent, count, fixed } from "./numbers.js";
import { histogramFigure } from "./plainFigures.js";

/** Which data a figure of an evaluation shows, for its second line: "split site, test part". */
export interface FigureContext {
  readonly subtitle?: string;
}

/** The axis of every rate: 0 to 1, never zoomed. */
export const unitAxis = (
  title: string,
): { readonly title: string; readonly domain: readonly [number, number] } => ({
  title,
  domain: [0, 1],
});

const withValue = (name: string, value: number | null | undefined): string =>
  value === undefined ? name : `${name} ${value === null ? absent : fixed(value, 3)}`;

/**
 * ROC curves of several models on the same rows.
 * @param series `area` (ROC-AUC) stands in the legend when it is given
 */
export function rocFigure(
  series: readonly {
    readonly name: string;
    readonly fpr: ArrayLike<number>;
    readonly tpr: ArrayLike<number>;
    readonly area?: number | null;
  }[],
  context: FigureContext = {},
): Figure {
  const chart: LineChart = {
    kind: "lines",
    title: "ROC curves",
    ...context,
    x: unitAxis("False positive rate (share of benign flows flagged)"),
    y: unitAxis("Recall (share of attack flows found)"),
    join: "linear",
    legend: "Model and area under its curve (ROC-AUC)",
    series: series.map(({ name, fpr, tpr, area }) => ({
      name: withValue(name, area),
      ...thinned(fpr, tpr),
    })),
    references: [{ name: "chance", from: [0, 0], to: [1, 1] }],
  };
  return figureOf(
    chart,
    `ROC curves of ${series.length} models; the grey diagonal is chance. Areas: ${listed(series.map((s) => withValue(s.name, s.area)))}`,
  );
}

/**
 * Precision against recall of several models on the same rows, as steps (the curve whose area is average precision).
 * @param prevalence share of attack rows: what flagging at random reaches, drawn as a grey line
 */
export function prFigure(
  series: readonly {
    readonly name: string;
    readonly recall: ArrayLike<number>;
    readonly precision: ArrayLike<number>;
    readonly area?: number | null;
  }[],
  context: FigureContext & { readonly prevalence?: number | null } = {},
): Figure {
  const { prevalence = null, ...rest } = context;
  const chart: LineChart = {
    kind: "lines",
    title: "Precision-recall curves",
    ...rest,
    x: unitAxis("Recall (share of attack flows found)"),
    y: unitAxis("Precision (share of flagged flows that are attacks)"),
    join: "step-before",
    legend: "Model and its average precision",
    series: series.map(({ name, recall, precision, area }) => {
      const rising = byRecall(recall, precision);
      return { name: withValue(name, area), ...thinned(rising.recall, rising.precision) };
    }),
    references:
      prevalence === null ? [] : [{ name: "share of attacks", from: [0, prevalence], to: [1, prevalence] }],
  };
  return figureOf(
    chart,
    `Precision-recall curves of ${series.length} models${prevalence === null ? "" : `; the grey line is the share of attacks, ${fixed(prevalence, 3)}`}. Average precision: ${listed(series.map((s) => withValue(s.name, s.area)))}`,
  );
}

const listed = (names: readonly string[]): string => `${names.join(", ")}.`;

/** Points in order of rising recall; precision falls where several share a recall, as the curve is read from the left. */
function byRecall(
  recall: ArrayLike<number>,
  precision: ArrayLike<number>,
): { recall: number[]; precision: number[] } {
  const rising = recall.length < 2 || recall[0] <= recall[recall.length - 1];
  const at = (i: number): number => (rising ? i : recall.length - 1 - i);
  return {
    recall: Array.from(recall, (_, i) => recall[at(i)]),
    precision: Array.from(recall, (_, i) => precision[at(i)]),
  };
}

/** Leave out points that lie within a fifth of a percent of the last kept one: less than the line is wide. */
export function thinned(x: ArrayLike<number>, y: ArrayLike<number>): { x: number[]; y: number[] } {
  const kept: { x: number[]; y: number[] } = { x: [], y: [] };
  const last = x.length - 1;
  for (let i = 0; i <= last; i++) {
    const n = kept.x.length;
    const moved =
      n === 0 || Math.max(Math.abs(x[i] - kept.x[n - 1]), Math.abs(y[i] - kept.y[n - 1])) >= 0.002;
    if (!moved && i !== last) continue;
    kept.x.push(x[i]);
    kept.y.push(y[i]);
  }
  return kept;
}

/** Confusion counts, rows truth, columns decision; a cell's shade and percentage are its share of the row. */
export function confusionFigure(confusion: PartDetails["confusion"], context: FigureContext = {}): Figure {
  const { classes, counts } = confusion;
  const totals = counts.map((row) => row.reduce((sum, n) => sum + n, 0));
  const shade = counts.map((row, i) => row.map((n) => (totals[i] === 0 ? 0 : n / totals[i])));
  const small = classes.length > 5;
  const text = counts.map((row, i) =>
    row.map((n, j) => (small ? (n === 0 ? "" : String(n)) : `${count(n)} (${fixed(100 * shade[i][j], 1)}%)`)),
  );
  const sentences = classes.map(
    (name, i) => `${name}: ${count(counts[i][i])} of ${count(totals[i])} flows decided as ${name}`,
  );
  return figureOf(
    {
      kind: "heat",
      title: "Confusion matrix",
      ...context,
      x: { title: "Decision", names: classes },
      y: { title: "Truth", names: classes },
      shade,
      text,
    },
    `Confusion matrix. ${sentences.join("; ")}.`,
  );
}

/**
 * Recall of every attack family with its 95% interval and "found / flows"; families that training had seen and new
 * ones stand apart, each sorted by recall.
 */
export function familyRecallFigure(families: readonly FamilyRecall[], context: FigureContext = {}): Figure {
  const sorted = [...families].sort(
    (a, b) =>
      Number(b.seen) - Number(a.seen) || (b.point ?? -1) - (a.point ?? -1) || compareText(a.family, b.family),
  );
  const sentences = sorted.map(
    (f) =>
      `${f.family} (${f.seen ? "seen" : "new"}) ${f.point === null ? "undefined" : fixed(f.point, 3)}, ${count(f.detected)} of ${count(f.n)}`,
  );
  return figureOf(
    {
      kind: "dots",
      title: "Recall by attack family",
      ...context,
      x: unitAxis("Recall at the model's threshold (95% interval)"),
      rows: sorted.map((f) => ({
        name: f.family,
        section: f.seen ? "Seen in training" : "New: not in training",
        note: `${count(f.detected)} / ${count(f.n)}`,
      })),
      series: [
        {
          name: "recall",
          values: sorted.map((f) => f.point),
          lo: sorted.map((f) => f.lo),
          hi: sorted.map((f) => f.hi),
        },
      ],
    },
    `Recall by attack family. ${sentences.join("; ")}.`,
  );
}

/** Flows of each class by part of a split, on a log axis that begins at zero. */
export function classCountsFigure(
  parts: Readonly<Record<string, Readonly<Record<string, number>>>>,
  context: FigureContext = {},
): Figure {
  const names = Object.keys(parts);
  const total = (name: string): number => names.reduce((sum, part) => sum + (parts[part][name] ?? 0), 0);
  const classes = [...new Set(names.flatMap((part) => Object.keys(parts[part])))].sort(
    (a, b) => Number(b === "benign") - Number(a === "benign") || total(b) - total(a) || compareText(a, b),
  );
  const sentences = classes.map(
    (name) => `${name}: ${names.map((p) => `${p} ${count(parts[p][name] ?? 0)}`).join(", ")}`,
  );
  return figureOf(
    {
      kind: "dots",
      title: "Flows by class and part",
      ...context,
      x: { title: "Flows (log scale that begins at 0)", scale: "log" },
      rows: classes.map((name) => ({ name })),
      series: names.map((part) => ({ name: part, values: classes.map((name) => parts[part][name] ?? 0) })),
    },
    `Number of flows by class and part, log scale. ${sentences.join("; ")}.`,
  );
}

/**
 * Where the scores of groups of rows lie, as outlines of histograms, with the threshold as a grey line.
 * @param groups scores by group, such as benign, attacks of seen families, attacks of new ones
 */
export function scoreFigure(
  groups: Readonly<Record<string, ArrayLike<number>>>,
  threshold: number | null,
  context: FigureContext = {},
): Figure {
  const within = Object.values(groups).every((values) => Array.from(values).every((x) => x >= 0 && x <= 1));
  const figure = histogramFigure(groups, {
    title: "Scores of benign and attack flows",
    ...context,
    x: within ? { title: "Score (0 to 1)", domain: [0, 1] } : { title: "Score (higher is more anomalous)" },
    bins: 40,
  });
  const chart = figure.chart as LineChart;
  const top = Math.max(...chart.series.flatMap((series) => Array.from(series.y)));
  return figureOf(
    {
      ...chart,
      references:
        threshold === null ? [] : [{ name: "threshold", from: [threshold, 0], to: [threshold, top] }],
    },
    `Histograms of the score of ${Object.keys(groups).join(", ")}${threshold === null ? "" : `; the threshold is ${fixed(threshold, 3)}`}.`,
  );
}

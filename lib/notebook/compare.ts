import type { Pair } from "../eval/paired.js";
import type { PairedFile } from "../eval/pairedResult.js";
import type { Interval, MetricName } from "../eval/result.js";
import type { ClustersResult } from "../explain/clusters/result.js";
import { type Figure, figureOf } from "../report/figure.js";
import { absent, count, fixed, plural } from "../report/numbers.js";
import { scatterFigure } from "../report/plainFigures.js";
import { namesOf, type Result } from "../report/results.js";
import { type Column, endsCell, intervalCell, type ReportTable, textCell } from "../report/table.js";

/** Metrics as a sentence names them. */
const titles: Partial<Record<MetricName, string>> = {
  average_precision: "average precision",
  roc_auc: "ROC-AUC",
  macro_f1: "macro-F1",
  fpr: "false positive rate",
};

const capital = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Some metrics of several results on their test part, each with its 95% interval. @param metrics at most two or three can be read */
export function metricsFigure(
  results: readonly Result[],
  metrics: readonly MetricName[] = ["average_precision", "macro_f1"],
): Figure {
  const { names, subtitle } = namesOf(results);
  const named = metrics.map((metric) => titles[metric] ?? metric.replaceAll("_", " "));
  const intervals = metrics.map((metric) => results.map(({ details }) => details.test.intervals[metric]));
  const lowest = intervals.flat().reduce((least, { point, lo }) => Math.min(least, lo ?? point ?? 1), 1);
  const sentences = names.map(
    (name, i) => `${name}: ${named.map((title, m) => `${title} ${shown(intervals[m][i].point)}`).join(", ")}`,
  );
  return figureOf(
    {
      kind: "dots",
      title: capital(named.join(" and ")),
      subtitle,
      x: { title: "Value with its 95% interval", domain: [Math.min(0.9, Math.floor(10 * lowest) / 10), 1] },
      rows: metrics.flatMap((_, m) => names.map((name) => ({ name, section: capital(named[m]) }))),
      series: [
        {
          name: "value",
          values: intervals.flatMap((of) => of.map(({ point }) => point)),
          lo: intervals.flatMap((of) => of.map(({ lo }) => lo)),
          hi: intervals.flatMap((of) => of.map(({ hi }) => hi)),
        },
      ],
    },
    `${capital(named.join(" and "))} on test rows. ${sentences.join("; ")}.`,
  );
}

const shown = (value: number | null): string => (value === null ? absent : fixed(value, 3));

const budgets = ["0.001", "0.01", "0.05"] as const;

/** "0.1%" */
const budgetName = (fpr: string): string => `${100 * Number(fpr)}%`;

/** Share of attacks that each result finds where so many of the benign flows may raise an alarm, with 95% intervals. */
export function budgetTable(results: readonly Result[]): ReportTable {
  const none = (n: number): Interval => ({ point: null, lo: null, hi: null, n });
  return {
    caption:
      "Recall at a budget of false alarms, the share of benign test flows that may be flagged, with 95% intervals",
    columns: [
      { name: "split", title: "split" },
      { name: "model", title: "model" },
      ...budgets.map(
        (fpr): Column => ({
          name: `fpr_${fpr}`,
          title: `${budgetName(fpr)} of benign flows`,
          align: "right",
        }),
      ),
      { name: "roc_auc", title: "ROC-AUC", align: "right" },
    ],
    rows: results.map(({ split, model, details, metrics }) => [
      textCell(split),
      textCell(model),
      ...budgets.map((fpr) =>
        // Where few attacks score as high, an interval lies far from even around its value.
        endsCell(
          details.test.recall_at_fpr?.[fpr] ?? { ...none(0), point: metrics.test.recall_at_fpr[fpr] },
          details.test.reasons.recall_at_fpr ?? "not measured",
        ),
      ),
      intervalCell(details.test.intervals.roc_auc, details.test.reasons.roc_auc),
    ]),
  };
}

/** The same as a picture, a line a result. */
export function budgetFigure(results: readonly Result[]): Figure {
  const { names, subtitle } = namesOf(results);
  const values = results.map(({ metrics }) => budgets.map((fpr) => metrics.test.recall_at_fpr[fpr]));
  const sections = budgets.map((fpr) => `${budgetName(fpr)} of benign flows flagged`);
  const interval = (end: "lo" | "hi") =>
    budgets.flatMap((fpr) => results.map(({ details }) => details.test.recall_at_fpr?.[fpr][end] ?? null));
  return figureOf(
    {
      kind: "dots",
      title: "Recall at a budget of false alarms",
      subtitle,
      x: { title: "Share of attack flows found (95% interval)", domain: [0, 1] },
      rows: sections.flatMap((section) => names.map((name) => ({ name, section }))),
      series: [
        {
          name: "recall",
          values: budgets.flatMap((_, b) => values.map((of) => of[b])),
          lo: interval("lo"),
          hi: interval("hi"),
        },
      ],
    },
    `Recall at a budget of false alarms. ${names.map((name, i) => `${name}: ${budgets.map((fpr, b) => `${shown(values[i][b])} at ${fpr}`).join(", ")}`).join("; ")}.`,
  );
}

/**
 * Models in pairs on the same test rows: the second minus the first, with the interval of the difference and the p-value
 * corrected for the number of pairs.
 * @param models only pairs of these, and where each model was compared with one only, of these with that one; default:
 *   all that were compared
 */
export function pairedTable(
  { split, parts, bootstrap, control }: PairedFile,
  metric: "average_precision" | "macro_f1" | "roc_auc" = "average_precision",
  models?: readonly string[],
): ReportTable {
  const part = parts.test ?? parts.cv;
  const asked = (name: string): boolean =>
    models === undefined || models.includes(name) || name === control?.model;
  const kept = part.pairs.filter(({ a, b }) => asked(a) && asked(b));
  const word = (pair: Pair): string => {
    const { p_holm: p, differs } = pair.metrics[metric];
    return p === null ? "not tested" : differs ? "differs" : "does not differ";
  };
  // A difference that no resample turns around has p = 2 / (resamples + 1), times the number of pairs.
  const smallest = fixed(Math.min(1, (2 * part.pairs.length) / (part.resamples + 1)), 3);
  return {
    caption:
      `${capital(titles[metric] ?? metric)} of split ${split}: second minus first on the same ${count(part.n)} rows, 95% interval over ${count(part.resamples)} resamples of ${bootstrap.unit}s. ` +
      `p is corrected (Holm) for all ${plural(part.pairs.length, "pair")} of the split${part.resamples === 0 ? "" : `: ${smallest} is the least it can be`}.${control === null ? "" : ` Each model was compared with ${control.model} alone.`}`,
    columns: [
      { name: "first", title: "first" },
      { name: "second", title: "second" },
      { name: "difference", title: "difference", align: "right" },
      { name: "p", title: "corrected p", align: "right" },
      { name: "verdict", title: "so the second" },
    ],
    rows: kept.map((pair) => {
      const { difference, lo, hi, p_holm: p } = pair.metrics[metric];
      return [
        textCell(pair.a),
        textCell(pair.b),
        endsCell({ point: difference, lo, hi }, "undefined for one of the two"),
        textCell(p === null ? absent : p < 0.001 ? "< 0.001" : fixed(p, 3)),
        textCell(word(pair)),
      ];
    }),
  };
}

/**
 * Every clustering that was tried as a point: what can be said of it without labels against how it agrees with them. If
 * the first told the second, points would rise from left to right.
 */
export function internalAgainstTruth(
  { clusterers }: ClustersResult,
  truth: "family" | "attack" = "family",
): Figure {
  const series = clusterers.flatMap(({ name, tried, ...chosen }) => {
    const points = (tried.length > 0 ? tried : [chosen]).map((each) => [
      each.silhouette,
      each.truth[truth].ami,
    ]);
    const known = points.filter((point): point is [number, number] => !point.includes(null));
    if (known.length === 0) return [];
    return [{ name, x: known.map(([x]) => x), y: known.map(([, y]) => y) }];
  });
  const silhouettes = series.flatMap(({ x }) => x);
  const least = Math.floor(10 * Math.min(1, ...silhouettes)) / 10;
  const most = Math.ceil(10 * Math.max(least, ...silhouettes)) / 10;
  return scatterFigure(series, {
    title: "Silhouette and agreement with the labels",
    subtitle: "AMI: 0 as by chance, 1 the same",
    large: true,
    alt: `Silhouette against AMI with the ${truth}. ${series.map(({ name, x, y }) => `${name}: ${x.map((value, i) => `${fixed(value, 2)} and ${fixed(y[i], 2)}`).join(", ")}`).join("; ")}.`,
    x: { title: "Silhouette (no label needed)", domain: [least, most] },
    y: { title: `AMI with the ${truth === "family" ? "attack family" : "label, attack or benign"}` },
  });
}

import { describe, expect, it } from "vitest";
import type { PairedFile } from "#lib/eval/pairedResult.js";
import type { Interval } from "#lib/eval/result.js";
import type { ClustersResult } from "#lib/explain/clusters/result.js";
import {
  budgetFigure,
  budgetTable,
  internalAgainstTruth,
  metricsFigure,
  pairedTable,
} from "#lib/notebook/compare.js";
import type { DotChart, HeatChart, ScatterChart } from "#lib/report/chart.js";
import { familyHeat } from "#lib/report/familyHeat.js";
import { namesOf, type Result } from "#lib/report/results.js";
import { tableText } from "#lib/report/table.js";

const within = (point: number | null, half = 0.1): Interval => ({
  point,
  lo: point === null ? null : point - half,
  hi: point === null ? null : point + half,
  n: 8,
});

type Family = readonly [name: string, recall: number | null, seen: boolean];

/** What these figures read of a result: ranking `rank`, recall by family, recall at three budgets. */
function resultOf(
  split: string,
  model: string,
  rank: number | null,
  families: readonly Family[] = [],
  budgets: readonly (number | null)[] = [0.25, 0.5, 0.75],
): Result {
  const at = { "0.001": budgets[0], "0.01": budgets[1], "0.05": budgets[2] };
  const test = {
    intervals: { average_precision: within(rank), macro_f1: within(0.75), roc_auc: within(rank) },
    recall_at_fpr: Object.fromEntries(Object.entries(at).map(([fpr, point]) => [fpr, within(point)])),
    reasons: { roc_auc: "no attack row" },
    families: families.map(([family, point, seen]) => ({ ...within(point), family, seen, detected: 0 })),
  };
  return { split, model, details: { test }, metrics: { test: { recall_at_fpr: at } } } as unknown as Result;
}

const cells = (table: Parameters<typeof tableText>[0]): string[][] =>
  tableText(table).rows.map((row) => row.map(({ text }) => text));

describe("results side by side", () => {
  it("are told apart by what differs: the model, the split, or both", () => {
    const [a, b, c] = [
      resultOf("site", "forest", 0.5),
      resultOf("site", "mlp", 0.5),
      resultOf("day", "forest", 0.5),
    ];
    expect(namesOf([a, b])).toEqual({ names: ["forest", "mlp"], subtitle: "split site, test part" });
    expect(namesOf([a, c])).toEqual({ names: ["site", "day"], subtitle: "model forest, test part" });
    expect(namesOf([b, c])).toEqual({ names: ["site mlp", "day forest"], subtitle: "test part" });
  });

  it("show metrics with their intervals, on an axis that holds the lowest end", () => {
    const { chart, alt } = metricsFigure([resultOf("site", "forest", 0.5), resultOf("site", "mlp", null)]);
    const { x, rows, series } = chart as DotChart;
    expect(x.domain).toEqual([0.4, 1]);
    expect(rows).toEqual([
      { name: "forest", section: "Average precision" },
      { name: "mlp", section: "Average precision" },
      { name: "forest", section: "Macro-F1" },
      { name: "mlp", section: "Macro-F1" },
    ]);
    expect(series[0].values).toEqual([0.5, null, 0.75, 0.75]);
    expect(series[0].lo).toEqual([0.4, null, 0.65, 0.65]);
    expect(alt).toBe(
      "Average precision and macro-F1 on test rows. forest: average precision 0.500, macro-F1 0.750; mlp: average precision –, macro-F1 0.750.",
    );
  });

  it("show recall by family: what most find comes first, what training lacked has a star, what test lacks a dash", () => {
    const { chart } = familyHeat([
      resultOf("random", "forest", 1, [
        ["DoS", 0.5, true],
        ["Scan", 1, true],
      ]),
      resultOf("site", "forest", 1, [["DoS", 0.25, false]]),
    ]);
    const { x, y, text, shade, subtitle } = chart as HeatChart;
    expect(subtitle).toBe(
      "model forest, test part, each at its own threshold; *\u00a0not in training; –\u00a0not in test",
    );
    expect([x.title, x.names, y.names]).toEqual(["Split", ["random", "site"], ["Scan", "DoS"]]);
    expect(text).toEqual([
      ["1.0", "–"],
      [".50", ".25*"],
    ]);
    expect(shade).toEqual([
      [1, 0],
      [0.5, 0.25],
    ]);
  });

  it("put the families side by side where there are more models, those that training lacked with a star", () => {
    const recalls: [string, number, boolean][] = [
      ["DoS", 0.996, true],
      ["Tunnel", 0.125, false],
    ];
    const { chart, alt } = familyHeat(
      ["forest", "gru", "mlp"].map((model) => resultOf("site", model, 1, recalls)),
    );
    const { x, y, text, shade } = chart as HeatChart;
    expect([x.title, x.names, y.title]).toEqual(["Attack family", ["DoS", "Tunnel*"], "Model"]);
    expect(y.names).toEqual(["forest", "gru", "mlp"]);
    expect(text).toEqual([
      ["1.0", ".13"],
      ["1.0", ".13"],
      ["1.0", ".13"],
    ]);
    expect(shade[2]).toEqual([0.996, 0.125]);
    expect(alt).toContain("Tunnel: forest 0.125, gru 0.125, mlp 0.125.");
  });

  it("show recall at budgets of false alarms, as a table and as a figure", () => {
    const results = [resultOf("site", "pca", null), resultOf("site", "hbos", 0.5, [], [0, null, 0.5])];
    expect(cells(budgetTable(results))).toEqual([
      ["site", "pca", "0.250 [0.150, 0.350]", "0.500 [0.400, 0.600]", "0.750 [0.650, 0.850]", "–"],
      ["site", "hbos", "0.000 [-0.100, 0.100]", "–", "0.500 [0.400, 0.600]", "0.500 ± 0.100"],
    ]);
    const { rows, series } = budgetFigure(results).chart as DotChart;
    expect(rows[2]).toEqual({ name: "pca", section: "1% of benign flows flagged" });
    expect(series[0].values).toEqual([0.25, 0, 0.5, null, 0.75, 0.5]);
  });
});

describe("models in pairs", () => {
  const pair = (a: string, b: string, difference: number, p: number | null, differs: boolean) => ({
    a,
    b,
    metrics: { macro_f1: { difference, lo: difference - 0.25, hi: difference + 0.25, p_holm: p, differs } },
  });
  const file = {
    split: "site",
    bootstrap: { unit: "host" },
    control: null,
    parts: {
      test: {
        n: 1200,
        resamples: 1000,
        pairs: [
          pair("forest", "boosting", 0.5, 0.0004, true),
          pair("forest", "mlp", 0, 0.5, false),
          pair("boosting", "mlp", -0.5, null, false),
        ],
      },
    },
  } as unknown as PairedFile;

  it("say the difference, its interval, and whether it is one", () => {
    const table = pairedTable(file, "macro_f1");
    expect(table.caption).toBe(
      "Macro-F1 of split site: second minus first on the same 1,200 rows, 95% interval over 1,000 resamples of hosts. " +
        "p is corrected (Holm) for all 3 pairs of the split: 0.006 is the least it can be.",
    );
    expect(cells(table)).toEqual([
      ["forest", "boosting", "0.500 [0.250, 0.750]", "< 0.001", "differs"],
      ["forest", "mlp", "0.000 [-0.250, 0.250]", "0.500", "does not differ"],
      ["boosting", "mlp", "-0.500 [-0.750, -0.250]", "–", "not tested"],
    ]);
  });

  it("may be of some models only", () => {
    const rows = cells(pairedTable(file, "macro_f1", ["mlp", "forest"]));
    expect(rows.map(([a, b]) => [a, b])).toEqual([["forest", "mlp"]]);
  });

  it("of some models, each beside the one that all were compared with", () => {
    const pairs = file.parts.test.pairs.filter(({ a }) => a === "forest");
    const control = { model: "forest", chosen: "by validation" };
    const own = { ...file, control, parts: { test: { ...file.parts.test, pairs } } };
    const table = pairedTable(own, "macro_f1", ["mlp"]);
    expect(cells(table).map(([a, b]) => [a, b])).toEqual([["forest", "mlp"]]);
    expect(table.caption).toMatch(/; each model was compared with forest alone$/);
  });
});

it("a clusterer is a point for every number of clusters that has both scores", () => {
  const tried = (silhouette: number | null, family: number | null, attack: number) => ({
    silhouette,
    truth: { family: { ami: family }, attack: { ami: attack } },
  });
  const result = {
    clusterers: [
      { name: "k-means", tried: [tried(0.25, 0.5, 0.125), tried(null, 0.75, 0), tried(0.5, null, 0.25)] },
      { name: "dbscan", tried: [], ...tried(0.75, 0.25, 0.5) },
      { name: "one", tried: [], ...tried(null, 0, 0) },
    ],
  } as unknown as ClustersResult;
  const { x, large, series: known } = internalAgainstTruth(result).chart as ScatterChart;
  expect([x.domain, large]).toEqual([[0.2, 0.8], true]);
  expect(known).toMatchObject([
    { name: "k-means", x: [0.25], y: [0.5] },
    { name: "dbscan", x: [0.75], y: [0.25] },
  ]);
  const { series } = internalAgainstTruth(result, "attack").chart as ScatterChart;
  expect(series[0].y).toEqual([0.125, 0.25]);
});

import { describe, expect, it } from "vitest";
import type { Chart } from "#lib/report/chart.js";
import { confusionFigure, familyRecallFigure, rocFigure } from "#lib/report/evalFigures.js";
import { beeswarmFigure, waterfallFigure } from "#lib/report/explainFigures.js";
import { barFigure, distributionFigure, scatterFigure } from "#lib/report/plainFigures.js";
import { type PaperWidth, paperSheets } from "#lib/report/sheets.js";
import { sizeOf, stillSvg } from "#lib/report/still.js";

const classes = Array.from({ length: 12 }, (_, i) => `class-${i}`);
/** One chart of every kind, with names and numbers of uncomfortable length. */
const charts: Readonly<Record<string, Chart>> = {
  lines: rocFigure(
    ["logistic", "a-model-with-a-long-name", "boosting"].map((name, i) => ({
      name,
      fpr: [0, 0.1 * i, 1],
      tpr: [0, 0.9, 1],
      area: 0.9,
    })),
  ).chart,
  dots: familyRecallFigure(
    classes.map((family, i) => ({
      family,
      n: 12_345,
      detected: 12_000,
      point: 0.9,
      lo: 0.8,
      hi: 1,
      seen: i > 3,
    })),
  ).chart,
  bars: barFigure(
    classes,
    { train: classes.map((_, i) => i), test: classes.map((_, i) => 2 * i) },
    { title: "T", x: { title: "n" } },
  ).chart,
  heat: confusionFigure({
    classes,
    counts: classes.map((_, i) => classes.map((_, j) => (i === j ? 123_456 : 7))),
  }).chart,
  scatter: scatterFigure([{ name: "a", x: [1, 2], y: [3, 4] }], {
    title: "T",
    x: { title: "x" },
    y: { title: "y" },
  }).chart,
  beeswarm: beeswarmFigure(
    [{ name: "orig_ip_bytes_per_packet", contributions: [-1, 1], values: [1, 2] }],
    "Log odds of an attack",
  ).chart,
  waterfall: waterfallFigure({ base: 0, steps: [{ name: "duration_us = 12,000,000", value: 1 }] }, "Log odds")
    .chart,
  boxes: distributionFigure({ benign: [1, 2, 3] }, { title: "T", x: { title: "x" } }).chart,
};

describe.each(Object.keys(paperSheets) as PaperWidth[])("a figure %s columns wide", (width) => {
  const sheet = paperSheets[width];

  it.each(Object.keys(charts))("%s: as wide as it must be, no text below 7 points", async (kind) => {
    const svg = await stillSvg(charts[kind], sheet);
    expect(sizeOf(svg).width).toBe(sheet.width);
    const box = Number(/viewBox="0 0 ([\d.]+)/.exec(svg)?.[1]);
    const scale = Math.min(1, sheet.width / box);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map(
      (match) => 0.75 * scale * Number(match[1]),
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(7);
  });
});

describe("stillSvg", () => {
  it("leaves title and subtitle to the caption of a paper", async () => {
    const titled = await stillSvg(charts.lines, paperSheets.single);
    const untitled = await stillSvg(charts.lines, { ...paperSheets.single, titled: false });
    expect(titled).toContain("ROC curves");
    expect(untitled).not.toContain("ROC curves");
    expect(sizeOf(untitled).height).toBeLessThan(sizeOf(titled).height);
  });

  it("leaves out numbers that do not fit their cell instead of setting them too small", async () => {
    const single = await stillSvg(charts.heat, paperSheets.single);
    const double = await stillSvg(charts.heat, paperSheets.double);
    expect(single).not.toContain(">123456<");
    expect(single).toContain(">7<");
    expect(double).toContain(">123456<");
  });
});

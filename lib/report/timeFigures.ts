import type { OverTime, TimeWindow } from "../eval/overTime.js";
import type { LineChart } from "./chart.js";
import type { FigureContext } from "./evalFigures.js";
import { type Figure, figureOf } from "./figure.js";
import { count } from "./numbers.js";

const units = [
  { name: "days", us: 86_400e6 },
  { name: "hours", us: 3600e6 },
  { name: "minutes", us: 60e6 },
  { name: "seconds", us: 1e6 },
] as const;

/** The middle of each window, in the largest unit of which the whole stretch has three or more. */
function middles(windows: readonly TimeWindow[]): { readonly unit: string; readonly x: number[] } {
  const first = windows[0]?.from_us ?? 0;
  const span = (windows[windows.length - 1]?.to_us ?? 0) - first;
  const unit = units.find(({ us }) => span / us >= 3) ?? units[units.length - 1];
  return {
    unit: unit.name,
    x: windows.map((window) => ((window.from_us + window.to_us) / 2 - first) / unit.us),
  };
}

/** Attacks that are there and flows that are flagged, in each sliding window. */
export function countsOverTimeFigure({ sliding }: OverTime, context: FigureContext = {}): Figure {
  const { windows, seconds } = sliding;
  const { unit, x } = middles(windows);
  const chart: LineChart = {
    kind: "lines",
    title: "Attacks over time",
    ...context,
    x: { title: `Middle of the window, ${unit} after the first flow` },
    y: { title: `Flows in a window of ${count(seconds)} seconds` },
    join: "linear",
    legend: "Flows",
    series: [
      { name: "attacks", x, y: windows.map(({ attacks }) => attacks) },
      { name: "flagged", x, y: windows.map(({ predicted }) => predicted) },
    ],
  };
  const most = windows.reduce((a, b) => (b.attacks > a.attacks ? b : a), windows[0]);
  return figureOf(
    chart,
    `Attack flows and flagged flows in ${windows.length} windows of ${count(seconds)} seconds. The window with the most attacks has ${count(most.attacks)}, of which ${count(most.tp)} are flagged, and ${count(most.fp)} false alarms.`,
  );
}

/** Recall and false positive rate of each batch, and of all batches up to it. */
export function ratesOverTimeFigure({ batches, cumulative }: OverTime, context: FigureContext = {}): Figure {
  const { unit, x } = middles(batches);
  const line = (
    name: string,
    windows: readonly TimeWindow[],
    rate: "recall" | "fpr",
  ): LineChart["series"][number] => {
    const known = windows.flatMap((window, i) => {
      const value = window[rate];
      return value === null ? [] : [{ x: x[i], y: value }];
    });
    return { name, x: known.map((point) => point.x), y: known.map((point) => point.y) };
  };
  const chart: LineChart = {
    kind: "lines",
    title: "Recall and false positive rate over time",
    ...context,
    x: { title: `Middle of the batch, ${unit} after the first flow` },
    y: { title: "Rate", domain: [0, 1] },
    join: "linear",
    legend: "Rate",
    series: [
      line("recall, batch", batches, "recall"),
      line("FPR, batch", batches, "fpr"),
      line("recall, so far", cumulative, "recall"),
      line("FPR, so far", cumulative, "fpr"),
    ].filter((series) => series.x.length > 0),
  };
  const recalls = batches.flatMap(({ recall }) => (recall === null ? [] : [recall]));
  const range =
    recalls.length === 0
      ? "no batch has attacks"
      : `recall lies between ${Math.min(...recalls).toFixed(3)} and ${Math.max(...recalls).toFixed(3)}`;
  return figureOf(
    chart,
    `Recall and false positive rate of ${batches.length} consecutive batches of equal size; ${range}.`,
  );
}

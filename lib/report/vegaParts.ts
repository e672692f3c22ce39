import { type Axis, largest, logTicks, look, tickText } from "./chart.js";
import { fontFamily, textWidth } from "./font.js";
import type { Sheet } from "./sheets.js";

export const ink = "#1f2328";
export const quiet = "#57606a";

/** A piece of a Vega-Lite specification. */
export type Spec = Record<string, unknown>;

/** The look that all figures share. */
export function configOf({ titleSize, axisTitleSize, labelSize }: Sheet): Spec {
  return {
    font: fontFamily,
    view: { stroke: null },
    title: {
      anchor: "start",
      frame: "bounds",
      fontSize: titleSize,
      fontWeight: "bold",
      color: ink,
      lineHeight: 16,
      subtitleFontSize: labelSize,
      subtitleColor: quiet,
      subtitleLineHeight: 14,
      subtitlePadding: 4,
      offset: 10,
    },
    axis: {
      labelFontSize: labelSize,
      titleFontSize: axisTitleSize,
      titleFontWeight: "normal",
      titleColor: ink,
      labelColor: ink,
      domainColor: "#6e7781",
      tickColor: "#6e7781",
      gridColor: "#e4e7eb",
      labelLimit: 0,
      labelFlush: false,
      titlePadding: 7,
    },
    legend: {
      orient: "bottom",
      direction: "horizontal",
      labelFontSize: labelSize,
      labelColor: ink,
      labelLimit: 0,
      symbolSize: 70,
      columnPadding: 14,
      titleFontSize: labelSize,
      titleFontWeight: "normal",
      titleColor: quiet,
      titleLimit: 0,
      offset: 6,
    },
  };
}

/** Scale and axis of one positional channel; `values` are the data of an axis without a domain of its own. */
export function position(axis: Axis, values: Iterable<number | null>, extra: Spec = {}): Spec {
  if (axis.scale === "log") {
    const unit = axis.unit ?? 1;
    const end = 1.25 * largest(values, unit);
    const ticks = logTicks(end, unit);
    return {
      scale: { type: "symlog", constant: unit, domain: [0, end], nice: false },
      axis: {
        title: axis.title,
        values: ticks,
        labelExpr: tickLabels(ticks),
        labelOverlap: "greedy",
        labelSeparation: 4,
        ...extra,
      },
    };
  }
  const fixed = axis.domain;
  return {
    scale: fixed === undefined ? { nice: true, zero: true } : { domain: fixed, nice: false },
    axis: { title: axis.title, tickCount: 5, ...extra },
  };
}

function tickLabels(ticks: readonly number[]): string {
  const pairs = ticks.map((tick) => `datum.value === ${tick} ? ${JSON.stringify(tickText(tick))}`);
  return `${pairs.join(" : ")} : ""`;
}

/** One colour, dash and mark a series, all three in one legend that wraps to the width of the figure. */
export function seriesChannels(
  names: readonly string[],
  marks: readonly ("color" | "strokeDash" | "shape")[],
  { width, labelSize }: Sheet,
  title?: string,
): Record<string, Spec> {
  const widest = Math.max(...names.map((name) => textWidth(name, labelSize))) + 34;
  const columns = Math.max(1, Math.min(names.length, Math.floor(width / widest)));
  const legend = names.length < 2 ? null : { columns, title: title ?? null };
  const ranges = {
    color: names.map((_, i) => look(i).color),
    strokeDash: names.map((_, i) => look(i).dash),
    shape: names.map((_, i) => look(i).shape),
  };
  return Object.fromEntries(
    marks.map((mark) => [
      mark,
      {
        field: "series",
        type: "nominal",
        scale: { domain: names, range: ranges[mark] },
        sort: null,
        legend: legend === null ? null : mark === "strokeDash" ? { ...legend, symbolType: "stroke" } : legend,
      },
    ]),
  );
}

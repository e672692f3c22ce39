import type { Spec } from "vega";
import type { TopLevelSpec } from "vega-lite";
import { textWidth } from "./font.js";

/** A Vega-Lite specification as plain JSON. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

interface MeasuredText {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

/**
 * Render a Vega-Lite specification to SVG text in Node, without a canvas and without a browser. Text is laid out with
 * the widths of DejaVu Sans, so that the same specification gives the same bytes on every machine.
 */
export async function renderSvg(spec: VegaLiteSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  // vega exports both for exactly this purpose; its type declarations lack them.
  const { textMetrics, resetSVGDefIds } = vega as unknown as {
    readonly textMetrics: { width: (item: MeasuredText, text: string) => number };
    readonly resetSVGDefIds: () => void;
  };
  textMetrics.width = (item, text) => {
    const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600;
    const width = textWidth(String(text), item.fontSize ?? 11, bold ? "bold" : "normal");
    return item.limit !== undefined && item.limit > 0 ? Math.min(width, item.limit) : width;
  };
  // Clip paths are numbered in the order of rendering: start anew for each picture.
  resetSVGDefIds();
  // Vega-Lite warns of a step that it itself gives twice where rows have several series.
  const compiled = vegaLite.compile(spec as unknown as TopLevelSpec, {
    logger: vega.logger(vega.Error),
  }).spec;
  const view = new vega.View(vega.parse(compiled as Spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

import type { Chart } from "./chart.js";
import type { Sheet } from "./sheets.js";
import { renderSvg } from "./svg.js";
import { toVegaLite } from "./vegaLite.js";

/**
 * A chart as SVG that is exactly as wide as its sheet. Vega adds the room for names and titles to the width of the
 * plot: the chart is drawn once to learn how much that is, and again with what is left. Where a rest remains (a plot
 * that cannot be narrower, or is not as wide), the picture has a margin at its right, or is scaled down.
 */
export async function stillSvg(chart: Chart, sheet: Sheet): Promise<string> {
  let asked = sheet.width;
  const restOf = (drawn: string): number => sheet.width - sizeOf(drawn).width;
  let svg = await renderSvg(toVegaLite(chart, { ...sheet, width: asked }));
  let fits = restOf(svg) < 0 ? undefined : svg;
  for (let tries = 0; tries < 2 && restOf(svg) !== 0; tries++) {
    asked += restOf(svg);
    svg = await renderSvg(toVegaLite(chart, { ...sheet, width: asked }));
    if (restOf(svg) >= 0) fits = svg;
  }
  return withWidth(fits ?? svg, sheet.width);
}

/** Width and height of an SVG picture, in pixels. */
export function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width, height] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}

/** The same picture at another width: with a margin at the right where it is narrower, scaled down where it is wider. */
function withWidth(svg: string, width: number): string {
  const drawn = sizeOf(svg);
  if (drawn.width === width) return svg;
  const scale = Math.min(1, width / drawn.width);
  return svg.replace(
    /^(<svg[^>]*?) width="[\d.]+" height="[\d.]+" viewBox="[^"]*"/,
    `$1 width="${width}" height="${Math.ceil(drawn.height * scale)}" viewBox="0 0 ${width / scale} ${drawn.height}"`,
  );
}

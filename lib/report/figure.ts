import type { Chart } from "./chart.js";
import { type PlotlySpec, toPlotly } from "./plotly.js";
import type { VegaLiteSpec } from "./svg.js";
import { toVegaLite } from "./vegaLite.js";

/** A figure, ready for both kinds of readers. `show()` in a notebook and the report take it as it is. */
export interface Figure {
  readonly title: string;
  /** What a person who cannot see the picture is told. */
  readonly alt: string;
  /** What the figure shows, before it was drawn. */
  readonly chart: Chart;
  /** Vega-Lite 6: what `renderSvg` draws, and a DVC plot template. */
  readonly vegaLite: VegaLiteSpec;
  /** plotly: what a person hovers. */
  readonly plotly: PlotlySpec;
}

/** A figure from its neutral description. */
export function figureOf(chart: Chart, alt: string): Figure {
  return { title: chart.title, alt, chart, vegaLite: toVegaLite(chart), plotly: toPlotly(chart) };
}

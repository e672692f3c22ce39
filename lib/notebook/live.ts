import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hashBytes } from "../base/hash.js";
import { canonicalJson } from "../base/json.js";
import type { Figure } from "../report/figure.js";
import { escapeHtml } from "../report/table.js";

/** The plot that carries the library: it does so again when its cell runs again. */
let carrier: string | undefined;

/**
 * HTML of a plot to hover over. The first one of a kernel carries the plotting library; each looks for it in the page
 * for up to 30 s, so that the order in which Jupyter shows outputs does not matter. Where scripts are not allowed (an
 * untrusted notebook) the picture stays.
 */
export function liveFigure(figure: Figure, picture: string): string {
  const spec = canonicalJson(titled(figure)).replaceAll("<", "\\u003c");
  const id = `figure-${hashBytes(spec).slice(0, 12)}`;
  carrier ??= id;
  return `${carrier === id ? libraryHtml() : ""}<div class="${id}">${picture}</div>
<script>(function () {
  let tries = 300;
  (function draw() {
    const places = document.getElementsByClassName("${id}");
    if (places.length === 0 || !window.Plotly) {
      if (tries-- > 0) setTimeout(draw, 100);
      return;
    }
    for (const place of places) {
      if (place.dataset.drawn) continue;
      place.dataset.drawn = "yes";
      place.replaceChildren();
      const spec = ${spec};
      if (spec.layout.height) place.style.height = spec.layout.height + "px"; // or a resized window makes it flat
      window.Plotly.newPlot(place, spec.data, spec.layout, { responsive: true, displaylogo: false });
    }
  })();
})();</script>`;
}

/** plotly's two arguments with the title in the plot itself, as there is no page around it that has one. */
function titled({ title, chart, plotly }: Figure): object {
  const lines = [
    `<b>${escapeHtml(title)}</b>`,
    ...(chart.subtitle === undefined
      ? []
      : [`<span style="font-size:12px">${escapeHtml(chart.subtitle)}</span>`]),
  ];
  const margin = { ...(plotly.layout.margin as { readonly t?: number } | undefined) };
  const legend = plotly.layout.legend as object | undefined;
  const height = plotly.layout.height as number | undefined;
  const above = 48;
  return {
    data: plotly.data,
    layout: {
      ...plotly.layout,
      title: {
        text: lines.join("<br>"),
        // At the edge of the figure and not of the plot: a page may be narrow.
        x: 0,
        xref: "container",
        xanchor: "left",
        y: 1,
        yref: "container",
        pad: { t: 30, l: 16 },
        yanchor: "top",
        font: { size: 14 },
      },
      margin: { ...margin, t: (margin.t ?? 16) + above },
      // At the lower edge and not below the plot by a share of its height: a legend of many lines needs the room.
      legend: { ...legend, yref: "container", y: 0, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
      ...(height === undefined ? {} : { height: height + above }),
    },
  };
}

/** The library in a page where a module loader may be waiting: it has to find none and set window.Plotly. */
function libraryHtml(): string {
  const path = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min");
  const code = readFileSync(path, "utf8").replaceAll("</script", "<\\/script");
  return `<script>window.Plotly||(function(){var define,module,exports;${code}\n}).call(window);</script>\n`;
}

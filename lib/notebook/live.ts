import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hashBytes } from "../base/hash.js";
import { canonicalJson } from "../base/json.js";
import type { Figure } from "../report/figure.js";

let libraryShown = false;

/**
 * HTML of a plot to hover over. The first one of a kernel carries the plotting library; each looks for it in the page
 * for up to 30 s, so that the order in which Jupyter shows outputs does not matter. Where scripts are not allowed (an
 * untrusted notebook) the picture stays.
 */
export function liveFigure(figure: Figure, picture: string): string {
  const spec = canonicalJson({ data: figure.plotly.data, layout: figure.plotly.layout }).replaceAll(
    "<",
    "\\u003c",
  );
  const id = `figure-${hashBytes(spec).slice(0, 12)}`;
  const library = libraryShown ? "" : libraryHtml();
  libraryShown = true;
  return `${library}<div id="${id}">${picture}</div>
<script>(function () {
  const spec = ${spec};
  let tries = 300;
  (function draw() {
    const place = document.getElementById("${id}");
    if (place && window.Plotly) {
      place.replaceChildren();
      window.Plotly.react(place, spec.data, spec.layout, { responsive: true, displaylogo: false });
    } else if (tries-- > 0) setTimeout(draw, 100);
  })();
})();</script>`;
}

/** The library in a page where a module loader may be waiting: it has to find none and set window.Plotly. */
function libraryHtml(): string {
  const path = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min");
  const code = readFileSync(path, "utf8").replaceAll("</script", "<\\/script");
  return `<script>window.Plotly||(function(){var define,module,exports;${code}\n}).call(window);</script>\n`;
}

import { type Block, documentHtml, figuresOf } from "../../report/document.js";
import { type Figure, figureOf } from "../../report/figure.js";
import { frameHtml } from "../../report/page.js";
import type { PlotlySpec } from "../../report/plotly.js";
import { renderSvg } from "../../report/svg.js";
import { escapeHtml } from "../../report/table.js";
import type { Project } from "../project.js";
import { chartsOf, type PagePlot } from "./plotCharts.js";
import { fillTemplate, plain } from "./plotSpec.js";
import type { Plot } from "./plots.js";
import { findTemplate } from "./plotTemplates.js";

/** Still pictures, which stand in for plots in print and without scripts, are left out for more rows. */
const MAX_STILL = 5000;

const style = `
h2, .figure-title, nav a, figcaption { overflow-wrap: anywhere; }
figcaption { max-width: none; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
.pictures figure { margin: 0; }
`;

type RowsPlot = Extract<Plot, { kind: "rows" }>;
type ImagePlot = Extract<Plot, { kind: "image" }>;

/** All plots as one HTML page that needs nothing but itself. */
export async function plotsPage(plots: readonly Plot[], project: Project): Promise<string> {
  const bodies: string[] = [];
  const figures: Record<string, PlotlySpec> = {};
  const contents = plots.map((plot, i) => ({ id: `plot-${i + 1}`, text: plot.title }));
  for (const [i, plot] of plots.entries()) {
    const { id, text } = contents[i];
    if (plot.kind === "image") bodies.push(picturesHtml(id, plot));
    else {
      const { blocks, svg } = await blocksOf(id, plot, project);
      bodies.push(documentHtml([{ kind: "heading", id, text }, ...blocks], (name) => svg.get(name) ?? ""));
      for (const { name, figure } of figuresOf(blocks)) figures[name] = figure.plotly;
    }
  }
  const revisions = [...new Set(plots.flatMap(revisionsOf))];
  return frameHtml({
    title: "Plots",
    lead: `${plots.length} ${plots.length === 1 ? "plot" : "plots"} of ${revisions.join(", ") || "no revision"}, as dvc.yaml defines them.`,
    contents,
    body: bodies.join("\n"),
    figures,
    style,
  });
}

function revisionsOf(plot: Plot): readonly string[] {
  return plot.kind === "image" ? plot.images.map(({ revision }) => revision) : plot.revisions;
}

async function blocksOf(
  id: string,
  plot: RowsPlot,
  project: Project,
): Promise<{ readonly blocks: Block[]; readonly svg: ReadonlyMap<string, string> }> {
  const { data } = plot;
  const svg = new Map<string, string>();
  if (data === undefined) return { blocks: [{ kind: "note", text: [whyEmpty(plot)] }], svg };
  const template = findTemplate(plot.template, project.root, project.cwd);
  if (!template.isBuiltIn) {
    const spec = plain(fillTemplate(template, { ...plot, data }).content) as Record<string, unknown>;
    const still = await renderSvg(spec);
    const figure: Figure = { ...figureOf(chartsOf(plot, data)[0].chart, plot.title), title: template.name };
    const name = `${id}-own`;
    svg.set(name, still);
    // A user's own template is drawn by Vega-Lite, as a picture.
    const picture: Block = { kind: "figure", name, figure, caption: captionOf(plot) };
    return { blocks: [picture], svg };
  }
  const blocks: Block[] = [];
  for (const [k, page] of chartsOf(plot, data).entries()) {
    const name = `${id}-${k + 1}`;
    const { title, ...rest } = figureOf(page.chart, `${plot.title}: ${data.yLabel} by ${data.xLabel}`);
    const figure: Figure = { ...rest, title: subjectOf(page, title), plotly: adjusted(page, rest.plotly) };
    if (data.rows.length <= MAX_STILL && page.xNames === undefined && page.yNames === undefined) {
      svg.set(name, await renderSvg(figure.vegaLite));
    }
    blocks.push({ kind: "figure", name, figure, caption: captionOf(plot) });
  }
  return { blocks, svg };
}

function subjectOf({ chart }: PagePlot, title: string): string {
  if (chart.kind === "dots") return title;
  if (chart.kind === "bars") return chart.x.title;
  if (chart.kind === "heat") return `${chart.y.title} (rows) against ${chart.x.title} (columns)`;
  return `${chart.y.title} by ${chart.x.title}`;
}

function captionOf(plot: RowsPlot): string {
  const rows = plot.data?.rows.length ?? 0;
  const errors = plot.errors.map(({ revision, message }) => `${revision}: ${message}`);
  return [`${plot.id}, ${rows} rows, template ${plot.template ?? "linear"}`, ...errors].join("; ");
}

function whyEmpty(plot: Plot): string {
  const [first] = plot.errors;
  return first === undefined ? "No rows." : `No data: ${first.message}`;
}

/** Axes from the data's own ends, names at axes of texts, a range that zooming can go back to. */
function adjusted(page: PagePlot, { data, layout }: PlotlySpec): PlotlySpec {
  const { chart } = page;
  if (chart.kind !== "lines" && chart.kind !== "scatter") return { data, layout };
  const axis = (
    key: "xaxis" | "yaxis",
    domain: readonly number[] | undefined,
    names?: readonly string[],
  ) => ({
    ...(layout[key] as Record<string, unknown>),
    ...(domain === undefined ? {} : { range: [...domain] }),
    ...(names === undefined
      ? {}
      : { tickvals: names.map((_, i) => i), ticktext: names.map((name) => escapeHtml(name)) }),
  });
  return {
    data: data.map((trace) =>
      page.pale?.includes(String(trace.name)) ? { ...trace, opacity: 0.3, showlegend: false } : trace,
    ),
    layout: {
      ...layout,
      xaxis: axis("xaxis", chart.x.domain, page.xNames),
      yaxis: axis("yaxis", chart.y.domain, page.yNames),
    },
  };
}

function picturesHtml(id: string, plot: ImagePlot): string {
  const pictures = plot.images.map(({ revision, filename, bytes }) => {
    const source = `data:${typeOf(filename)};base64,${bytes.toString("base64")}`;
    return `<figure><img src="${source}" alt="${escapeHtml(`${filename}, ${revision}`)}"><figcaption>${escapeHtml(revision)}</figcaption></figure>`;
  });
  const body =
    pictures.length > 0
      ? `<div class="pictures">\n${pictures.join("\n")}\n</div>`
      : `<p class="note">${escapeHtml(whyEmpty(plot))}</p>`;
  return `<section id="${id}">\n<h2>${escapeHtml(plot.title)}</h2>\n${body}\n</section>`;
}

function typeOf(name: string): string {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return { svg: "image/svg+xml", jpg: "image/jpeg" }[end] ?? `image/${end}`;
}

import { type Block, documentHtml, enumerate, figuresOf } from "../../report/document.js";
import { type Figure, figureOf } from "../../report/figure.js";
import { frameHtml } from "../../report/page.js";
import type { PlotlySpec } from "../../report/plotly.js";
import { renderSvg } from "../../report/svg.js";
import { escapeHtml } from "../../report/table.js";
import type { Project } from "../project.js";
import { chartsOf, type PagePlot } from "./plotCharts.js";
import type { PlotRows } from "./plotRows.js";
import { fillTemplate, plain } from "./plotSpec.js";
import type { Plot } from "./plots.js";
import { findTemplate, type Template } from "./plotTemplates.js";

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
    if (plot.kind === "image") bodies.push(imagesHtml(id, plot));
    else if (plot.data !== undefined && !templateOf(plot, project).isBuiltIn) {
      bodies.push(picturesHtml(id, text, [await ownPicture(plot, plot.data, project)]));
    } else {
      const { blocks, svg } = await blocksOf(id, plot);
      bodies.push(documentHtml([{ kind: "heading", id, text }, ...blocks], (name) => svg.get(name) ?? ""));
      for (const { name, figure } of figuresOf(blocks)) figures[name] = figure.plotly;
    }
  }
  const revisions = [...new Set(plots.flatMap(revisionsOf))];
  return frameHtml({
    title: "Plots",
    lead: `${plots.length} ${plots.length === 1 ? "plot" : "plots"} of ${revisions.length === 0 ? "no revision" : enumerate(revisions).join("")}, as dvc.yaml defines them.`,
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
): Promise<{ readonly blocks: Block[]; readonly svg: ReadonlyMap<string, string> }> {
  const { data } = plot;
  const svg = new Map<string, string>();
  if (data === undefined) return { blocks: [{ kind: "note", text: [whyEmpty(plot)] }], svg };
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

/** Axes from the data's own ends, names at axes of texts, legends where there is room for them. */
function adjusted(page: PagePlot, { data, layout }: PlotlySpec): PlotlySpec {
  const { chart } = page;
  const axis = (key: "xaxis" | "yaxis", extra: Record<string, unknown>) => ({
    [key]: { ...(layout[key] as Record<string, unknown>), ...extra },
  });
  if (chart.kind === "heat") {
    const title = { text: escapeHtml(chart.y.title), font: { size: 13 }, standoff: 18 };
    return { data, layout: { ...layout, ...axis("yaxis", { title }) } };
  }
  if (chart.kind === "bars") {
    const legend = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
    const apart = axis("yaxis", { ticks: "outside", ticklen: 6, tickcolor: "rgba(0,0,0,0)" });
    return { data, layout: { ...layout, ...apart, legend } };
  }
  if (chart.kind === "dots") return { data, layout };
  const range = (domain: readonly number[] | undefined, names: readonly string[] | undefined) => ({
    ...(domain === undefined ? {} : { range: [...domain] }),
    ...(names === undefined
      ? {}
      : { tickvals: names.map((_, i) => i), ticktext: names.map((name) => escapeHtml(name)) }),
  });
  return {
    data: paled(data, page.pale ?? []),
    layout: {
      ...layout,
      ...axis("xaxis", range(chart.x.domain, page.xNames)),
      ...axis("yaxis", range(chart.y.domain, page.yNames)),
    },
  };
}

/** What was measured lies pale below its smoothed line, in the same colour. */
function paled(data: PlotlySpec["data"], pale: readonly string[]): PlotlySpec["data"] {
  if (pale.length === 0) return data;
  const count = data.length - pale.length;
  const behind = data.slice(count).map((trace, i) => {
    const { color } = data[i].line as { readonly color: string };
    return { ...trace, line: { color, width: 1.5 }, opacity: 0.35, showlegend: false };
  });
  return [...behind, ...data.slice(0, count)];
}

function templateOf(plot: RowsPlot, project: Project): Template {
  return findTemplate(plot.template, project.root, project.cwd);
}

interface Picture {
  readonly source: string;
  readonly alt: string;
  readonly caption: string;
}

/** A user's own template is drawn by Vega-Lite, as a picture. */
async function ownPicture(plot: RowsPlot, data: PlotRows, project: Project): Promise<Picture> {
  const spec = plain(fillTemplate(templateOf(plot, project), { ...plot, data }).content);
  const svg = await renderSvg(spec as Record<string, unknown>);
  const source = `data:image/svg+xml;base64,${Buffer.from(svg, "utf8").toString("base64")}`;
  return { source, alt: plot.title, caption: captionOf(plot) };
}

function imagesHtml(id: string, plot: ImagePlot): string {
  const pictures = plot.images.map(({ revision, filename, bytes }) => ({
    source: `data:${typeOf(filename)};base64,${bytes.toString("base64")}`,
    alt: `${filename}, ${revision}`,
    caption: revision,
  }));
  return picturesHtml(id, plot.title, pictures, whyEmpty(plot));
}

function picturesHtml(id: string, title: string, pictures: readonly Picture[], why = ""): string {
  const figures = pictures.map(
    ({ source, alt, caption }) =>
      `<figure><img src="${source}" alt="${escapeHtml(alt)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`,
  );
  const body =
    figures.length > 0
      ? `<div class="pictures">\n${figures.join("\n")}\n</div>`
      : `<p class="note">${escapeHtml(why)}</p>`;
  return `<section id="${id}">\n<h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function typeOf(name: string): string {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return { svg: "image/svg+xml", jpg: "image/jpeg" }[end] ?? `image/${end}`;
}

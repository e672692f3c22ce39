import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Block, documentHtml, figuresOf } from "./document.js";
import { sortTables, startFigures } from "./pageScripts.js";
import type { PlotlySpec } from "./plotly.js";
import { style } from "./style.js";
import { escapeHtml } from "./table.js";

/** What a page is made of. */
export interface Page {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead: string;
  readonly blocks: readonly Block[];
  /** SVG text of every figure by name. */
  readonly svg: ReadonlyMap<string, string>;
}

/** What a page shows, as HTML: `pageHtml` makes it from blocks. */
export interface Frame {
  readonly title: string;
  readonly lead: string;
  /** Headings, for the list of contents. */
  readonly contents: readonly { readonly id: string; readonly text: string }[];
  readonly body: string;
  /** Plots by the name in their `data-figure`. */
  readonly figures: Readonly<Record<string, PlotlySpec>>;
  /** Rules after those that all pages have. */
  readonly style?: string;
}

/**
 * A report as one HTML file: style, pictures and plotly are inside it. The content security policy forbids the browser
 * to load anything from elsewhere. Without scripts, and in print, the SVG pictures stand in place of the plots.
 */
export function pageHtml(page: Page): string {
  return frameHtml({
    title: page.title,
    lead: page.lead,
    contents: page.blocks.filter((block) => block.kind === "heading"),
    body: documentHtml(page.blocks, (name) => page.svg.get(name) ?? ""),
    figures: Object.fromEntries(figuresOf(page.blocks).map(({ name, figure }) => [name, figure.plotly])),
  });
}

/** A page around a body: head, contents, plotly and the figures that it draws. */
export function frameHtml(frame: Frame): string {
  const contents = frame.contents
    .map(({ id, text }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`)
    .join("\n");
  const policy =
    "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(frame.title)}</title>
<style>${style}${frame.style ?? ""}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${escapeHtml(frame.title)}</h1>
<p class="lead">${escapeHtml(frame.lead)}</p>
</header>
<div class="columns">
<nav aria-label="Contents">
<h2>Contents</h2>
<ol>
${contents}
</ol>
</nav>
<main id="content">
${frame.body}
</main>
</div>
<script>${sortTables}</script>
${Object.keys(frame.figures).length === 0 ? "" : figureScripts(frame.figures)}</body>
</html>
`;
}

/** Plots need plotly; a page without any does not carry it. */
function figureScripts(figures: Frame["figures"]): string {
  return `<script type="application/json" id="figures">${jsonInScript(figures)}</script>
<script>${plotlySource()}</script>
<script>${startFigures}</script>
`;
}

/** JSON that can stand inside a script element whatever the texts in it are. */
export function jsonInScript(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

/** plotly's browser bundle; its text cannot end the script element. */
function plotlySource(): string {
  const path = createRequire(import.meta.url).resolve("plotly.js-cartesian-dist-min/plotly-cartesian.min.js");
  return readFileSync(path, "utf8").replace(/<\/script/gi, "<\\/script");
}

import { frameHtml } from "../report/page.js";
import { escapeHtml } from "../report/table.js";
import type { Cell, Notebook, Output } from "./document.js";
import { highlight } from "./highlight.js";
import { headingsOf, markdownHtml, plain } from "./markdown.js";

export interface PageOptions {
  /** Title of a notebook that has no heading. */
  readonly name: string;
  /** Whether the code of a cell is shown before a reader opens it. */
  readonly code: "folded" | "shown";
}

/**
 * An executed notebook as one HTML file in the look of report.html: nothing is loaded from elsewhere. Its first heading
 * and paragraph are the head of the page. HTML that cells show stands in it as it is, scripts included.
 */
export function notebookHtml(notebook: Notebook, options: PageOptions): string {
  const ids = new Set<string>(["content"]);
  let number = 0;
  const parts = notebook.cells.map((cell) => {
    if (cell.type === "markdown") return markdownHtml(cell.source, ids);
    if (cell.type === "raw") return `<pre>${escapeHtml(cell.source)}</pre>`;
    if (cell.source.trim() === "") return "";
    number++;
    return codeCellHtml(cell, number, options.code === "shown");
  });
  const { title, lead, body } = headOf(parts.join("\n"), options.name);
  return frameHtml({
    title,
    lead,
    contents: headingsOf(body).filter(({ level }) => level === 2),
    body: `<p class="codes"><button type="button" id="codes" hidden>Show all code</button></p>\n${body}\n<script>${foldCode}</script>`,
    figures: {},
    style,
  });
}

/** The heading and the paragraph that a page begins with stand in its head and not in its body. */
function headOf(body: string, name: string): { title: string; lead: string; body: string } {
  const found = /^\s*<h1 [^>]*>(.*?)<\/h1>\s*(?:<p>([\s\S]*?)<\/p>)?/.exec(body);
  if (found === null) return { title: name, lead: "An executed notebook.", body };
  const [all, title, lead = ""] = found;
  return { title: plain(title), lead: plain(lead), body: body.slice(all.length) };
}

function codeCellHtml(cell: Cell, number: number, open: boolean): string {
  const [first] = cell.source.trim().split("\n");
  const summary = `<span class="cell-number">Cell ${number}</span> <code>${escapeHtml(first)}</code>`;
  const outputs = cell.outputs.map((output) => `<div class="output">${outputHtml(output)}</div>`);
  return `<details class="code"${open ? " open" : ""}><summary>${summary}</summary>
<pre><code>${highlight(cell.source)}</code></pre></details>
${outputs.join("\n")}`;
}

function outputHtml(output: Output): string {
  if (output.output_type === "stream") {
    return `<pre class="${output.name === "stderr" ? "stderr" : "stdout"}">${textHtml(output.text)}</pre>`;
  }
  if (output.output_type === "error") {
    const said = output.traceback.length > 0 ? output.traceback : [`${output.ename}: ${output.evalue}`];
    return `<pre class="stderr">${textHtml(said.join("\n"))}</pre>`;
  }
  return dataHtml(output.data);
}

/** The richest form of what a cell shows that a page can have. */
function dataHtml(data: Readonly<Record<string, unknown>>): string {
  const { "text/html": html, "image/svg+xml": svg, "text/markdown": markdown } = data;
  if (html !== undefined) return joined(html);
  if (svg !== undefined) return pictureHtml("image/svg+xml", Buffer.from(joined(svg)).toString("base64"));
  const picture = ["image/png", "image/jpeg", "image/gif"].find((mime) => data[mime] !== undefined);
  if (picture !== undefined) return pictureHtml(picture, joined(data[picture]).replace(/\s/g, ""));
  if (markdown !== undefined) return markdownHtml(joined(markdown));
  const value = data["text/plain"] ?? Object.values(data)[0] ?? "";
  const isText = typeof value !== "object" || Array.isArray(value);
  return `<pre>${textHtml(isText ? value : JSON.stringify(value))}</pre>`;
}

const pictureHtml = (mime: string, base64: string): string =>
  `<img src="data:${mime};base64,${base64}" alt="">`;

/** Texts in notebooks are lists of lines or one text. */
const joined = (text: unknown): string => (Array.isArray(text) ? text.join("") : String(text));

const colours = /\u001b\[[0-9;]*m/g;

const textHtml = (text: unknown): string => escapeHtml(joined(text).replace(colours, ""));

/** The button opens and closes the code of all cells; without scripts each cell still has its own. */
const foldCode = `
(function () {
  "use strict";
  var button = document.getElementById("codes");
  var all = Array.prototype.slice.call(document.querySelectorAll("details.code"));
  function closed() { return all.some(function (each) { return !each.open; }); }
  function say() { button.textContent = closed() ? "Show all code" : "Fold all code"; }
  if (all.length === 0) return;
  button.hidden = false;
  button.addEventListener("click", function () {
    var open = closed();
    all.forEach(function (each) { each.open = open; });
    say();
  });
  all.forEach(function (each) { each.addEventListener("toggle", say); });
  say();
})();
`;

const style = `
:root { --word: #8250df; --text: #0a3069; --number: #953800; }
@media (prefers-color-scheme: dark) { :root { --word: #d2a8ff; --text: #a5d6ff; --number: #ffa657; } }
main { padding-top: 1.5rem; }
main h2 { margin-top: 2.75rem; }
blockquote { margin: 0 0 1rem; padding: .1rem 1rem; border-left: 4px solid var(--line); color: var(--quiet); }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
pre { overflow-x: auto; background: var(--ground); border-radius: 6px; padding: .7rem .9rem; margin: .75rem 0; font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
pre code { font: inherit; padding: 0; background: none; overflow-wrap: normal; }
.codes { text-align: right; max-width: none; margin: 0; }
.codes button { font: inherit; font-size: .85rem; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .2rem .7rem; cursor: pointer; }
details.code { border: 0; padding: 0; margin: .9rem 0 .5rem; }
details.code summary { font-weight: 400; font-size: .85rem; color: var(--quiet); padding: .15rem 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
details.code[open] summary code { visibility: hidden; }
details.code pre { margin-top: .3rem; }
.cell-number { font-variant-numeric: tabular-nums; }
summary code { background: none; }
.keyword { color: var(--word); } .string { color: var(--text); } code .number { color: var(--number); }
.comment { color: var(--quiet); font-style: italic; }
.output { overflow-x: auto; margin: .5rem 0 1rem; }
.output img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.output > img, .output > [class^="figure-"] { box-shadow: inset 0 0 0 1px var(--line); border-radius: 10px; background: #fff; }
.output > img, .output > [class^="figure-"] > img { box-sizing: content-box; max-width: calc(100% - 2.2rem) !important; padding: 1rem 1.1rem; }
.output > img { margin: 0; }
.output > [class^="figure-"] { box-sizing: content-box; padding-bottom: .5rem; }
.output .js-plotly-plot .main-svg { background: none !important; }
.output p { font-size: .85rem; color: var(--quiet); }
pre.stderr { background: var(--note); border-left: 4px solid var(--note-line); }
@media print { .codes, details.code:not([open]) { display: none; } }
`;

import { utcText } from "../base/utc.js";
import type { AuditFacts, ColumnAudit, Distribution, FileAudit } from "../explain/audit/facts.js";
import { auditFilesTable, auditFindings, auditShortcutTable, auditTotals } from "./auditBlocks.js";
import { type Block, documentHtml } from "./document.js";
import { count, percent, plural, separated } from "./numbers.js";
import { frameHtml } from "./page.js";
import { escapeHtml } from "./table.js";

/** Files in the list of contents. */
const LISTED = 20;

const WIDTH = 240;
const HEIGHT = 56;

/** An audit as one HTML file: what was found, then every column of every file as a small picture of its values. */
export function auditPage(name: string, facts: AuditFacts): string {
  const blocks: Block[] = [
    { kind: "heading", id: "found", text: "What was found" },
    auditTotals(facts),
    ...auditFindings(facts),
    { kind: "heading", id: "shortcuts", text: "What one column alone gives away" },
    ...(facts.shortcuts.columns.length === 0
      ? [
          {
            kind: "paragraph",
            text: ["Rows of only one class are there (or none has a label), so nothing can be told apart."],
          } satisfies Block,
        ]
      : [{ kind: "table", table: auditShortcutTable(facts) } satisfies Block]),
    { kind: "heading", id: "files", text: "Files" },
    { kind: "table", table: auditFilesTable(facts) },
    ...(facts.ignored_files.length === 0
      ? []
      : [
          {
            kind: "details",
            summary: `Not read (${count(facts.ignored_files.length)})`,
            blocks: [
              {
                kind: "list",
                items: facts.ignored_files.map(({ path, why }) => [{ code: path }, `: ${why}`]),
              },
            ],
          } satisfies Block,
        ]),
  ];
  const scores = new Map(facts.shortcuts.columns.map(({ column, macro_f1 }) => [column, macro_f1]));
  const files = facts.files.map((file, i) => ({ file, id: `file-${i + 1}` }));
  return frameHtml({
    title: `Audit of ${name}`,
    lead: "What the raw files hold, before any of it is dropped, repaired or learned from.",
    contents: [
      ...blocks.filter((block) => block.kind === "heading"),
      ...files.slice(0, LISTED).map(({ file, id }) => ({ id, text: file.path })),
      ...(files.length > LISTED
        ? [{ id: files[LISTED].id, text: `and ${plural(files.length - LISTED, "more file")}` }]
        : []),
    ],
    body: documentHtml(blocks, () => "") + files.map(({ file, id }) => fileHtml(file, id, scores)).join("\n"),
    figures: {},
    style: cardStyle,
  });
}

function fileHtml(file: FileAudit, id: string, scores: ReadonlyMap<string, number>): string {
  const columns = [...file.columns].sort((a, b) => (scores.get(b.name) ?? -1) - (scores.get(a.name) ?? -1));
  return `<section id="${id}">
<h2>${escapeHtml(file.path)}</h2>
<p>${count(file.rows)} rows, read as ${escapeHtml(file.dialect)}. Values of every column, those that tell most by themselves first. <span class="key benign">benign</span> <span class="key attack">attack</span></p>
<div class="cards">
${columns.map((column) => cardHtml(column, file.rows, scores.get(column.name))).join("\n")}
</div>
</section>`;
}

function cardHtml(column: ColumnAudit, rows: number, score: number | undefined): string {
  const notes = [
    ...(column.constant ? ["constant"] : []),
    ...(column.missing > 0 ? [`${percent(column.missing / rows)} missing`] : []),
    ...(column.infinite > 0 ? [`${count(column.infinite)} infinite`] : []),
    ...(column.not_a_number > 0 ? [`${count(column.not_a_number)} NaN`] : []),
    ...(column.negative > 0 ? [`${count(column.negative)} negative`] : []),
  ];
  const own =
    column.file_column === column.name ? "" : ` title="${escapeHtml(column.file_column)} in the file"`;
  return `<article class="card"><h3${own}>${escapeHtml(column.name)}</h3>
${column.kind === "number" ? numbersHtml(column) : textsHtml(column, rows)}
<p class="card-notes">${score === undefined ? "" : `<span>alone ${score.toFixed(3)}</span>`}${notes.map((note) => `<span>${escapeHtml(note)}</span>`).join("")}</p></article>`;
}

function numbersHtml(column: ColumnAudit): string {
  const range =
    column.min === null || column.max === null
      ? "no value"
      : column.min === column.max
        ? valueText(column, column.min)
        : `<span>${valueText(column, column.min)}</span><span>${valueText(column, column.max)}</span>`;
  return `${column.distribution === null ? "" : histogramSvg(column.distribution)}<div class="range">${range}</div>`;
}

/** A value as people read it: times in UTC to the second, numbers with their thousands separated. */
function valueText({ name }: ColumnAudit, value: number): string {
  return name === "start_us" || name === "end_us" ? utcText(value) : separated(value);
}

/** Shares of each class by bin, benign upwards and attacks downwards; the height is the square root, so that rare bins are seen. */
function histogramSvg({ benign, attack }: Distribution): string {
  const half = HEIGHT / 2;
  const step = WIDTH / benign.length;
  const bars = (rows: readonly number[], name: string, up: boolean): string => {
    const total = rows.reduce((sum, n) => sum + n, 0);
    if (total === 0) return "";
    const path = rows
      .map((n, i) => {
        const height = Math.sqrt(n / total) * half;
        if (n === 0) return "";
        const x = (i * step).toFixed(1);
        const y = up ? half - height : half;
        return `M${x} ${y.toFixed(1)}h${(step - 1).toFixed(1)}v${height.toFixed(1)}h-${(step - 1).toFixed(1)}z`;
      })
      .join("");
    return `<path class="${name}" d="${path}"/>`;
  };
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="distribution" preserveAspectRatio="none">${bars(benign, "benign", true)}${bars(attack, "attack", false)}<path class="axis" d="M0 ${half}H${WIDTH}"/></svg>`;
}

function textsHtml(column: ColumnAudit, rows: number): string {
  if (column.distinct === null || column.top.length === 0)
    return `<p class="many">${column.distinct === null ? "more than 100,000 texts" : "no value"}</p>`;
  const items = column.top
    .slice(0, 5)
    .map(
      ({ value, rows: n }) =>
        `<li><span class="bar" style="width:${((100 * n) / rows).toFixed(1)}%"></span><span class="word">${escapeHtml(value)}</span><span class="rows">${count(n)}</span></li>`,
    );
  const more = column.distinct - items.length;
  return `<ul class="texts">${items.join("")}</ul>${more > 0 ? `<p class="many">and ${count(more)} more</p>` : ""}`;
}

const cardStyle = `
nav a, .card .word { overflow-wrap: anywhere; }
td:nth-child(6) { min-width: 14rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .8rem; }
.card { border: 1px solid var(--line); border-radius: 8px; padding: .7rem .8rem; min-width: 0; }
.card h3 { margin: 0 0 .4rem; font: 600 .85rem ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.card svg { display: block; width: 100%; height: 3.5rem; }
.benign { fill: #0072b2; } .attack { fill: #d55e00; } .axis { stroke: var(--line); }
@media (prefers-color-scheme: dark) { .benign { fill: #56b4e9; } .attack { fill: #e69f00; } }
.key::before { content: ""; display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin: 0 .3em 0 .6em; background: #0072b2; }
.key.attack::before { background: #d55e00; }
@media (prefers-color-scheme: dark) { .key::before { background: #56b4e9; } .key.attack::before { background: #e69f00; } }
.range, .card-notes { display: flex; justify-content: space-between; font-size: .75rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.range { margin-top: .2rem; gap: .5rem; }
.card-notes { justify-content: flex-start; flex-wrap: wrap; gap: .25rem .7rem; margin: .35rem 0 0; }
.texts { list-style: none; margin: 0; padding: 0; font-size: .78rem; }
.texts li { position: relative; display: flex; justify-content: space-between; gap: .5rem; padding: .1rem .3rem; margin: 0 0 .15rem; }
.texts .bar { position: absolute; inset: 0 auto 0 0; background: var(--mark); border-radius: 3px; }
.texts .word, .texts .rows { position: relative; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.many { font-size: .75rem; color: var(--quiet); margin: .2rem 0 0; }
`;

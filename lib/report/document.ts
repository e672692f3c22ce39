import type { Figure } from "./figure.js";
import { escapeHtml, escapeMarkdown, type ReportTable, tableText, toMarkdown } from "./table.js";

/** A piece of a sentence. Plain strings are data or prose: every renderer escapes them. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly link: string; readonly href: string };

/** A part of a report, independent of the format that it is written in. */
export type Block =
  | { readonly kind: "heading"; readonly id: string; readonly text: string }
  | { readonly kind: "subheading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: readonly Inline[] }
  | { readonly kind: "note"; readonly text: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] }
  /** Few numbers that answer the report's question, shown large. */
  | { readonly kind: "facts"; readonly facts: readonly { readonly value: string; readonly label: string }[] }
  | { readonly kind: "table"; readonly table: ReportTable }
  /** `name` is the file reports/figures/<name>.svg. */
  | { readonly kind: "figure"; readonly name: string; readonly figure: Figure; readonly caption: string }
  /** Blocks that a page may fold away. */
  | { readonly kind: "details"; readonly summary: string; readonly blocks: readonly Block[] };

export const code = (text: string): Inline => ({ code: text });
export const strong = (text: string): Inline => ({ strong: text });

/** A sentence from a template: sentence`Model ${code("forest")} found ${12} flows.` */
export function sentence(texts: TemplateStringsArray, ...values: readonly (Inline | number)[]): Inline[] {
  return texts.flatMap((text, i) => {
    const value = values[i];
    return value === undefined ? [text] : [text, typeof value === "number" ? String(value) : value];
  });
}

export const paragraph = (...text: readonly Inline[]): Block => ({ kind: "paragraph", text });
export const note = (...text: readonly Inline[]): Block => ({ kind: "note", text });

/** Several inlines or names as "a, b and c". */
export function enumerate(names: readonly Inline[]): Inline[] {
  return names.flatMap((name, i) => (i === 0 ? [name] : [i === names.length - 1 ? " and " : ", ", name]));
}

/** A report as GitHub's Markdown; figures are links to files below `figures/`. */
export function documentMarkdown(title: string, blocks: readonly Block[]): string {
  return `# ${escapeMarkdown(title)}\n\n${blocks.map(blockMarkdown).join("\n")}`;
}

function inlineMarkdown(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return escapeMarkdown(part);
      if ("code" in part) return codeMarkdown(part.code);
      // CommonMark reads "**word. **" as text: the blank goes outside.
      if ("strong" in part)
        return `**${escapeMarkdown(part.strong.trimEnd())}**${/\s$/.test(part.strong) ? " " : ""}`;
      return `[${escapeMarkdown(part.link)}](${part.href})`;
    })
    .join("");
}

/** Inline code whose own backticks cannot end it. */
function codeMarkdown(text: string): string {
  return text.includes("`") ? `<code>${escapeMarkdown(text)}</code>` : `\`${text.replace(/\|/g, "\\|")}\``;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `## ${escapeMarkdown(block.text)}\n`;
    case "subheading":
      return `### ${escapeMarkdown(block.text)}\n`;
    case "paragraph":
      return `${inlineMarkdown(block.text)}\n`;
    case "note":
      return `> ${inlineMarkdown(block.text)}\n`;
    case "list":
      return `${block.items.map((item) => `- ${inlineMarkdown(item)}`).join("\n")}\n`;
    case "facts":
      return `${block.facts.map(({ value, label }) => `- **${escapeMarkdown(value)}** ${escapeMarkdown(label)}`).join("\n")}\n`;
    case "table":
      return `*${escapeMarkdown(block.table.caption)}*\n\n${toMarkdown(block.table)}`;
    case "figure":
      return `![${escapeMarkdown(block.figure.alt)}](figures/${block.name}.svg)\n\n*${escapeMarkdown(block.caption)}*\n`;
    case "details":
      return `<details>\n<summary>${escapeHtml(block.summary)}</summary>\n\n${block.blocks.map(blockMarkdown).join("\n")}\n</details>\n`;
  }
}

/** The body of a report as HTML. @param svgOf SVG text of a figure by its name */
export function documentHtml(blocks: readonly Block[], svgOf: (name: string) => string): string {
  const sections: string[] = [];
  let open = false;
  for (const block of blocks) {
    if (block.kind === "heading") {
      if (open) sections.push("</section>");
      sections.push(`<section id="${escapeHtml(block.id)}">\n<h2>${escapeHtml(block.text)}</h2>`);
      open = true;
    } else sections.push(blockHtml(block, svgOf));
  }
  if (open) sections.push("</section>");
  return sections.join("\n");
}

function inlineHtml(parts: readonly Inline[]): string {
  return parts
    .map((part) => {
      if (typeof part === "string") return escapeHtml(part);
      if ("code" in part) return `<code>${escapeHtml(part.code)}</code>`;
      if ("strong" in part) return `<strong>${escapeHtml(part.strong)}</strong>`;
      return `<a href="${escapeHtml(part.href)}">${escapeHtml(part.link)}</a>`;
    })
    .join("");
}

function blockHtml(block: Exclude<Block, { kind: "heading" }>, svgOf: (name: string) => string): string {
  switch (block.kind) {
    case "subheading":
      return `<h3>${escapeHtml(block.text)}</h3>`;
    case "paragraph":
      return `<p>${inlineHtml(block.text)}</p>`;
    case "note":
      return `<p class="note">${inlineHtml(block.text)}</p>`;
    case "list":
      return `<ul>\n${block.items.map((item) => `<li>${inlineHtml(item)}</li>`).join("\n")}\n</ul>`;
    case "facts":
      return `<dl class="facts">\n${block.facts.map(({ value, label }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`).join("\n")}\n</dl>`;
    case "table":
      return tableHtml(block.table);
    case "figure":
      return figureHtml(block, svgOf(block.name));
    case "details":
      return `<details>\n<summary>${escapeHtml(block.summary)}</summary>\n${block.blocks.map((inner) => (inner.kind === "heading" ? `<h2>${escapeHtml(inner.text)}</h2>` : blockHtml(inner, svgOf))).join("\n")}\n</details>`;
  }
}

/** A table that scrolls on its own where the page is narrow. */
export function tableHtml(table: ReportTable): string {
  const { rows, notes } = tableText(table);
  const classOf = (j: number): string => (table.columns[j].align === "right" ? ' class="number"' : "");
  const head = table.columns
    .map(({ title }, j) => `<th scope="col"${classOf(j)}>${escapeHtml(title)}</th>`)
    .join("");
  const body = rows.map((row, i) => {
    // A name that stands out marks its row; a number stands for itself.
    const marked = table.rows[i].some(
      (cell, j) => cell.kind === "text" && cell.strong === true && table.columns[j].align !== "right",
    );
    const cells = row.map(({ text, mark, strong: bold, value }, j) => {
      const sortedBy = value === undefined ? "" : ` data-value="${value ?? ""}"`;
      const shown = bold ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text);
      return `<td${classOf(j)}${sortedBy}>${shown}${mark === "" ? "" : `<sup>${mark}</sup>`}</td>`;
    });
    return `<tr${marked ? ' class="marked"' : ""}>${cells.join("")}</tr>`;
  });
  const foot = notes.map(({ mark, reason }) => `<li><sup>${mark}</sup> ${escapeHtml(reason)}</li>`).join("");
  return [
    `<div class="table" role="region" aria-label="${escapeHtml(table.caption)}" tabindex="0"><table>`,
    `<caption>${escapeHtml(table.caption)}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>\n${body.join("\n")}\n</tbody>`,
    "</table></div>",
    ...(foot === "" ? [] : [`<ul class="reasons">${foot}</ul>`]),
  ].join("\n");
}

function figureHtml(block: Extract<Block, { kind: "figure" }>, svg: string): string {
  const picture = `data:image/svg+xml;base64,${Buffer.from(svg, "utf8").toString("base64")}`;
  return [
    `<figure id="figure-${escapeHtml(block.name)}">`,
    `<div class="figure-title">${escapeHtml(block.figure.title)}</div>`,
    ...(block.figure.chart.subtitle === undefined
      ? []
      : [`<div class="figure-subtitle">${escapeHtml(block.figure.chart.subtitle)}</div>`]),
    `<div class="plot" data-figure="${escapeHtml(block.name)}"></div>`,
    `<img src="${picture}" alt="${escapeHtml(block.figure.alt)}">`,
    `<figcaption>${escapeHtml(block.caption)}</figcaption>`,
    "</figure>",
  ].join("\n");
}

/** All figures of a report, those inside details too, in order. */
export function figuresOf(blocks: readonly Block[]): { readonly name: string; readonly figure: Figure }[] {
  return blocks.flatMap((block) => {
    if (block.kind === "figure") return [{ name: block.name, figure: block.figure }];
    return block.kind === "details" ? figuresOf(block.blocks) : [];
  });
}

import { escapeHtml } from "../report/table.js";

/** A text that is read line by line. */
interface Reader {
  readonly lines: readonly string[];
  at: number;
  /** Ids of headings that are given away. */
  readonly ids: Set<string>;
}

/**
 * The Markdown of notebooks as HTML: headings (with ids), paragraphs, lists, quotes, tables, rules, code; emphasis,
 * code, links and pictures inside lines. HTML in it is shown as text, addresses that could run a script are left out.
 * @param ids ids of headings that other parts of the page have; grows
 * Source: CommonMark 0.31 and the tables of GitHub Flavored Markdown, as far as named here.
 */
export function markdownHtml(text: string, ids: Set<string> = new Set()): string {
  return blocksHtml(text.replaceAll("\r\n", "\n").split("\n"), ids);
}

export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** Headings of what `markdownHtml` has made, in order. */
export function headingsOf(html: string): Heading[] {
  return [...html.matchAll(/<h([1-6]) id="([^"]*)">(.*?)<\/h\1>/g)].map(([, level, id, inner]) => ({
    level: Number(level),
    id,
    text: plain(inner),
  }));
}

/** The text of inline HTML that this file made. */
export function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

const item = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const rule = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const fence = /^ {0,3}(```+|~~~+)\s*([\w+-]*)/;
const heading = /^(#{1,6})\s+(.*?)\s*#*$/;
const tableRule = /^\s*\|?(?:\s*:?-+:?\s*\|)+\s*:?-*:?\s*$/;

function blocksHtml(lines: readonly string[], ids: Set<string>): string {
  const reader: Reader = { lines, at: 0, ids };
  const blocks: string[] = [];
  while (reader.at < lines.length) {
    if (lines[reader.at].trim() === "") reader.at++;
    else blocks.push(blockHtml(reader));
  }
  return blocks.join("\n");
}

function blockHtml(reader: Reader): string {
  const line = reader.lines[reader.at];
  const open = fence.exec(line);
  if (open !== null) return codeHtml(reader, open[1]);
  const head = heading.exec(line);
  if (head !== null) {
    reader.at++;
    const inner = inlineHtml(head[2]);
    return `<h${head[1].length} id="${slug(plain(inner), reader.ids)}">${inner}</h${head[1].length}>`;
  }
  if (rule.test(line)) {
    reader.at++;
    return "<hr>";
  }
  if (/^ {0,3}>/.test(line)) {
    const quoted = takeWhile(reader, (each) => /^ {0,3}>/.test(each));
    const inner = quoted.map((each) => each.replace(/^ {0,3}> ?/, ""));
    return `<blockquote>\n${blocksHtml(inner, reader.ids)}\n</blockquote>`;
  }
  if (item.test(line)) return listHtml(reader);
  if (line.includes("|") && tableRule.test(reader.lines[reader.at + 1] ?? "")) return tableHtml(reader);
  const words = takeWhile(reader, (each, first) => first || (each.trim() !== "" && !startsBlock(each)));
  return `<p>${inlineHtml(words.map((each) => each.trimStart()).join("\n"))}</p>`;
}

const startsBlock = (line: string): boolean =>
  [fence, heading, rule, /^ {0,3}>/, item].some((start) => start.test(line));

function takeWhile(reader: Reader, keep: (line: string, first: boolean) => boolean): string[] {
  const start = reader.at;
  while (reader.at < reader.lines.length && keep(reader.lines[reader.at], reader.at === start)) reader.at++;
  return reader.lines.slice(start, reader.at);
}

function codeHtml(reader: Reader, mark: string): string {
  reader.at++;
  const code = takeWhile(reader, (line) => !line.trim().startsWith(mark));
  reader.at++;
  return `<pre><code>${escapeHtml(code.join("\n"))}</code></pre>`;
}

/** Items of one indentation; what is indented further belongs to the item before it. */
function listHtml(reader: Reader): string {
  const [, indent, number] = item.exec(reader.lines[reader.at]) as RegExpExecArray;
  const isOwn = (line: string): boolean => {
    const found = item.exec(line);
    return (
      found !== null &&
      found[1].length === indent.length &&
      (found[2] === undefined) === (number === undefined)
    );
  };
  const items: string[] = [];
  while (reader.at < reader.lines.length && isOwn(reader.lines[reader.at])) {
    const first = (item.exec(reader.lines[reader.at]) as RegExpExecArray)[3];
    reader.at++;
    const more = takeWhile(reader, (line) => line.trim() !== "" && !isOwn(line) && /^\s/.test(line));
    const dedent = /^\s*/.exec(more.find((line) => item.test(line)) ?? more[0] ?? "")?.[0].length ?? 0;
    const lines = [first, ...more.map((line) => line.slice(Math.min(dedent, indentOf(line))))];
    const inner = blocksHtml(lines, reader.ids);
    items.push(`<li>${inner.replace(/^<p>([\s\S]*?)<\/p>/, "$1")}</li>`);
    const next = reader.lines.findIndex((line, i) => i >= reader.at && line.trim() !== "");
    if (next > reader.at && isOwn(reader.lines[next])) reader.at = next;
  }
  const tag = number === undefined ? "ul" : "ol";
  const start = number === undefined || number === "1" ? "" : ` start="${Number(number)}"`;
  return `<${tag}${start}>\n${items.join("\n")}\n</${tag}>`;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

function tableHtml(reader: Reader): string {
  const cellsOf = (line: string): string[] =>
    line
      .trim()
      .replace(/^\||(?<!\\)\|$/g, "")
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|"));
  const head = cellsOf(reader.lines[reader.at]);
  const right = cellsOf(reader.lines[reader.at + 1]).map((mark) => mark.endsWith(":"));
  reader.at += 2;
  const rows = takeWhile(reader, (line) => line.includes("|"));
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${head.map((_, j) => `<${tag}${right[j] ? ' class="number"' : ""}>${inlineHtml(cells[j] ?? "")}</${tag}>`).join("")}</tr>`;
  const body = rows.map((line) => row(cellsOf(line), "td")).join("\n");
  return `<div class="table"><table>\n<thead>${row(head, "th")}</thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

const inlineParts =
  /(`+)(?!`)([\s\S]*?[^`])\1(?!`)|(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+"[^"]*")?\)|<(https?:\/\/[^\s>]+)>|\*\*(?=\S)([\s\S]*?\S)\*\*|(?<![\w*])([*_])(?=\S)([\s\S]*?\S)\8(?![\w*])|\\([!-/:-@[-`{-~])/g;

/** Emphasis, code, links and pictures inside a line. */
export function inlineHtml(text: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const found of text.matchAll(inlineParts)) {
    parts.push(wordsHtml(text.slice(end, found.index)), partHtml(found));
    end = found.index + found[0].length;
  }
  return parts.join("") + wordsHtml(text.slice(end));
}

/** Two blanks at the end of a line break it. */
const wordsHtml = (text: string): string => escapeHtml(text).replace(/ {2,}\n/g, "<br>\n");

function partHtml(found: RegExpMatchArray): string {
  const [all, ticks, code, bang, label, address, bare, strong, mark, emphasis, escaped] = found;
  if (ticks !== undefined) return `<code>${escapeHtml(code.replace(/^ (.*) $/s, "$1"))}</code>`;
  if (bare !== undefined) return `<a href="${escapeHtml(bare)}">${escapeHtml(bare)}</a>`;
  if (strong !== undefined) return `<strong>${inlineHtml(strong)}</strong>`;
  if (mark !== undefined) return `<em>${inlineHtml(emphasis)}</em>`;
  if (escaped !== undefined) return escapeHtml(escaped);
  if (!isPlainAddress(address, bang === "!")) return escapeHtml(all);
  if (bang === "!") return `<img src="${escapeHtml(address)}" alt="${escapeHtml(label)}">`;
  return `<a href="${escapeHtml(address)}">${inlineHtml(label)}</a>`;
}

/** A web or mail address or a place in the project; of pictures also data. */
function isPlainAddress(address: string, picture: boolean): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1].toLowerCase();
  if (scheme === undefined || ["http", "https", "mailto"].includes(scheme)) return true;
  return picture && /^data:image\//i.test(address);
}

/** "What is missing?" -> what-is-missing, a second one what-is-missing-1, as GitHub names its headings. */
function slug(text: string, ids: Set<string>): string {
  const plainText = text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "");
  const stem = plainText.trim().replace(/\s+/g, "-");
  let id = stem;
  for (let n = 1; ids.has(id); n++) id = `${stem}-${n}`;
  ids.add(id);
  return id;
}

import type { Interval } from "../eval/result.js";
import { absent, count, fixed, interval, intervalEnds } from "./numbers.js";

/** One cell: text, a whole number, a number with decimals, a value with its interval, or text that stands out. */
export type Cell =
  | { readonly kind: "text"; readonly text: string; readonly strong?: boolean }
  | { readonly kind: "count"; readonly value: number | null; readonly reason?: string }
  | {
      readonly kind: "number";
      readonly value: number | null;
      readonly digits: number;
      readonly reason?: string;
      readonly strong?: boolean;
    }
  | {
      readonly kind: "interval";
      readonly value: Pick<Interval, "point" | "lo" | "hi">;
      readonly reason?: string;
      readonly strong?: boolean;
      /** Both ends instead of half the width: the interval does not lie evenly around the value. */
      readonly ends?: boolean;
    };

/** A column: `name` heads it in CSV (snake_case), `title` where a person reads. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table, independent of the format that it is written in. */
export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export const textCell = (text: string, strong = false): Cell => ({ kind: "text", text, strong });
export const countCell = (value: number | null, reason?: string): Cell =>
  reason === undefined ? { kind: "count", value } : { kind: "count", value, reason };
export const numberCell = (value: number | null, reason?: string, digits = 3): Cell =>
  reason === undefined ? { kind: "number", value, digits } : { kind: "number", value, digits, reason };
export const intervalCell = (
  value: Pick<Interval, "point" | "lo" | "hi">,
  reason?: string,
  strong = false,
): Cell =>
  reason === undefined ? { kind: "interval", value, strong } : { kind: "interval", value, reason, strong };

/** A value with an interval that does not lie evenly around it, such as Wilson's. */
export const endsCell = (value: Pick<Interval, "point" | "lo" | "hi">, reason: string): Cell => ({
  kind: "interval",
  value,
  reason,
  ends: true,
});

/** A table as text: cells as a person reads them, and the reasons of its undefined values as lettered notes. */
export interface TableText {
  readonly rows: readonly (readonly {
    readonly text: string;
    readonly mark: string;
    readonly strong: boolean;
    /** What the cell sorts by where that is not its text; null: it has no value. */
    readonly value?: number | null;
  }[])[];
  /** `a` → reason, in the order in which the table reads. */
  readonly notes: readonly { readonly mark: string; readonly reason: string }[];
}

/** The text of every cell; a null becomes "–" with a letter that leads to its reason. */
export function tableText(table: ReportTable): TableText {
  const notes = new Map<string, string>();
  const rows = table.rows.map((row) =>
    row.map((cell) => {
      const text = cellText(cell);
      const reason = cell.kind === "text" || text !== absent ? undefined : cell.reason;
      if (reason !== undefined && !notes.has(reason)) notes.set(reason, letter(notes.size));
      return {
        text,
        mark: reason === undefined ? "" : notes.get(reason)!,
        strong: "strong" in cell && cell.strong === true,
        ...(cell.kind === "text" ? {} : { value: cell.kind === "interval" ? cell.value.point : cell.value }),
      };
    }),
  );
  return { rows, notes: Array.from(notes, ([reason, mark]) => ({ mark, reason })) };
}

function cellText(cell: Cell): string {
  if (cell.kind === "text") return cell.text;
  if (cell.kind === "interval") return cell.ends === true ? intervalEnds(cell.value) : interval(cell.value);
  if (cell.value === null) return absent;
  return cell.kind === "count" ? count(cell.value) : fixed(cell.value, cell.digits);
}

/** a … z, aa, ab, … */
function letter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letter(Math.floor(index / 26) - 1) + last;
}

/** Text that Markdown shows as it is, inside a table too. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/\r?\n/g, " ");
}

/** Text that HTML shows as it is, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

const latex: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "–": "--",
  "±": "$\\pm$",
  "×": "$\\times$",
  "−": "$-$",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
};

/** Text that LaTeX prints as it is. */
export function escapeLatex(text: string): string {
  return text.replace(/[\\~^–±×−<>]|[&%$#_{}]/g, (character) => latex[character] ?? `\\${character}`);
}

/** GitHub's Markdown, the reasons of undefined values below the table. */
export function toMarkdown(table: ReportTable): string {
  const { rows, notes } = tableText(table);
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = [
    line(table.columns.map((column) => escapeMarkdown(column.title))),
    line(table.columns.map((column) => (column.align === "right" ? "---:" : "---"))),
    ...rows.map((row) =>
      line(
        row.map(({ text, mark, strong }) => {
          const escaped = escapeMarkdown(text);
          const weighted = strong ? `**${escaped}**` : escaped;
          return mark === "" ? weighted : `${weighted} <sup>${mark}</sup>`;
        }),
      ),
    ),
  ];
  if (notes.length > 0) {
    lines.push(
      "",
      notes.map(({ mark, reason }) => `<sup>${mark}</sup> ${escapeMarkdown(reason)}`).join("<br>\n"),
    );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * CSV (RFC 4180, lines end with "\n") for programs: full numbers, undefined is empty, a column of intervals becomes
 * three, `name`, `name_lo` and `name_hi`, so that an asymmetric interval shows as it is.
 */
export function toCsv(table: ReportTable): string {
  const wide = table.columns.map((_, j) => table.rows.some((row) => row[j].kind === "interval"));
  const head = table.columns.flatMap(({ name }, j) =>
    wide[j] ? [name, `${name}_lo`, `${name}_hi`] : [name],
  );
  const body = table.rows.map((row) =>
    row.flatMap((cell, j) => {
      if (cell.kind === "interval") return [cell.value.point, cell.value.lo, cell.value.hi];
      const value = cell.kind === "text" ? cell.text : cell.value;
      return wide[j] ? [value, null, null] : [value];
    }),
  );
  return [head, ...body].map((cells) => `${cells.map(csvField).join(",")}\n`).join("");
}

function csvField(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** A LaTeX table for the package booktabs. @param label name for \ref */
export function toLatex(table: ReportTable, label: string): string {
  const { rows, notes } = tableText(table);
  const cells = (texts: readonly string[]): string => `  ${texts.join(" & ")} \\\\`;
  const lines = [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    "\\centering",
    `\\caption{${escapeLatex(table.caption)}}`,
    `\\label{tab:${label}}`,
    `\\begin{tabular}{${table.columns.map((column) => (column.align === "right" ? "r" : "l")).join("")}}`,
    "  \\toprule",
    cells(table.columns.map((column) => escapeLatex(column.title))),
    "  \\midrule",
    ...rows.map((row) =>
      cells(
        row.map(({ text, mark, strong }) => {
          const escaped = escapeLatex(text);
          const weighted = strong ? `\\textbf{${escaped}}` : escaped;
          return mark === "" ? weighted : `${weighted}\\textsuperscript{${mark}}`;
        }),
      ),
    ),
    "  \\bottomrule",
    "\\end{tabular}",
    ...notes.map(
      ({ mark, reason }) => `\\par\\smallskip\\footnotesize\\textsuperscript{${mark}} ${escapeLatex(reason)}`,
    ),
    "\\end{table}",
  ];
  return `${lines.join("\n")}\n`;
}

import { ParamsError } from "../base/errors.js";
import { count } from "../report/numbers.js";
import { escapeHtml, type ReportTable, tableText } from "../report/table.js";
import { Table } from "../table/table.js";

/** An arquero table, by what is used of it. */
interface Arquero {
  readonly size: number;
  columnNames(): string[];
  objects(options?: { limit?: number }): object[];
}

/** What `show` takes as a table. */
export type Shown = Table | ReportTable | Arquero | readonly object[];

/** A table as text, ready for a person: only its first rows, and what that leaves out. */
export interface Grid {
  readonly caption: string | undefined;
  readonly columns: readonly { readonly title: string; readonly right: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** "and 1,234 rows more", reasons of undefined values. */
  readonly notes: readonly string[];
}

/**
 * The first `limit` rows as text. Numbers have at most five digits (whole ones all of them), a missing value is –.
 * @throws ParamsError when `item` is no table
 */
export function asGrid(item: Shown, limit: number, caption?: string): Grid {
  // Cells are compiled, but a value of type any gets here all the same.
  if (typeof item !== "object" || item === null) throw noTable();
  if (isReportTable(item)) return reportGrid(item, limit, caption);
  const { names, total, rows } = rowsOf(item, limit);
  const columns = names.map((title) => ({
    title,
    right: rows.some((row) => typeof row[title] === "number"),
  }));
  const texts = rows.map((row) => names.map((name) => cellText(row[name])));
  return { caption, columns, rows: texts, notes: leftOut(total, rows.length) };
}

function reportGrid(table: ReportTable, limit: number, caption?: string): Grid {
  const { rows, notes } = tableText(table);
  const shown = rows.slice(0, limit);
  return {
    caption: caption ?? table.caption,
    columns: table.columns.map(({ title, align }) => ({ title, right: align === "right" })),
    rows: shown.map((row) => row.map(({ text, mark }) => (mark === "" ? text : `${text} (${mark})`))),
    notes: [...leftOut(rows.length, shown.length), ...notes.map(({ mark, reason }) => `(${mark}) ${reason}`)],
  };
}

interface Rows {
  readonly names: readonly string[];
  readonly total: number;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

function rowsOf(item: Exclude<Shown, ReportTable>, limit: number): Rows {
  if (item instanceof Table) return { names: item.names, total: item.rows, rows: item.objects(limit) };
  if (Array.isArray(item)) {
    const rows = item.slice(0, limit) as Record<string, unknown>[];
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return { names, total: item.length, rows };
  }
  const table = item as Arquero;
  if (typeof table.columnNames === "function" && typeof table.objects === "function") {
    const rows = table.objects({ limit }) as Record<string, unknown>[];
    return { names: table.columnNames(), total: table.size, rows };
  }
  throw noTable();
}

const noTable = (): ParamsError =>
  new ParamsError("show: this is neither a figure nor a table (Table, report table, arquero table, rows).");

function isReportTable(item: Shown): item is ReportTable {
  return "caption" in item && "columns" in item && "rows" in item && Array.isArray(item.rows);
}

function leftOut(total: number, shown: number): string[] {
  const rest = total - shown;
  return rest === 0 ? [] : [`and ${count(rest)} ${rest === 1 ? "row" : "rows"} more`];
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? count(value) : String(value);
  return String(Number(value.toPrecision(5)));
}

/** Inline styles only: a notebook that is not trusted drops style sheets. */
export function gridHtml(grid: Grid): string {
  const align = (j: number): string => `text-align:${grid.columns[j].right ? "right" : "left"}`;
  const head = grid.columns.map(
    ({ title }, j) => `<th scope="col" style="${align(j)}">${escapeHtml(title)}</th>`,
  );
  const body = grid.rows.map(
    (row) => `<tr>${row.map((text, j) => `<td style="${align(j)}">${escapeHtml(text)}</td>`).join("")}</tr>`,
  );
  const caption =
    grid.caption === undefined
      ? ""
      : `<caption style="text-align:left">${escapeHtml(grid.caption)}</caption>\n`;
  const notes = grid.notes.map((note) => `<p style="margin:2px 0">${escapeHtml(note)}</p>\n`);
  return `<table>\n${caption}<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>\n${notes.join("")}`;
}

/** Columns padded with blanks, for a terminal. */
export function gridText(grid: Grid): string {
  const widths = grid.columns.map(({ title }, j) =>
    Math.max(title.length, ...grid.rows.map((row) => row[j].length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, j) => (grid.columns[j].right ? text.padStart(widths[j]) : text.padEnd(widths[j])))
      .join("  ")
      .trimEnd();
  const lines = [line(grid.columns.map(({ title }) => title)), ...grid.rows.map(line), ...grid.notes];
  return `${[...(grid.caption === undefined ? [] : [grid.caption]), ...lines].join("\n")}\n`;
}

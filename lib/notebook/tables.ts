import { ParamsError } from "../base/errors.js";
import { count } from "../report/numbers.js";
import { escapeHtml, type ReportTable, tableText } from "../report/table.js";
import type { ArqueroTable } from "../table/arquero.js";
import type { ArrowTable } from "../table/arrow.js";
import { Table } from "../table/table.js";
import type { DanfoFrame } from "./danfo.js";

/** What `show` takes as a table. */
export type Shown = Table | ReportTable | ArqueroTable | ArrowTable | DanfoFrame | readonly object[];

/** A table as text, ready for a person: only its first rows, and what that leaves out. */
export interface Grid {
  readonly caption: string | undefined;
  readonly columns: readonly { readonly title: string; readonly right: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** "and 1,234 rows more", columns that are left out, reasons of undefined values. */
  readonly notes: readonly string[];
}

export interface GridOptions {
  /** The most rows (20 when it is not given). */
  readonly rows?: number;
  /** The most columns (20 when it is not given); a report's table keeps all. */
  readonly columns?: number;
  readonly caption?: string;
}

/**
 * The first rows and columns as text, and what that leaves out. Numbers have at most five digits (whole ones all of
 * them), a missing value is –.
 * @throws ParamsError when `item` is no table
 */
export function asGrid(item: Shown, options: GridOptions = {}): Grid {
  const { rows: most = 20, columns: widest = 20, caption } = options;
  // Cells are compiled, but a value of type any gets here all the same.
  if (typeof item !== "object" || item === null) throw noTable();
  if (isReportTable(item)) return reportGrid(item, most, caption);
  const { names, total, rows } = rowsOf(item, most);
  const shown = names.slice(0, widest);
  const columns = shown.map((title) => ({
    title,
    right: rows.some((row) => typeof row[title] === "number" || typeof row[title] === "bigint"),
  }));
  const texts = rows.map((row) => shown.map((name) => cellText(row[name])));
  const notes = [...rowsLeftOut(total, rows.length), ...columnsLeftOut(names.slice(widest))];
  return { caption, columns, rows: texts, notes };
}

function reportGrid(table: ReportTable, limit: number, caption?: string): Grid {
  const { rows, notes } = tableText(table);
  const shown = rows.slice(0, limit);
  return {
    caption: caption ?? table.caption,
    columns: table.columns.map(({ title, align }) => ({ title, right: align === "right" })),
    rows: shown.map((row) => row.map(({ text, mark }) => (mark === "" ? text : `${text} (${mark})`))),
    notes: [
      ...rowsLeftOut(rows.length, shown.length),
      ...notes.map(({ mark, reason }) => `(${mark}) ${reason}`),
    ],
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
  if (isArquero(item)) {
    const rows = item.objects({ limit }) as Record<string, unknown>[];
    return { names: item.columnNames(), total: item.size, rows };
  }
  if (isArrow(item)) {
    const names = item.schema.fields.map(({ name }) => name);
    return rowsOfColumns(names, item.numRows, limit, (name) => item.getChild(name) ?? []);
  }
  if (isDanfo(item))
    return rowsOfColumns(
      item.columns,
      item.shape[0],
      limit,
      (name) => item.column(name).values as Iterable<unknown>,
    );
  throw noTable();
}

/** The first rows of columns that can be walked through. */
function rowsOfColumns(
  names: readonly string[],
  total: number,
  limit: number,
  columnOf: (name: string) => Iterable<unknown>,
): Rows {
  const rows = Array.from({ length: Math.min(limit, total) }, (): Record<string, unknown> => ({}));
  for (const name of names) {
    let row = 0;
    for (const value of columnOf(name)) {
      if (row >= rows.length) break;
      rows[row++][name] = value;
    }
  }
  return { names, total, rows };
}

type Unknown = Readonly<Record<string, unknown>>;

const isArquero = (item: object): item is ArqueroTable =>
  typeof (item as Unknown).columnNames === "function" && typeof (item as Unknown).objects === "function";

const isArrow = (item: object): item is ArrowTable =>
  typeof (item as Unknown).getChild === "function" && typeof (item as Unknown).numRows === "number";

const isDanfo = (item: object): item is DanfoFrame =>
  typeof (item as Unknown).column === "function" && Array.isArray((item as Unknown).shape);

const noTable = (): ParamsError =>
  new ParamsError(
    "show: this is neither a figure nor a table (Table, report table, arquero table, Arrow table, danfojs frame, rows).",
  );

function isReportTable(item: Shown): item is ReportTable {
  return "caption" in item && "columns" in item && "rows" in item && Array.isArray(item.rows);
}

function rowsLeftOut(total: number, shown: number): string[] {
  const rest = total - shown;
  return rest === 0 ? [] : [`and ${count(rest)} ${rest === 1 ? "row" : "rows"} more`];
}

function columnsLeftOut(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `and ${count(names.length)} ${names.length === 1 ? "column" : "columns"} more: ${names.join(", ")}`,
  ];
}

function cellText(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return JSON.stringify(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? count(value) : String(value);
  return String(Number(value.toPrecision(5)));
}

/** Inline styles only: a notebook that is not trusted drops style sheets. */
export function gridHtml(grid: Grid): string {
  const align = (j: number): string => `text-align:${grid.columns[j].right ? "right" : "left"}`;
  const keepWhole = (j: number, text: string): string =>
    grid.columns[j].right || /^\S{1,20}$/.test(text) ? ";white-space:nowrap" : "";
  const head = grid.columns.map(
    ({ title }, j) => `<th scope="col" style="${align(j)}">${escapeHtml(title)}</th>`,
  );
  const body = grid.rows.map(
    (row) =>
      `<tr>${row.map((text, j) => `<td style="${align(j)}${keepWhole(j, text)}">${breakable(escapeHtml(text))}</td>`).join("")}</tr>`,
  );
  const caption =
    grid.caption === undefined
      ? ""
      : `<caption style="text-align:left">${escapeHtml(grid.caption)}</caption>\n`;
  const notes = grid.notes.map((note) => `<p style="margin:2px 0">${escapeHtml(note)}</p>\n`);
  return `<table>\n${caption}<thead><tr>${head.join("")}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>\n${notes.join("")}`;
}

/** Long names of columns may break after an underscore, or a table of them is wider than a page. */
const breakable = (html: string): string => html.replace(/_(?=\w)/g, "_<wbr>");

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

import { cell, type Table } from "./table.js";

/** A table as CSV (RFC 4180, LF): names first; a missing value is empty. Numbers have the digits that read back equal. */
export function csvText(table: Table): string {
  const columns = table.names.map((name) => table.column(name));
  const lines = [table.names.map(field).join(",")];
  for (let row = 0; row < table.rows; row++) {
    lines.push(columns.map((column) => field(cell(column, row))).join(","));
  }
  return `${lines.join("\n")}\n`;
}

function field(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

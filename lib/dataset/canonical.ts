import { type Column, concatTables, int64, Table, type TextColumn } from "../table/table.js";
import { placeOf } from "./files.js";
import type { FileLabels } from "./labels.js";
import type { ReadFile } from "./read.js";

/** Columns that stand in front of the dialect's own; those in the second list only where some row has them. */
const optional = ["site", "day", "host", "official_part", "subset"];

/**
 * Canonical rows of several files of one dialect: what the row is called and where it is from, then the dialect's
 * columns. A column that no file has is left out; where only some files lack it, its values are missing there.
 * @param keepAll keep every row; labels that cannot be used are then missing
 */
export function canonicalRows(
  dataset: string,
  files: readonly { readonly file: ReadFile; readonly labels: FileLabels }[],
  keepAll: boolean,
): Table {
  const tables = files.map(({ file, labels }) => fileRows(dataset, file, labels, keepAll));
  const all = concatTables(tables);
  const isThere = (name: string): boolean =>
    optional.includes(name)
      ? hasValue(all.column(name))
      : files.some(({ file }) => !file.rows.absentColumns.includes(name));
  const present = all.names.filter(isThere);
  return all.select(present);
}

function fileRows(dataset: string, file: ReadFile, labels: FileLabels, keepAll: boolean): Table {
  const { table, inputRows } = file.rows;
  const kept = keepAll ? undefined : keptRows(labels);
  const rows = kept?.length ?? table.rows;
  const own = kept === undefined || rows === table.rows ? table : table.take(kept);
  const codes =
    kept === undefined || rows === table.rows
      ? labels.codes
      : Int32Array.from(kept, (row) => labels.codes[row]);
  const place = placeOf(file.name);
  const columns = new Map<string, Column>([
    ["dataset", constant(dataset, rows)],
    ["source", constant(file.source, rows)],
    [
      "label",
      recoded(
        codes,
        labels.entries.map((entry) => entry.label),
      ),
    ],
    [
      "family",
      recoded(
        codes,
        labels.entries.map((entry) => entry.family),
      ),
    ],
    [
      "label_original",
      recoded(
        codes,
        labels.entries.map((entry) => entry.original),
      ),
    ],
    [
      "is_attack",
      attackFlags(
        codes,
        labels.entries.map((entry) => entry.label),
      ),
    ],
    ["site", constant(place.site, rows)],
    ["day", constant(place.day, rows)],
  ]);
  for (const name of optional) if (own.has(name)) columns.set(name, own.column(name));
  for (const name of own.names) if (!optional.includes(name)) columns.set(name, own.column(name));
  const numbers: Column = { kind: "number", type: "int64", values: inputRows };
  if (keepAll) columns.set("input_row", numbers);
  return Table.of(columns);
}

/** Rows of a file that its labels let in. */
export function keptRows(labels: FileLabels): Int32Array {
  const { codes, entries } = labels;
  const kept = new Int32Array(codes.length);
  let count = 0;
  for (let row = 0; row < codes.length; row++) if (entries[codes[row]].keep) kept[count++] = row;
  return kept.slice(0, count);
}

function constant(value: string | null, rows: number): TextColumn {
  return value === null
    ? { kind: "text", codes: new Int32Array(rows).fill(-1), dictionary: [] }
    : { kind: "text", codes: new Int32Array(rows), dictionary: [value] };
}

/** A text column from codes whose entries may be equal to one another or missing. */
function recoded(codes: Int32Array, entries: readonly (string | null)[]): TextColumn {
  const dictionary = [...new Set(entries.filter((entry) => entry !== null))];
  const map = entries.map((entry) => (entry === null ? -1 : dictionary.indexOf(entry)));
  return { kind: "text", codes: codes.map((code) => map[code]), dictionary };
}

function attackFlags(codes: Int32Array, labels: readonly (string | null)[]): Column {
  const flags = labels.map((label) => (label === null ? Number.NaN : label === "benign" ? 0 : 1));
  return int64(Float64Array.from(codes, (code) => flags[code]));
}

function hasValue(column: Column): boolean {
  return column.kind === "number"
    ? column.values.some((value) => !Number.isNaN(value))
    : column.codes.some((code) => code >= 0);
}

/** Number the rows 0…n-1 in a first column `row_id`. */
export function numbered(table: Table): Table {
  const ids = int64(Float64Array.from({ length: table.rows }, (_, row) => row));
  return Table.of(
    new Map<string, Column>([
      ["row_id", ids],
      ...table.names.map((name) => [name, table.column(name)] as const),
    ]),
  );
}

import type { Field } from "../flow/fields.js";
import type { RowCounts } from "../flow/rowReader.js";
import { type Column, mappedCodes, mappedNumbers, Table, type TextColumn } from "../table/table.js";
import type { Dialect } from "./dialect.js";
import type { BatchLabels, LabelEntry } from "./labels.js";

/** Columns that stand in front of the flow record, where some row of the dataset has them. */
export const optionalColumns = ["site", "day", "host", "campaign", "official_part", "subset"] as const;

/** What flows.parquet says of a row beside the fields of its dialect. */
const reserved = new Set<string>([
  ...["row_id", "input_row", "dataset", "source", "label", "family", "label_original", "is_attack"],
  ...["campaign", "part", "fold"],
  ...optionalColumns,
]);

/** Whether a column is of the kit's own: neither a field of a dialect nor a column of a plain table. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** A column of flows.parquet and how it is stored. */
export interface StoredColumn {
  readonly name: string;
  readonly type: "float64" | "int64" | "text";
}

/** What is the same for every row of a file. */
export interface FilePlace {
  readonly dataset: string;
  readonly source: string;
  readonly site: string | null;
  readonly day: string | null;
}

/**
 * The columns of flows.parquet for files of these dialects, without `row_id`: what a row is called and where it is
 * from, then every column that one of the dialects fills, each once.
 */
export function storedColumns(dialects: readonly Dialect[]): StoredColumn[] {
  const text = ["dataset", "source", "label", "family", "label_original"];
  const fields = new Map<string, Field>();
  for (const dialect of dialects) for (const field of dialect.columns) fields.set(field.name, field);
  return [
    ...text.map((name) => ({ name, type: "text" as const })),
    { name: "is_attack", type: "int64" },
    ...optionalColumns.map((name) => ({ name, type: "text" as const })),
    ...[...fields.values()].map((field) => ({ name: field.name, type: storedType(field) })),
  ];
}

/** How a field is stored: times and whole numbers as int64, other numbers as float64, the rest as text. */
export function storedType(field: Field): StoredColumn["type"] {
  if (field.kind === "time") return "int64";
  if (field.kind !== "number") return "text";
  return field.whole === true ? "int64" : "float64";
}

/**
 * Rows of a batch with exactly `columns`; those that the batch's dialect does not have are missing.
 * @param keepAll keep every row; labels that cannot be used are then missing. Else rows that the labels do not let in are
 *   left out.
 */
export function canonicalBatch(
  table: Table,
  labels: BatchLabels,
  place: FilePlace,
  columns: readonly StoredColumn[],
  keepAll: boolean,
): Table {
  const kept = keepAll || labels.entries.every(({ keep }) => keep) ? undefined : keptRows(labels);
  const all = kept === undefined || kept.length === table.rows;
  const own = all ? table : table.take(kept);
  const codes = all ? labels.codes : Int32Array.from(kept, (row) => labels.codes[row]);
  const labelled = (pick: (entry: LabelEntry) => string | null): TextColumn =>
    recoded(codes, labels.entries.map(pick));
  const ownOr = (name: string, value: string | null): TextColumn =>
    own.has(name) ? filled(own.text(name), value) : constantText(value, own.rows);
  const made: Record<string, () => Column> = {
    dataset: () => ownOr("dataset", place.dataset),
    source: () => constantText(place.source, own.rows),
    label: () => labelled((entry) => entry.label),
    family: () => labelled((entry) => entry.family),
    label_original: () => labelled((entry) => entry.original),
    is_attack: () => attackFlags(codes, labels.entries),
    site: () => ownOr("site", place.site),
    day: () => ownOr("day", place.day),
  };
  return Table.of(
    new Map(
      columns.map(({ name, type }): [string, Column] => [
        name,
        made[name]?.() ?? (own.has(name) ? own.column(name) : missingColumn(type, own.rows)),
      ]),
    ),
  );
}

/** Rows of a batch that its labels let in. */
export function keptRows({ codes, entries }: BatchLabels): Int32Array {
  const kept = new Int32Array(codes.length);
  let count = 0;
  for (let row = 0; row < codes.length; row++) if (entries[codes[row]].keep) kept[count++] = row;
  return kept.slice(0, count);
}

/** A column without a value. */
export function missingColumn(type: StoredColumn["type"], rows: number): Column {
  return type === "text" ? constantText(null, rows) : { kind: "number", type, values: missingNumbers(rows) };
}

/** The same text, or none, in every row. */
export function constantText(value: string | null, rows: number): TextColumn {
  return value === null
    ? { kind: "text", codes: sameCodes(-1, rows), dictionary: [] }
    : { kind: "text", codes: sameCodes(0, rows), dictionary: [value] };
}

/** Columns of one value are views of these, so that batches need not allocate them: nobody writes to a column. */
const same = { [-1]: new Int32Array(0), 0: new Int32Array(0), missing: new Float64Array(0) };

function sameCodes(code: -1 | 0, rows: number): Int32Array {
  if (same[code].length < rows) same[code] = new Int32Array(rows).fill(code);
  return same[code].subarray(0, rows);
}

function missingNumbers(rows: number): Float64Array {
  if (same.missing.length < rows) same.missing = new Float64Array(rows).fill(Number.NaN);
  return same.missing.subarray(0, rows);
}

/** A text column with `value` where it has none. */
function filled(column: TextColumn, value: string | null): TextColumn {
  return value === null || !column.codes.includes(-1)
    ? column
    : recoded(
        column.codes.map((code) => (code < 0 ? column.dictionary.length : code)),
        [...column.dictionary, value],
      );
}

/** A text column from codes whose entries may be equal to one another or missing. */
function recoded(codes: Int32Array, entries: readonly (string | null)[]): TextColumn {
  const dictionary = [...new Set(entries.filter((entry) => entry !== null))];
  const map = entries.map((entry) => (entry === null ? -1 : dictionary.indexOf(entry)));
  return { kind: "text", codes: mappedCodes(codes, map), dictionary };
}

function attackFlags(codes: Int32Array, entries: readonly LabelEntry[]): Column {
  const flags = Float64Array.from(entries, ({ label }) =>
    label === null ? Number.NaN : label === "benign" ? 0 : 1,
  );
  return { kind: "number", type: "int64", values: mappedNumbers(codes, flags) };
}

/**
 * The columns of `storedColumns` that can be left out: fields that no file has, and optional columns without a value.
 * @param hasAny whether some row has a value of an optional column
 */
export function unfilledColumns(
  files: readonly { readonly dialect: Dialect; readonly counts: Pick<RowCounts, "absentColumns"> }[],
  hasAny: (name: string) => boolean,
): string[] {
  const names = storedColumns(files.map(({ dialect }) => dialect)).map(({ name }) => name);
  const fields = new Map<string, boolean>();
  for (const { dialect, counts } of files) {
    const absent = new Set(counts.absentColumns);
    for (const { name } of dialect.columns) fields.set(name, fields.get(name) === true || !absent.has(name));
  }
  const optional: readonly string[] = optionalColumns;
  return names.filter((name) => (optional.includes(name) ? !hasAny(name) : fields.get(name) === false));
}

/** Whether some row has a value. */
export function hasValue(column: Column): boolean {
  return column.kind === "text" ? hasText(column) : hasNumber(column.values);
}

function hasText({ codes, dictionary }: TextColumn): boolean {
  if (dictionary.length > 0) for (let row = 0; row < codes.length; row++) if (codes[row] >= 0) return true;
  return false;
}

function hasNumber(values: Float32Array | Float64Array): boolean {
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) return true;
  return false;
}

/** With a first column `row_id` that counts from `first`. */
export function numbered(table: Table, first = 0): Table {
  const values = new Float64Array(table.rows);
  for (let row = 0; row < values.length; row++) values[row] = first + row;
  return Table.of(
    new Map<string, Column>([
      ["row_id", { kind: "number", type: "int64", values }],
      ...table.names.map((name) => [name, table.column(name)] as const),
    ]),
  );
}

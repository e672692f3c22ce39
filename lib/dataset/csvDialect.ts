import { FormatError } from "../base/errors.js";
import { Tally } from "../base/tally.js";
import type { Field } from "../flow/fields.js";
import type { RowBatch, RowCounts, RowReader } from "../flow/rowReader.js";
import { readHead } from "../table/bytes/head.js";
import { type CsvColumnPlan, type CsvPlan, csvHead, scanCsv, type TimeFormat } from "../table/csv/plan.js";
import { type Column, Table, type TextColumn } from "../table/table.js";
import { missingColumn, type StoredColumn, storedType } from "./canonical.js";
import type { Dialect } from "./dialect.js";

/** A column of a delimited file, and the column of flows.parquet that it fills. */
export interface CsvField {
  /** Its names in headers, compared as `columnKey` says; the first is the dataset's own. */
  readonly names: readonly string[];
  readonly field: Field;
  /** A file without it is not of this dialect. */
  readonly required?: true;
  /** Default: `port` for a unit of ports, else as the field's kind says. */
  readonly parse?: CsvColumnPlan["parse"];
  readonly format?: TimeFormat;
  /** The file's value times this is in the field's unit: 1e-6 for microseconds where the field has seconds. */
  readonly scale?: number;
  /** The field's word for a text of the file (`6` is tcp); null: missing. */
  readonly word?: (text: string) => string | null;
}

/** A dialect of delimited text, as data; `csvDialect` makes the reader. */
export interface CsvDialectSpec extends Omit<Dialect, "recognise" | "open" | "columns"> {
  /** Tried in this order. */
  readonly delimiters: readonly string[];
  /** `none`: the columns stand in the order of `order`, and there is no header. */
  readonly header: "names" | "none";
  /** Without a header: the name of each position. */
  readonly order?: readonly string[];
  readonly fields: readonly CsvField[];
  /** Columns that are made of others, such as the responder's packets from the total. */
  readonly derived?: readonly { readonly field: Field; readonly of: (table: Table) => Column }[];
  /** Columns of the file that are left out on purpose; others that no field names are reported as ignored. */
  readonly skipped?: readonly string[];
  /** Columns whose texts make the label; a file that has none of them is unlabelled. */
  readonly label: {
    readonly columns: readonly (readonly string[])[];
    /** One text from those of `columns` (null: missing, or no such column); it goes to `meaning`. */
    text(cells: readonly (string | null)[]): string;
  };
  /** Cell texts that are missing values, besides "". */
  readonly missing?: readonly string[];
  /** What else the beginning must be like; only asked when the columns fit. */
  check?(records: readonly (readonly string[])[], header: readonly string[]): true | string;
  /** Columns of `optionalColumns` (canonical.ts) for a file, by its path and its rows. */
  extra?(path: string, table: Table): Readonly<Record<string, Column>>;
}

/** Names of columns are equal without case, blanks at the ends and quotes, with _ for any run of other characters. */
export function columnKey(name: string): string {
  return name
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim()
    .toLowerCase();
}

/** Where the columns of a file are. */
interface Layout {
  readonly plan: CsvPlan;
  readonly labels: readonly (string | null)[];
  readonly ignored: readonly string[];
  readonly absent: readonly string[];
}

/** A dialect whose files are read by the engine of lib/table/csv as `spec` says. */
export function csvDialect(spec: CsvDialectSpec): Dialect {
  const { name, title, dataset, row, labelPolicy, citation, partOf, meaning } = spec;
  return {
    ...{ name, title, dataset, row, labelPolicy, citation, partOf, meaning },
    columns: [...spec.fields, ...(spec.derived ?? [])].map(({ field }) => field),
    recognise: (head) => {
      const found = layoutOf(spec, head);
      return typeof found === "string" ? found : true;
    },
    open: (path) => new CsvFile(spec, path),
  };
}

class CsvFile implements RowReader {
  private readonly tallies = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  private layout: Layout | undefined;

  constructor(
    private readonly spec: CsvDialectSpec,
    private readonly path: string,
  ) {}

  get counts(): RowCounts {
    const { layout, tallies } = this;
    return { ...tallies, ignoredColumns: layout?.ignored ?? [], absentColumns: layout?.absent ?? [] };
  }

  async *batches(): AsyncGenerator<RowBatch, void> {
    const layout = layoutOf(this.spec, readHead(this.path));
    if (typeof layout === "string")
      throw new FormatError(`${this.spec.name}: ${this.path} is not of this dialect: ${layout}.`);
    this.layout = layout;
    for await (const batch of scanCsv(this.path, layout.plan, this.tallies)) {
      const labels = labelsOf(this.spec, layout, batch.table);
      yield this.checked({
        table: this.fieldsOf(batch.table),
        labels,
        lines: batch.lines,
        inputRows: batch.inputRows,
      });
    }
  }

  /** The dialect's columns, in their units and words. */
  private fieldsOf(read: Table): Table {
    const columns = new Map<string, Column>();
    for (const { field, scale, word } of this.spec.fields) {
      const type = storedType(field);
      if (!read.has(field.name)) columns.set(field.name, missingColumn(type, read.rows));
      else {
        const column = read.column(field.name);
        columns.set(field.name, column.kind === "text" ? worded(column, word) : scaled(column, type, scale));
      }
    }
    const own = Table.of(columns);
    for (const { field, of } of this.spec.derived ?? []) columns.set(field.name, of(own));
    for (const [name, column] of Object.entries(this.spec.extra?.(this.path, own) ?? {}))
      columns.set(name, column);
    return Table.of(columns);
  }

  /** Rows whose whole numbers are not whole are left out, counted. */
  private checked(batch: RowBatch): RowBatch {
    const bad = new Uint8Array(batch.table.rows);
    let some = false;
    for (const { field } of this.spec.fields) {
      if (storedType(field) !== "int64") continue;
      batch.table.numbers(field.name).forEach((value, row) => {
        if (Number.isNaN(value) || Number.isSafeInteger(value) || bad[row] === 1) return;
        bad[row] = 1;
        some = true;
        this.tallies.dropped.add(`bad_value_${field.name}`, batch.lines[row]);
      });
    }
    if (!some) return batch;
    const kept = Int32Array.from(bad.keys()).filter((row) => bad[row] === 0);
    const { labels } = batch;
    return {
      table: batch.table.take(kept),
      labels:
        labels === null ? null : { ...labels, codes: Int32Array.from(kept, (row) => labels.codes[row]) },
      lines: Float64Array.from(kept, (row) => batch.lines[row]),
      inputRows: Float64Array.from(kept, (row) => batch.inputRows[row]),
    };
  }
}

/** Where the columns are in a file that begins with `head`; a text says why it is not of the dialect. */
function layoutOf(spec: CsvDialectSpec, head: string): Layout | string {
  const reasons: string[] = [];
  for (const delimiter of spec.delimiters) {
    const records = csvHead(head, delimiter, 3);
    const names = spec.header === "names" ? (records[0] ?? []) : (spec.order ?? []);
    const found = fitting(spec, names, records);
    if (found === true) return plan(spec, names, delimiter);
    reasons.push(found);
  }
  return reasons[0];
}

function fitting(
  spec: CsvDialectSpec,
  names: readonly string[],
  records: readonly (readonly string[])[],
): true | string {
  if (records.length === 0) return "empty";
  if (spec.header === "none") {
    const width = spec.order?.length ?? 0;
    if (records[0].length !== width) return `${records[0].length} fields in the first line, not ${width}`;
    return spec.check?.(records, names) ?? true;
  }
  const keys = new Set(names.map(columnKey));
  const required = spec.fields.filter((each) => each.required);
  const lacking = required.filter((each) => !each.names.some((name) => keys.has(columnKey(name))));
  if (lacking.length > 0) {
    const named = lacking.slice(0, 3).map((each) => `"${each.names[0]}"`);
    return `no column${lacking.length > 1 ? "s" : ""} ${named.join(", ")}${lacking.length > 3 ? ` and ${lacking.length - 3} more` : ""}`;
  }
  return spec.check?.(records.slice(1), names) ?? true;
}

function plan(spec: CsvDialectSpec, names: readonly string[], delimiter: string): Layout {
  const keys = names.map(columnKey);
  const indexOf = (candidates: readonly string[]): number => {
    for (const candidate of candidates) {
      const index = keys.indexOf(columnKey(candidate));
      if (index >= 0) return index;
    }
    return -1;
  };
  const used = new Set<number>();
  const columns: CsvColumnPlan[] = [];
  const absent: string[] = [];
  for (const { names: candidates, field, parse, format } of spec.fields) {
    const index = indexOf(candidates);
    if (index < 0) absent.push(field.name);
    else {
      used.add(index);
      columns.push({ index, name: field.name, parse: parse ?? parseOf(field), format });
    }
  }
  const labels = spec.label.columns.map((candidates, i) => {
    const index = indexOf(candidates);
    if (index < 0) return null;
    used.add(index);
    columns.push({ index, name: `label ${i}`, parse: "text" });
    return `label ${i}`;
  });
  const skipped = new Set((spec.skipped ?? []).map(columnKey));
  return {
    plan: {
      delimiter,
      header: spec.header === "names" ? names : null,
      width: names.length,
      columns,
      missing: ["", ...(spec.missing ?? [])],
    },
    labels,
    ignored: names.filter((_, i) => !used.has(i) && !skipped.has(keys[i])).map((name) => name.trim()),
    absent,
  };
}

function parseOf(field: Field): CsvColumnPlan["parse"] {
  if (field.kind === "time") return "time";
  if (field.kind !== "number") return "text";
  return field.unit === "port" ? "port" : "number";
}

/** One label text a row; null when the file has no label column. */
function labelsOf(spec: CsvDialectSpec, { labels }: Layout, table: Table): TextColumn | null {
  if (labels.every((name) => name === null)) return null;
  const columns = labels.map((name) => (name === null ? null : table.text(name)));
  const texts = new Map<string, number>();
  const pairs = new Map<string, number>();
  const codes = new Int32Array(table.rows);
  for (let row = 0; row < codes.length; row++) {
    const key = columns.map((column) => column?.codes[row] ?? -1).join(",");
    let code = pairs.get(key);
    if (code === undefined) {
      const cells = columns.map((column) =>
        column === null || column.codes[row] < 0 ? null : column.dictionary[column.codes[row]],
      );
      const text = spec.label.text(cells);
      code = texts.get(text) ?? texts.size;
      texts.set(text, code);
      pairs.set(key, code);
    }
    codes[row] = code;
  }
  return { kind: "text", codes, dictionary: [...texts.keys()] };
}

function worded(column: TextColumn, word: CsvField["word"]): TextColumn {
  if (word === undefined) return column;
  const words = column.dictionary.map(word);
  const dictionary = [...new Set(words.filter((each) => each !== null))];
  const map = words.map((each) => (each === null ? -1 : dictionary.indexOf(each)));
  return { kind: "text", codes: column.codes.map((code) => (code < 0 ? -1 : map[code])), dictionary };
}

function scaled(column: Column, type: StoredColumn["type"], scale = 1): Column {
  if (column.kind === "text" || type === "text") return column;
  const values = scale === 1 ? column.values : Float64Array.from(column.values, (value) => value * scale);
  return { kind: "number", type, values };
}

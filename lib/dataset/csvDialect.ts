import { FormatError } from "../base/errors.js";
import { Tally } from "../base/tally.js";
import type { Field } from "../flow/fields.js";
import { jsonHead, scanJsonLines } from "../flow/jsonLines.js";
import type { RowBatch, RowCounts, RowReader } from "../flow/rowReader.js";
import { scanParquet } from "../table/csv/fromParquet.js";
import {
  type CsvBatch,
  type CsvColumnPlan,
  type CsvCounts,
  type CsvPlan,
  csvHead,
  scanCsv,
  type TimeFormat,
} from "../table/csv/plan.js";
import { isTime } from "../table/csv/times.js";
import { parquetInfo } from "../table/parquet.js";
import { type Column, Table, type TextColumn } from "../table/table.js";
import { arffHead } from "./arff.js";
import { constantText, missingColumn, type StoredColumn, storedType } from "./canonical.js";
import { type Dialect, FOREIGN } from "./dialect.js";
import { headOf, isParquet } from "./head.js";

/** A column of a delimited file, and the column of flows.parquet that it fills. */
export interface CsvField {
  /** Its names in headers, compared as `columnKey` says; the first is the dataset's own. */
  readonly names: readonly string[];
  readonly field: Field;
  /** A file without it is not of this dialect. */
  readonly required?: true;
  /** What its second copy is called in files that have it twice; where the two differ, the first counts. */
  readonly copy?: readonly string[];
  /** Default: `port` for a unit of ports, else as the field's kind says. */
  readonly parse?: CsvColumnPlan["parse"];
  /** How a time is written; several: the one in which the first rows are written. */
  readonly format?: TimeFormat | readonly TimeFormat[];
  /** What the first rows' cells look like; a column of other cells (codes in place of addresses) is left out, reported as ignored. */
  readonly like?: RegExp;
  /** The file's value times this is in the field's unit: 1e-6 for microseconds where the field has seconds. */
  readonly scale?: number;
  /** What else is done with each number, after `scale`: a local time becomes UTC. */
  readonly adjust?: (value: number) => number;
  /** The field's word for a text of the file (`6` is tcp); null: missing. */
  readonly word?: (text: string) => string | null;
  /** What a missing cell of a number column is taken for, counted as `filled_<column>`. */
  readonly fill?: number;
}

/** A dialect of delimited text, as data; `csvDialect` makes the reader. */
export interface CsvDialectSpec extends Omit<Dialect, "recognise" | "open" | "columns" | "fileColumn"> {
  /** Tried in this order. */
  readonly delimiters: readonly string[];
  /** `none`: the columns stand in one of `orders`, and there is no header; `either`: some copies have one. */
  readonly header: "names" | "none" | "either";
  /** Without a header: the name of each position; which order it is, the number of fields says. */
  readonly orders?: readonly (readonly string[])[];
  readonly fields: readonly CsvField[];
  /** Rows in which a cell of `fields` is empty or a number is negative are left out (`bad_value_<column>`). */
  readonly strict?: true;
  /** Columns that are made of others (`from`) in files that lack them, such as the responder's packets from the total. */
  readonly derived?: readonly DerivedField[];
  /** Records that are no rows of the dataset: those whose text column (a field's name) has one of `values`. */
  readonly refuse?: { readonly reason: string; readonly field: string; readonly values: readonly string[] };
  /** Files may be JSON lines with the names of `fields` as keys. */
  readonly json?: true;
  /** Columns of the file that are left out on purpose; others that no field names are reported as ignored. */
  readonly skipped?: readonly string[];
  /** Columns whose texts make the label; a file that has none of them is unlabelled. */
  readonly label: {
    readonly columns: LabelColumns | ((keys: ReadonlySet<string>) => LabelColumns);
    /** One text from those of `columns` (null: missing, or no such column); it goes to `meaning`. */
    text(cells: readonly (string | null)[]): string;
  };
  /** Cell texts that are missing values, besides "". */
  readonly missing?: readonly string[];
  /** What else the beginning must be like; only asked when the columns fit. */
  check?(records: readonly (readonly string[])[], header: readonly string[]): true | string;
  /** Why a file with these column names holds no flows although it belongs to the dataset; undefined: it may. */
  beside?(names: readonly string[]): string | undefined;
  /** Columns of the file that only `extra` reads, as texts, by the name that they get. */
  readonly texts?: Readonly<Record<string, readonly string[]>>;
  /** The part of the published split that a whole file is. */
  officialPart?(file: CsvFileFacts): Promise<OfficialPart>;
  /** Columns of `optionalColumns` (canonical.ts), or `dataset`, for rows of a file. */
  extra?(path: string, table: Table, part: OfficialPart["part"]): Readonly<Record<string, Column>>;
}

/** Names of each column that makes the label. */
export type LabelColumns = readonly (readonly string[])[];

/** A column that a file may have, and how it is made of others where it has not. */
export interface DerivedField {
  readonly field: Field;
  /** Fields that it is made of; a file that lacks one lacks this one, too. */
  readonly from: readonly string[];
  readonly of: (table: Table) => Column;
}

/** What decides about the official part of a file. */
export interface CsvFileFacts {
  readonly path: string;
  /** Whether it has a column for a field. */
  has(field: string): boolean;
  /** Its data rows, unusable ones included; they are counted for this. */
  rows(): Promise<number>;
}

export interface OfficialPart {
  readonly part: "train" | "test" | null;
  /** What a reader of the data card should know about it. */
  readonly note?: string;
}

/** Names of columns are equal without case, blanks at the ends and quotes. */
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
  /** Column of the plan, which is called as in the file, by field. */
  readonly own: ReadonlyMap<string, string>;
  /** Column of the plan with the second copy of a field. */
  readonly copies: ReadonlyMap<string, string>;
  /** Columns of the plan that make the label, and those that only `extra` reads, by their name there. */
  readonly labels: readonly (string | null)[];
  readonly texts: ReadonlyMap<string, string>;
  /** Texts may stand in single quotes. */
  readonly arff: boolean;
  readonly json: boolean;
  /** Columns that are made of others. */
  readonly derived: readonly DerivedField[];
  readonly ignored: readonly string[];
  readonly absent: readonly string[];
}

/** Rows at the beginning of a file that decide what it is. */
const FIRST_ROWS = 20;

/** A dialect whose files are read by the engine of lib/table/csv as `spec` says; also ARFF, whose attributes are the header, and Parquet. */
export function csvDialect(spec: CsvDialectSpec): Dialect {
  const { name, title, dataset, row, labelPolicy, citation, needs, datasetOf, partOf, meaning } = spec;
  const { named, mayBeNamed } = spec;
  const ownNames = new Map(spec.fields.map(({ names, field }) => [field.name, names[0]]));
  return {
    ...{ name, title, dataset, row, labelPolicy, citation, needs, datasetOf, partOf, meaning },
    ...{ named, mayBeNamed },
    columns: [...new Set([...spec.fields, ...(spec.derived ?? [])].map(({ field }) => field))],
    fileColumn: (field) => ownNames.get(field),
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
  private official: OfficialPart = { part: null };

  constructor(
    private readonly spec: CsvDialectSpec,
    private readonly path: string,
  ) {}

  get counts(): RowCounts {
    const { layout, tallies, official } = this;
    return {
      ...tallies,
      ignoredColumns: layout?.ignored ?? [],
      absentColumns: layout?.absent ?? [],
      notes: official.note === undefined ? [] : [official.note],
    };
  }

  async *batches(): AsyncGenerator<RowBatch, void> {
    const { spec, path } = this;
    const layout = layoutOf(spec, await headOf(path));
    if (typeof layout === "string")
      throw new FormatError(`${spec.name}: ${path} is not of this dialect: ${layout}.`);
    this.layout = layout;
    if (spec.officialPart !== undefined)
      this.official = await spec.officialPart({
        path,
        has: (field) => layout.own.has(field),
        rows: () => countRows(path, layout.plan),
      });
    const read = layout.json ? scanJsonLines : scan;
    for await (const batch of read(path, layout.plan, this.tallies)) {
      this.compareCopies(layout, batch);
      const labels = labelsOf(spec, layout, batch.table);
      yield this.checked(layout, {
        table: this.fieldsOf(layout, batch.table, batch.lines),
        labels,
        lines: batch.lines,
        inputRows: batch.inputRows,
      });
    }
  }

  /** Counts rows in which a column and its copy differ. */
  private compareCopies({ own, copies }: Layout, { table, lines }: CsvBatch): void {
    for (const [field, copy] of copies) {
      const name = own.get(field) ?? copy;
      const [first, second] = [table.numbers(name), table.numbers(copy)];
      first.forEach((value, row) => {
        if (!Object.is(value, second[row])) this.tallies.repaired.add(`copy_differs_${name}`, lines[row]);
      });
    }
  }

  /** The dialect's columns, in their units and words. */
  private fieldsOf(layout: Layout, read: Table, lines: Float64Array): Table {
    const { spec } = this;
    const columns = new Map<string, Column>();
    for (const { field, scale, word, adjust, fill } of spec.fields) {
      const type = storedType(field);
      const name = layout.own.get(field.name);
      if (name === undefined) columns.set(field.name, missingColumn(type, read.rows));
      else {
        const column = read.column(name);
        columns.set(
          field.name,
          column.kind === "text"
            ? worded(layout.arff ? worded(column, unquoted) : column, word)
            : this.filled(scaled(column, type, scale, adjust), fill, `filled_${name}`, lines),
        );
      }
    }
    const own = Table.of(columns);
    for (const { field, of } of layout.derived) columns.set(field.name, of(own));
    const { part } = this.official;
    if (spec.officialPart !== undefined) columns.set("official_part", constantText(part, read.rows));
    if (spec.extra !== undefined) {
      const seen = new Map<string, Column>(own.names.map((name) => [name, own.column(name)]));
      for (const [name, column] of layout.texts) seen.set(name, read.column(column));
      for (const [name, column] of Object.entries(spec.extra(this.path, Table.of(seen), part)))
        columns.set(name, column);
    }
    return Table.of(columns);
  }

  private filled(column: Column, fill: number | undefined, reason: string, lines: Float64Array): Column {
    if (fill === undefined || column.kind === "text") return column;
    const values = Float64Array.from(column.values, (value, row) => {
      if (!Number.isNaN(value)) return value;
      this.tallies.repaired.add(reason, lines[row]);
      return fill;
    });
    return { kind: "number", type: column.type, values };
  }

  /** Rows whose whole numbers are not whole, or that a strict dialect does not let in, are left out, counted. */
  private checked({ own }: Layout, batch: RowBatch): RowBatch {
    const bad = new Uint8Array(batch.table.rows);
    let some = false;
    const drop = (row: number, reason: string): void => {
      if (bad[row] === 1) return;
      bad[row] = 1;
      some = true;
      this.tallies.dropped.add(reason, batch.lines[row]);
    };
    const { refuse } = this.spec;
    if (refuse !== undefined) {
      const { codes, dictionary } = batch.table.text(refuse.field);
      codes.forEach((code, row) => {
        if (code >= 0 && refuse.values.includes(dictionary[code])) drop(row, refuse.reason);
      });
    }
    for (const { field } of this.spec.fields) {
      const name = own.get(field.name);
      if (name === undefined) continue;
      const whole = storedType(field) === "int64";
      const column = batch.table.column(field.name);
      if (column.kind === "text") {
        if (!this.spec.strict) continue;
        column.codes.forEach((code, row) => {
          if (code < 0) drop(row, `bad_value_${name}`);
        });
      } else if (this.spec.strict || whole) {
        const { values } = column;
        for (let row = 0; row < values.length; row++) {
          const value = values[row];
          const usable = this.spec.strict
            ? value >= 0 && (!whole || Number.isSafeInteger(value))
            : Number.isNaN(value) || Number.isSafeInteger(value);
          if (!usable) drop(row, `bad_value_${name}`);
        }
      }
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

function scan(path: string, plan: CsvPlan, counts: CsvCounts): AsyncGenerator<CsvBatch, void> {
  return isParquet(path) ? scanParquet(path, plan, counts) : scanCsv(path, plan, counts);
}

async function countRows(path: string, plan: CsvPlan): Promise<number> {
  if (isParquet(path)) return (await parquetInfo(path)).rows;
  const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  const batches = scanCsv(path, { ...plan, columns: [] }, counts);
  while (!(await batches.next()).done);
  return counts.rowsRead;
}

/** A way to read a file: what its columns are called, and how that is known. */
interface Way {
  readonly names: readonly string[];
  /** The header record; null when there is none. */
  readonly header: readonly string[] | null;
  /** The first data records. */
  readonly records: readonly (readonly string[])[];
  readonly delimiter: string;
  /** Lines before the first record that declare the columns (ARFF). */
  readonly preamble: number;
  /** One object a line, whose keys are `names`. */
  readonly json?: true;
}

/** Where the columns are in a file that begins with `head`; a text says why it is not of the dialect. */
function layoutOf(spec: CsvDialectSpec, head: string): Layout | string {
  const reasons: string[] = [];
  for (const ways of waysOf(spec, head)) {
    const own: string[] = [];
    for (const way of ways) {
      const found = fitting(spec, way);
      if (found === true) return layoutFor(spec, way);
      own.push(found);
    }
    const near = own.filter((reason) => !reason.startsWith(FOREIGN));
    reasons.push(
      near.length > 0
        ? [...new Set(near)].join("; ")
        : FOREIGN + [...new Set(own)].map((reason) => reason.slice(FOREIGN.length)).join("; "),
    );
  }
  return reasons.find((reason) => !reason.startsWith(FOREIGN)) ?? reasons[0];
}

/** The ways in which `head` may be read, by delimiter. */
function waysOf(spec: CsvDialectSpec, head: string): Way[][] {
  const arff = arffHead(head);
  if (arff !== undefined) {
    const records = csvHead(arff.data, ",", FIRST_ROWS);
    return [[{ names: arff.names, header: null, records, delimiter: ",", preamble: arff.lines }]];
  }
  const keys = spec.json ? jsonHead(head, FIRST_ROWS) : undefined;
  if (keys !== undefined) return [[{ ...keys, header: keys.names, delimiter: ",", preamble: 0, json: true }]];
  return spec.delimiters.map((delimiter) => {
    const records = csvHead(head, delimiter, FIRST_ROWS);
    const header = records[0] ?? [];
    const named: Way = { names: header, header, records: records.slice(1), delimiter, preamble: 0 };
    const bare = (spec.orders ?? []).map((names): Way => ({ ...named, names, header: null, records }));
    return spec.header === "none" ? bare : [named, ...bare];
  });
}

function fitting(spec: CsvDialectSpec, { names, header, records, preamble }: Way): true | string {
  if (header === null && preamble === 0) {
    if (records.length === 0) return "empty";
    const found = records[0].length;
    if (found !== names.length)
      return `${Math.abs(found - names.length) > 2 ? FOREIGN : ""}${found} fields in the first line, not ${names.length}`;
    return spec.check?.(records, names) ?? true;
  }
  if (names.length === 0) return "empty";
  const why = spec.beside?.(names.map((name) => columnKey(name)));
  if (why !== undefined) return why;
  const keys = new Set(names.map(columnKey));
  const required = spec.fields.filter((each) => each.required);
  const lacking = required.filter((each) => !each.names.some((name) => keys.has(columnKey(name))));
  if (lacking.length > 0) {
    const named = lacking.slice(0, 3).map((each) => `"${each.names[0]}"`);
    const list = `${named.join(", ")}${lacking.length > 3 ? ` and ${lacking.length - 3} more` : ""}`;
    if (lacking.length === required.length) return `${FOREIGN}${list}`;
    return `no column${lacking.length > 1 ? "s" : ""} ${list}`;
  }
  return spec.check?.(records, names) ?? true;
}

function layoutFor(spec: CsvDialectSpec, way: Way): Layout {
  const { names, header, delimiter, preamble } = way;
  const keys = names.map(columnKey);
  const columns = new Map<string, CsvColumnPlan>();
  const used = new Set<number>();
  const take = (
    candidates: readonly string[],
    parse: CsvColumnPlan["parse"],
    format?: TimeFormat,
  ): string | undefined => {
    const index = candidates.map((each) => keys.indexOf(columnKey(each))).find((at) => at >= 0);
    if (index === undefined) return undefined;
    used.add(index);
    const known = [...columns.values()].find((each) => each.index === index && each.parse === parse);
    if (known !== undefined) return known.name;
    const written = names[index].trim();
    const name = columns.has(written) ? `${written} (field ${index + 1}, ${parse})` : written;
    columns.set(name, { index, name, parse, format });
    return name;
  };
  const own = new Map<string, string>();
  const copies = new Map<string, string>();
  const absent: string[] = [];
  for (const each of spec.fields) {
    const index = each.names.map((name) => keys.indexOf(columnKey(name))).find((at) => at >= 0);
    const format = index === undefined ? undefined : formatIn(way, index, each);
    const name =
      format === undefined
        ? undefined
        : take(each.names, each.parse ?? parseOf(each.field), format ?? undefined);
    if (name === undefined) absent.push(each.field.name);
    else own.set(each.field.name, name);
    const copy = keys.findIndex(
      (key, i) => i !== index && each.copy?.some((candidate) => columnKey(candidate) === key),
    );
    if (name === undefined || copy < 0) continue;
    used.add(copy);
    const second = `${names[copy].trim()} (field ${copy + 1})`;
    columns.set(second, { index: copy, name: second, parse: "number" });
    copies.set(each.field.name, second);
  }
  const { columns: labelColumns } = spec.label;
  const labels = (typeof labelColumns === "function" ? labelColumns(new Set(keys)) : labelColumns).map(
    (candidates) => take(candidates, "text") ?? null,
  );
  const texts = new Map<string, string>();
  for (const [name, candidates] of Object.entries(spec.texts ?? {})) {
    const column = take(candidates, "text");
    if (column !== undefined) texts.set(name, column);
  }
  const derived = (spec.derived ?? []).filter(
    ({ field, from }) => !own.has(field.name) && from.every((name) => own.has(name)),
  );
  const made = new Set(derived.map(({ field }) => field.name));
  const lacking = (spec.derived ?? [])
    .filter(({ field }) => !own.has(field.name))
    .map(({ field }) => field.name);
  const skipped = new Set((spec.skipped ?? []).map(columnKey));
  return {
    plan: {
      delimiter,
      header,
      preamble,
      width: names.length,
      columns: [...columns.values()],
      missing: ["", ...(spec.missing ?? []), ...(preamble > 0 ? ["?"] : [])],
    },
    own,
    copies,
    labels,
    texts,
    arff: preamble > 0,
    json: way.json === true,
    derived,
    ignored: names.filter((_, i) => !used.has(i) && !skipped.has(keys[i])).map((name) => name.trim()),
    absent: [...new Set([...absent, ...lacking])].filter((name) => !made.has(name)),
  };
}

/** How a column is written in the first rows; null: no time; undefined: not as the field wants it. */
function formatIn(
  { names, records }: Way,
  index: number,
  { format, like }: CsvField,
): TimeFormat | null | undefined {
  const cells = records.map((record) => record[index]?.trim() ?? "");
  // Some files repeat their header between the rows.
  const own = cells.filter((cell) => cell !== "" && columnKey(cell) !== columnKey(names[index]));
  if (like !== undefined && !mostOf(own, (cell) => like.test(cell))) return undefined;
  if (format === undefined || typeof format === "string") return format ?? null;
  return format.find((each) => mostOf(own, (cell) => isTime(each, cell)));
}

/** Whether more than half of the cells are so, or there are none: one bad cell decides nothing. */
function mostOf(cells: readonly string[], are: (cell: string) => boolean): boolean {
  return cells.length === 0 || cells.filter(are).length * 2 > cells.length;
}

function parseOf(field: Field): CsvColumnPlan["parse"] {
  if (field.kind === "time") return "time";
  if (field.kind !== "number") return "text";
  return field.unit === "port" ? "port" : "number";
}

/** One label text a row; null when the file has no label column. */
function labelsOf(spec: CsvDialectSpec, { labels, arff }: Layout, table: Table): TextColumn | null {
  if (labels.every((name) => name === null)) return null;
  const columns = labels.map((name) =>
    name === null ? null : worded(table.text(name), arff ? unquoted : undefined),
  );
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

function unquoted(text: string): string {
  return /^'.*'$/.test(text) ? text.slice(1, -1).trim() : text;
}

function scaled(column: Column, type: StoredColumn["type"], scale = 1, adjust?: CsvField["adjust"]): Column {
  if (column.kind === "text" || type === "text") return column;
  if (scale === 1 && adjust === undefined) return { kind: "number", type, values: column.values };
  const divisor = scale < 1 ? Math.round(1 / scale) : 1;
  const values = new Float64Array(column.values.length);
  for (let row = 0; row < values.length; row++) {
    const value = column.values[row];
    const own = scale < 1 ? value / divisor : value * scale;
    values[row] = adjust === undefined ? own : adjust(own);
  }
  return { kind: "number", type, values };
}

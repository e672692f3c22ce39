import type { Field } from "../../flow/fields.js";
import type { CsvColumnPlan } from "../../table/csv/plan.js";
import type { TimeFormat } from "../../table/csv/times.js";
import type { Column, Table } from "../../table/table.js";
import type { Dialect } from "../dialect.js";

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
  /** Times from 1:00 to 7:59 that say neither AM nor PM are of the afternoon. */
  readonly afternoon?: true;
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

/** A dialect of delimited text, as data; `csvDialect` (../csvDialect.ts) makes the reader. */
export interface CsvDialectSpec extends Omit<Dialect, "recognise" | "open" | "columns" | "fileColumn"> {
  /** Tried in this order. */
  readonly delimiters: readonly string[];
  /** `none`: the columns stand in one of `orders`, and there is no header; `either`: some copies have one. */
  readonly header: "names" | "none" | "either";
  /** Without a header: the name of each position; which order it is, the number of fields says. */
  readonly orders?: readonly (readonly string[])[];
  readonly fields: readonly CsvField[];
  /** A file with so many of `fields` need not have those that are required: copies with fewer columns. */
  readonly enough?: number;
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

import { readHead } from "../../table/bytes/head.js";
import { csvHead } from "../../table/csv/plan.js";
import { parquetInfo, readParquetBatches } from "../../table/parquet.js";
import { cell } from "../../table/table.js";
import type { RawFile } from "../files.js";
import { isParquet } from "../head.js";

/** Rows at the beginning of a file that tell what its columns are. */
const FIRST_ROWS = 1000;
const delimiters = [",", "\t", ";", "|"];

/** The beginning of a table. */
export interface TableHead {
  readonly file: RawFile;
  /** Of Parquet it is the comma, as which its head is shown. */
  readonly delimiter: string;
  readonly columns: readonly HeadColumn[];
}

export interface HeadColumn {
  /** As the file has it, without blanks around it. */
  readonly name: string;
  /** Texts of its first cells without the missing ones. */
  readonly values: readonly string[];
  /** What Parquet says it is. */
  readonly type?: "number" | "text";
}

/** Cells that are a missing value, besides "". */
export const missingWords: readonly string[] = [
  ...["-", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "none"],
];
const missing = new Set(["", ...missingWords]);

/** The columns of a file and its first values; undefined when it is no table. */
export async function tableHead(file: RawFile): Promise<TableHead | undefined> {
  if (isParquet(file.path)) return parquetHead(file);
  const head = readHead(file.path);
  const ways = delimiters
    .map((delimiter) => ({ delimiter, records: csvHead(head, delimiter, FIRST_ROWS + 1) }))
    .filter(({ records }) => isTable(records));
  const [best] = ways.sort((a, b) => b.records[0].length - a.records[0].length);
  if (best === undefined) return undefined;
  const [names, ...rows] = best.records;
  const columns = names.map((name, i) => ({
    name: name.trim(),
    values: rows.map((row) => (row[i] ?? "").trim()).filter((value) => !missing.has(value)),
  }));
  return { file, delimiter: best.delimiter, columns };
}

/** A header of several names that are no numbers, and records as wide (a few may be torn). */
function isTable(records: readonly (readonly string[])[]): boolean {
  const [names, ...rows] = records;
  if (names === undefined || names.length < 2 || names.some((name) => isNumber(name.trim()))) return false;
  const wide = rows.filter((row) => row.length === names.length).length;
  return rows.length === 0 || wide >= rows.length * 0.9;
}

export function isNumber(text: string): boolean {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^[-+]?inf(inity)?$/i.test(text);
}

async function parquetHead(file: RawFile): Promise<TableHead> {
  const info = await parquetInfo(file.path);
  const columns = info.columns.map(({ name, type }) => ({
    name,
    type: type === "text" ? ("text" as const) : ("number" as const),
  }));
  for await (const table of readParquetBatches(
    file.path,
    columns.map(({ name }) => name),
    { batchRows: FIRST_ROWS },
  )) {
    const rows = Math.min(table.rows, FIRST_ROWS);
    return {
      file,
      delimiter: ",",
      columns: columns.map(({ name, type }) => {
        const column = table.column(name);
        const cells = Array.from({ length: rows }, (_, row) => cell(column, row));
        const values = cells.filter((value) => value !== null).map(String);
        return { name, type, values: values.filter((value) => !missing.has(value.trim())) };
      }),
    };
  }
  return { file, delimiter: ",", columns: columns.map((column) => ({ ...column, values: [] })) };
}

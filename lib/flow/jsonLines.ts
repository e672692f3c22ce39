import type { CsvBatch, CsvColumnPlan, CsvCounts, CsvPlan } from "../table/csv/plan.js";
import { parseTime } from "../table/csv/times.js";
import { type Column, NumberBuilder, Table, TextBuilder } from "../table/table.js";
import { readRecords } from "./jsonRecords.js";
import { readLines } from "./lines.js";

/** Rows of a batch. */
const BATCH = 1 << 14;

/**
 * The keys of the first `records` objects of a head in order of appearance, and their values as texts ("" where there is
 * none); undefined when the text does not begin with an object.
 */
export function jsonHead(
  head: string,
  records: number,
): { names: string[]; records: string[][] } | undefined {
  if (!head.trimStart().startsWith("{")) return undefined;
  const objects = head
    .split("\n", records)
    .flatMap((line) => readRecords(line)?.records ?? [])
    .slice(0, records)
    .map(({ object }) => object);
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return { names, records: objects.map((object) => names.map((name) => textOf(object[name]) ?? "")) };
}

/**
 * Read JSON lines as `scanCsv` reads delimited text: the keys are the plan's header, a missing key or null a missing value.
 * Dropped: `bad_json`, `torn_record`, `bad_value_<column>`; repaired: `two_records_on_a_line` (see `readRecords`).
 * @throws what `readLines` throws
 */
export async function* scanJsonLines(
  path: string,
  plan: CsvPlan,
  counts: CsvCounts,
): AsyncGenerator<CsvBatch, void> {
  const missing = new Set(plan.missing);
  const keys = plan.columns.map(({ index }) => plan.header?.[index] ?? "");
  const values: (number | string | null)[] = plan.columns.map(() => null);
  let rows = new Rows(plan.columns);
  for await (const { first, lines } of readLines(path, counts.repaired)) {
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "") {
        counts.repaired.add("blank_line", first + i);
        continue;
      }
      const read = readRecords(line);
      if (read === undefined) {
        counts.rowsRead++;
        counts.dropped.add("bad_json", first + i);
        continue;
      }
      for (const { object } of read.records) {
        const inputRow = counts.rowsRead++;
        const fault = fill(values, object, keys, plan.columns, missing);
        if (fault === undefined) rows.add(values, first + i, inputRow);
        else counts.dropped.add(fault, first + i);
      }
      if (read.records.length > 1) counts.repaired.add("two_records_on_a_line", first + i);
      for (let torn = 0; torn < read.torn; torn++) {
        counts.rowsRead++;
        counts.dropped.add("torn_record", first + i);
      }
    }
    if (rows.count >= BATCH) {
      yield rows.finish();
      rows = new Rows(plan.columns);
    }
  }
  yield rows.finish();
}

/** @returns why the object is no row; undefined: it is one */
function fill(
  values: (number | string | null)[],
  object: Record<string, unknown>,
  keys: readonly string[],
  columns: readonly CsvColumnPlan[],
  missing: ReadonlySet<string>,
): string | undefined {
  for (const [i, column] of columns.entries()) {
    const text = textOf(object[keys[i]])?.trim() ?? "";
    if (missing.has(text)) values[i] = null;
    else if (column.parse === "text") values[i] = text;
    else {
      const value = numberOf(column, text);
      if (!Number.isFinite(value)) return `bad_value_${column.name}`;
      values[i] = value;
    }
  }
  return undefined;
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function numberOf({ parse, format }: CsvColumnPlan, text: string): number {
  if (parse === "time") {
    const bytes = Buffer.from(text);
    return parseTime(format ?? "epoch_s", bytes, 0, bytes.length);
  }
  const isNumber = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
  if (parse === "number") return isNumber ? Number(text) : Number.NaN;
  const port = isNumber || /^0x[0-9a-f]+$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(port) && port >= 0 ? port : Number.NaN;
}

/** Rows of one batch, column by column. */
class Rows {
  count = 0;
  private readonly builders: readonly (TextBuilder | NumberBuilder)[];
  private readonly lines = new NumberBuilder("int64");
  private readonly inputRows = new NumberBuilder("int64");

  constructor(private readonly columns: readonly CsvColumnPlan[]) {
    this.builders = columns.map(({ parse }) =>
      parse === "text" ? new TextBuilder() : new NumberBuilder(parse === "number" ? "float64" : "int64"),
    );
  }

  add(values: readonly (number | string | null)[], line: number, inputRow: number): void {
    for (const [i, builder] of this.builders.entries()) {
      if (builder instanceof TextBuilder) builder.push(values[i] as string | null);
      else builder.push((values[i] as number | null) ?? Number.NaN);
    }
    this.lines.push(line);
    this.inputRows.push(inputRow);
    this.count++;
  }

  finish(): CsvBatch {
    const columns = this.columns.map(({ name }, i): [string, Column] => [name, this.builders[i].finish()]);
    return {
      table: Table.of(new Map(columns)),
      lines: this.lines.finish().values as Float64Array,
      inputRows: this.inputRows.finish().values as Float64Array,
    };
  }
}

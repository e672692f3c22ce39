import { FormatError } from "../../base/errors.js";
import { Tally } from "../../base/tally.js";
import { scanJsonLines } from "../../flow/jsonLines.js";
import type { RowBatch, RowCounts, RowReader } from "../../flow/rowReader.js";
import { scanParquet } from "../../table/csv/fromParquet.js";
import {
  type CsvBatch,
  type CsvCounts,
  type CsvOptions,
  type CsvPlan,
  scanCsv,
} from "../../table/csv/plan.js";
import { parquetInfo } from "../../table/parquet.js";
import { type Column, Table } from "../../table/table.js";
import { constantText, missingColumn, storedType } from "../canonical.js";
import { headOf, isParquet } from "../head.js";
import { scaled, unquoted, worded } from "./columns.js";
import { labelsOf } from "./labels.js";
import { type Layout, layoutOf } from "./layout.js";
import type { CsvDialectSpec, OfficialPart } from "./spec.js";

/** Reads one file of a dialect of delimited text. */
export class CsvFile implements RowReader {
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
      notes: [...(official.note === undefined ? [] : [official.note]), ...(layout?.unlike ?? [])],
    };
  }

  async *batches(passing = false): AsyncGenerator<RowBatch, void> {
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
    for await (const batch of read(path, layout.plan, this.tallies, { passing })) {
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

function scan(
  path: string,
  plan: CsvPlan,
  counts: CsvCounts,
  options: CsvOptions,
): AsyncGenerator<CsvBatch, void> {
  return isParquet(path) ? scanParquet(path, plan, counts) : scanCsv(path, plan, counts, options);
}

async function countRows(path: string, plan: CsvPlan): Promise<number> {
  if (isParquet(path)) return (await parquetInfo(path)).rows;
  const counts = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  const batches = scanCsv(path, { ...plan, columns: [] }, counts);
  while (!(await batches.next()).done);
  return counts.rowsRead;
}

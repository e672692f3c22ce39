import { Tally } from "../../base/tally.js";
import type { Field } from "../../flow/fields.js";
import type { RowBatch, RowCounts, RowReader } from "../../flow/rowReader.js";
import type { TimeFormat } from "../../table/csv/plan.js";
import { parseTime } from "../../table/csv/times.js";
import { parquetInfo, readParquetBatches } from "../../table/parquet.js";
import { type Column, int64, Table, type TextColumn, text } from "../../table/table.js";
import { missingColumn, storedType } from "../canonical.js";
import { columnKey } from "../csvDialect.js";

/** What the columns of a table are for. */
export interface PlainParquetPlan {
  readonly fields: ReadonlyMap<string, Field>;
  /** Columns of `optionalColumns` or `dataset`, and the file's column for each. */
  readonly places: readonly (readonly [string, string])[];
  readonly timeFormat: TimeFormat | null;
  readonly target: string | null;
}

/** A Parquet file of a plain table. Its lines are its rows, from 1. */
export class PlainParquet implements RowReader {
  private readonly tallies = { dropped: new Tally(), repaired: new Tally(), rowsRead: 0 };
  private absent: readonly string[] = [];
  private ignored: readonly string[] = [];

  constructor(
    private readonly path: string,
    private readonly plan: PlainParquetPlan,
  ) {}

  get counts(): RowCounts {
    return { ...this.tallies, ignoredColumns: this.ignored, absentColumns: this.absent, notes: [] };
  }

  async *batches(): AsyncGenerator<RowBatch, void> {
    const { fields, places, target } = this.plan;
    const info = await parquetInfo(this.path);
    const names = new Map(info.columns.map(({ name }) => [columnKey(name), name]));
    const nameOf = (column: string): string | undefined => names.get(columnKey(column));
    this.absent = [...fields].filter(([column]) => nameOf(column) === undefined).map(([, { name }]) => name);
    this.ignored = info.unreadable.map(({ name }) => name);
    const asked = [
      ...fields.keys(),
      ...places.map(([, column]) => column),
      ...(target === null ? [] : [target]),
    ];
    const wanted = [...new Set(asked.map(nameOf).filter((name) => name !== undefined))];
    for await (const read of readParquetBatches(this.path, wanted)) {
      const columns = new Map<string, Column>();
      for (const [column, field] of fields) {
        const name = nameOf(column);
        columns.set(
          field.name,
          name === undefined
            ? missingColumn(storedType(field), read.rows)
            : this.valuesOf(field, read.column(name)),
        );
      }
      for (const [place, column] of places) {
        const name = nameOf(column);
        if (name !== undefined) columns.set(place, asText(read.column(name)));
      }
      const label = target === null ? undefined : nameOf(target);
      const first = this.tallies.rowsRead;
      this.tallies.rowsRead += read.rows;
      yield {
        table: Table.of(columns),
        labels: label === undefined ? null : labelled(asText(read.column(label))),
        lines: Float64Array.from({ length: read.rows }, (_, row) => first + row + 1),
        inputRows: Float64Array.from({ length: read.rows }, (_, row) => first + row),
      };
    }
  }

  private valuesOf(field: Field, column: Column): Column {
    if (field.kind === "time") return timeOf(column, this.plan.timeFormat ?? "epoch_us");
    if (field.kind === "category") return asText(column);
    return column.kind === "number"
      ? { kind: "number", type: "float64", values: Float64Array.from(column.values, finite) }
      : missingColumn("float64", column.codes.length);
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

const perUnit: Partial<Record<TimeFormat, number>> = { epoch_s: 1e6, epoch_ms: 1e3, epoch_us: 1 };

function timeOf(column: Column, format: TimeFormat): Column {
  if (column.kind === "number") {
    const factor = perUnit[format] ?? 1;
    return int64(Float64Array.from(column.values, (value) => Math.trunc(value * factor)));
  }
  const times = column.dictionary.map((value) => {
    const bytes = Buffer.from(value.trim());
    return parseTime(format, bytes, 0, bytes.length);
  });
  return int64(Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : times[code])));
}

function asText(column: Column): TextColumn {
  if (column.kind === "text") return column;
  return text(Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value))));
}

/** Labels as texts; a missing one is "". */
function labelled({ codes, dictionary }: TextColumn): TextColumn {
  if (!codes.includes(-1))
    return { kind: "text", codes, dictionary: dictionary.map((value) => value.trim()) };
  const none = dictionary.length;
  return {
    kind: "text",
    codes: codes.map((code) => (code < 0 ? none : code)),
    dictionary: [...dictionary.map((value) => value.trim()), ""],
  };
}

import { Tally } from "../base/tally.js";
import { type Column, NumberBuilder, Table, TextBuilder } from "../table/table.js";
import { flowFields } from "./fields.js";
import type { RowBatch, RowCounts } from "./rowReader.js";

/** Rows of a batch: enough to make columns of, few enough to hold several. */
const BATCH = 1 << 14;

/** Collects the rows of a conn.log column by column and hands them on in batches. A row is added whole or not at all. */
export class ConnRows {
  readonly dropped = new Tally();
  readonly repaired = new Tally();
  readonly ignored = new Set<string>();
  /** Columns of the flow record that the log has, whatever its rows say. */
  readonly present = new Set<string>();
  hasLabels = false;
  private builders = newBuilders();
  private labels = new TextBuilder();
  private lines = new NumberBuilder("int64");
  private inputRows = new NumberBuilder("int64");
  private waiting = 0;
  private read = 0;

  /** Add a row: one value for each of `flowFields` (null or NaN: missing), and its label texts. */
  add(
    values: readonly (number | string | null)[],
    label: string | null,
    detail: string | null,
    line: number,
  ): void {
    this.builders.forEach((builder, i) => {
      const value = values[i];
      if (builder instanceof TextBuilder) builder.push(value as string | null);
      else builder.push(value === null ? Number.NaN : (value as number));
    });
    this.labels.push(`${label ?? ""}\t${detail ?? ""}`);
    this.lines.push(line);
    this.inputRows.push(this.read++);
    this.waiting++;
  }

  /** Count a row that cannot be used. */
  drop(reason: string, line: number): void {
    this.read++;
    this.dropped.add(reason, line);
  }

  /** Whether enough rows wait for a batch. */
  get full(): boolean {
    return this.waiting >= BATCH;
  }

  /** The rows that wait, none of which is kept. */
  take(): RowBatch {
    const columns = new Map<string, Column>(
      flowFields.map((field, i) => [field.name, this.builders[i].finish()]),
    );
    const batch: RowBatch = {
      table: Table.of(columns),
      labels: this.hasLabels ? this.labels.finish() : null,
      lines: this.lines.finish().values as Float64Array,
      inputRows: this.inputRows.finish().values as Float64Array,
    };
    this.builders = newBuilders();
    this.labels = new TextBuilder();
    this.lines = new NumberBuilder("int64");
    this.inputRows = new NumberBuilder("int64");
    this.waiting = 0;
    return batch;
  }

  counts(): RowCounts {
    return {
      rowsRead: this.read,
      dropped: this.dropped,
      repaired: this.repaired,
      ignoredColumns: [...this.ignored],
      absentColumns: flowFields.map(({ name }) => name).filter((name) => !this.present.has(name)),
    };
  }
}

function newBuilders(): (TextBuilder | NumberBuilder)[] {
  return flowFields.map((field) =>
    field.format === "string"
      ? new TextBuilder()
      : new NumberBuilder(field.format === "interval" ? "float64" : "int64"),
  );
}

import { Tally } from "../base/tally.js";
import { type Column, NumberBuilder, Table, TextBuilder } from "../table/table.js";
import { flowFields } from "./fields.js";
import type { ReadRows } from "./readRows.js";

/** Collects the rows of a conn.log column by column. A row is added whole or not at all. */
export class ConnRows {
  readonly dropped = new Tally();
  readonly repaired = new Tally();
  readonly ignored = new Set<string>();
  /** Columns of the flow record that the log has, whatever its rows say. */
  readonly present = new Set<string>();
  hasLabels = false;
  private readonly builders = flowFields.map((field) =>
    field.format === "string"
      ? new TextBuilder()
      : new NumberBuilder(field.format === "interval" ? "float64" : "int64"),
  );
  private readonly labels = new TextBuilder();
  private readonly lines = new NumberBuilder("int64");
  private readonly inputRows = new NumberBuilder("int64");
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
  }

  /** Count a row that cannot be used. */
  drop(reason: string, line: number): void {
    this.read++;
    this.dropped.add(reason, line);
  }

  finish(): ReadRows {
    const columns = new Map<string, Column>(
      flowFields.map((field, i) => [field.name, this.builders[i].finish()]),
    );
    return {
      table: Table.of(columns),
      labels: this.hasLabels ? this.labels.finish() : null,
      lines: this.lines.finish().values as Float64Array,
      inputRows: this.inputRows.finish().values as Float64Array,
      rowsRead: this.read,
      dropped: this.dropped,
      repaired: this.repaired,
      ignoredColumns: [...this.ignored],
      absentColumns: flowFields.map(({ name }) => name).filter((name) => !this.present.has(name)),
    };
  }
}

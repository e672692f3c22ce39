import type { ColumnTable } from "arquero";
import { type Column, Table } from "./table.js";
import { columnOf } from "./values.js";

/** What is used here of an arquero table. */
export interface ArqueroTable {
  readonly size: number;
  columnNames(): string[];
  /** The values of a column, filtered and ordered as the table is. */
  array(name: string): ArrayLike<unknown>;
  objects(options?: { limit?: number }): object[];
}

/**
 * A table as an arquero one, for grouping and reshaping in a notebook. Numbers stay as they are (NaN is missing), text
 * becomes strings (null is missing).
 */
export async function toArquero(source: Table): Promise<ColumnTable> {
  const { table } = await import("arquero");
  const columns = source.names.map((name): [string, ArrayLike<unknown>] => {
    const column = source.column(name);
    return [name, column.kind === "number" ? column.values : source.strings(name)];
  });
  return table(columns as Parameters<typeof table>[0]);
}

/** An arquero table as a table: the rows that its filter keeps, in its order. See `columnOf` for the types. */
export function fromArquero(source: ArqueroTable): Table {
  const columns = source
    .columnNames()
    .map((name): [string, Column] => [name, columnOf(Array.from(source.array(name)))]);
  return Table.of(new Map(columns));
}

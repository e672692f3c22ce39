import { openDanfojs } from "../engines/javascript.js";
import { type Column, Table } from "../table/table.js";
import { columnOf } from "../table/values.js";

/** What is used here of danfojs's DataFrame; cast it to the package's own type for the rest. */
export interface DanfoFrame {
  readonly columns: string[];
  readonly shape: number[];
  column(name: string): { readonly values: unknown; readonly dtype: string };
}

interface Danfo {
  readonly DataFrame: new (columns: Readonly<Record<string, readonly unknown[]>>) => DanfoFrame;
}

/**
 * A table as a danfojs DataFrame. Numbers stay numbers (NaN is missing), text becomes strings (null is missing).
 * @throws EngineError, one line with the command, when the engine danfojs-node is not added
 */
export async function toDanfo(source: Table): Promise<DanfoFrame> {
  const { DataFrame } = (await openDanfojs()) as Danfo;
  const columns: Record<string, readonly unknown[]> = {};
  for (const name of source.names) {
    const column = source.column(name);
    columns[name] = column.kind === "number" ? Array.from(column.values) : source.strings(name);
  }
  return new DataFrame(columns);
}

/** A danfojs DataFrame as a table. See `columnOf` for the types. */
export function fromDanfo(frame: DanfoFrame): Table {
  const columns = frame.columns.map((name): [string, Column] => [
    name,
    columnOf(Array.from(frame.column(name).values as ArrayLike<unknown>)),
  ]);
  return Table.of(new Map(columns));
}

import type { ColumnTable } from "arquero";
import type { Table } from "./table.js";

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

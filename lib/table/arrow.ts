import { FormatError, messageOf } from "../base/errors.js";
import { fromArquero } from "./arquero.js";
import type { Table } from "./table.js";

/** What is used here of an Arrow table: apache-arrow's and flechette's have it. */
export interface ArrowTable {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): Iterable<unknown> | null;
}

/**
 * A table as the bytes of an Arrow IPC stream, which pyarrow, polars, DuckDB and apache-arrow read. Whole numbers are
 * int64 and text a dictionary, both with nulls; of other numbers a missing one stays NaN.
 */
export async function toArrow(source: Table): Promise<Uint8Array> {
  const { table } = await import("arquero");
  const columns = source.names.map((name): [string, ArrayLike<unknown>] => {
    const column = source.column(name);
    if (column.kind === "text") return [name, source.strings(name)];
    if (column.type !== "int64") return [name, column.values];
    return [name, Array.from(column.values, (x) => (Number.isNaN(x) ? null : BigInt(x)))];
  });
  return table(columns as Parameters<typeof table>[0]).toArrowIPC({ format: "stream" });
}

/**
 * An Arrow table, or the bytes of an Arrow IPC stream or file, as a table. See `columnOf` for the types.
 * @throws FormatError when the bytes are not Arrow's
 */
export async function fromArrow(source: Uint8Array | ArrowTable): Promise<Table> {
  const { fromArrow: read } = await import("arquero");
  try {
    return fromArquero(read(source as Parameters<typeof read>[0]));
  } catch (error) {
    throw new FormatError(
      `fromArrow: an Arrow table, or the bytes of an Arrow IPC stream or file, were expected: ${messageOf(error)}.`,
      { cause: error },
    );
  }
}

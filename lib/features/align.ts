import { SchemaError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { type Column, Table } from "../table/table.js";
import type { FeatureColumn } from "./schema.js";

/** The columns that a model takes, and what was done to get them. */
export interface Aligned {
  readonly table: Table;
  /** Columns that the rows lack; filled with missing values. */
  readonly filled: readonly string[];
  /** Columns that the rows have and the model does not take. */
  readonly ignored: readonly string[];
}

/**
 * Bring feature rows into the columns of a model.
 * @param fillMissing let a column that is not there be missing in every row, instead of refusing
 * @throws SchemaError when a column is not there, or holds text where numbers are expected
 */
export function alignColumns(
  table: Table,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  fillMissing: boolean,
): Aligned {
  const wanted = new Set(columns.map((column) => column.name));
  const ignored = table.names.filter((name) => !wanted.has(name) && name !== "row_id");
  const filled = columns.filter((column) => !table.has(column.name)).map((column) => column.name);
  if (filled.length > 0 && !fillMissing) {
    throw new SchemaError(
      `predict: the data lack ${filled.length} of the model's ${columns.length} columns: ${filled.join(", ")}.` +
        `${filled.length === 1 ? didYouMean(filled[0], ignored) : ""} ` +
        `Choose a model of the same kind of data, or pass --fill-missing to treat them as missing values.`,
    );
  }
  if (filled.length === columns.length) {
    throw new SchemaError(
      "predict: the data have none of the model's columns. Choose a model of the same kind of data.",
    );
  }
  const aligned = columns.map(({ name, type }): [string, Column] => {
    if (!table.has(name)) return [name, missing(type, table.rows)];
    const column = table.column(name);
    const expected = type === "category" ? "text" : "number";
    if (column.kind !== expected) {
      throw new SchemaError(
        `predict: column "${name}" holds ${column.kind === "text" ? "text" : "numbers"}, the model expects ${type}.`,
      );
    }
    return [name, column];
  });
  return { table: Table.of(new Map(aligned)), filled, ignored };
}

function missing(type: FeatureColumn["type"], rows: number): Column {
  if (type === "category") return { kind: "text", codes: new Int32Array(rows).fill(-1), dictionary: [] };
  return { kind: "number", type: "float32", values: new Float32Array(rows).fill(Number.NaN) };
}

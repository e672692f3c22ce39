import { SchemaError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Table } from "../table/table.js";
import type { FeatureColumn } from "./schema.js";

/** How feature rows differ from the columns of a model. */
export interface ColumnDifference {
  /** Columns of the model that the rows lack. */
  readonly missing: readonly string[];
  /** Columns of the rows that the model does not take. */
  readonly extra: readonly string[];
}

/**
 * Hold feature rows against the columns of a model.
 * @param verb who asks, for messages
 * @throws SchemaError when columns are missing and `fillMissing` is not set, or when there is none of them
 */
export function compareColumns(
  table: Table,
  columns: readonly Pick<FeatureColumn, "name" | "type">[],
  fillMissing: boolean,
  verb = "predict",
): ColumnDifference {
  const wanted = new Set(columns.map((column) => column.name));
  const extra = table.names.filter((name) => !wanted.has(name) && name !== "row_id");
  const missing = columns.filter((column) => !table.has(column.name)).map((column) => column.name);
  if (missing.length === columns.length) {
    throw new SchemaError(
      `${verb}: the data have none of the model's columns (${some(missing)}). ` +
        `Choose a model that was trained on this kind of data.`,
    );
  }
  if (missing.length > 0 && !fillMissing) {
    throw new SchemaError(
      `${verb}: the data lack ${missing.length} of the model's ${columns.length} columns: ${some(missing)}.` +
        `${didYouMean(missing[0], extra)} ` +
        `Choose a model of the same kind of data, or pass --fill-missing to treat them as missing values.`,
    );
  }
  return { missing, extra };
}

function some(names: readonly string[]): string {
  return names.length <= 8
    ? names.join(", ")
    : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}

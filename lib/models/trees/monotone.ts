import { z } from "zod";
import { DataError, SchemaError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import type { Rows } from "../contract.js";

/** `monotone` of the tree models. */
export const monotoneParam = z
  .record(z.string(), z.union([z.literal(1), z.literal(-1)]))
  .default({})
  .describe(
    "by column: 1, P(attack) never falls when it rises, all else as it is; -1, never rises (two classes; missing values are free)",
  );
export type Monotone = z.infer<typeof monotoneParam>;

/**
 * The directions by column, 0 where it is free; null when all are.
 * @throws SchemaError for a column that the model does not have or that is a category, DataError with more than two classes
 */
export function monotoneDirections(monotone: Monotone, rows: Rows, model: string): Int8Array | null {
  const asked = Object.entries(monotone);
  if (asked.length === 0) return null;
  if (rows.classes.length !== 2) {
    throw new DataError(
      `${model}: monotone is for two classes, benign and attack (found ${rows.classes.length}). ` +
        "Set task.target: binary in params.yaml, or leave it out.",
    );
  }
  const names = rows.features.map(({ name }) => name);
  const directions = new Int8Array(names.length);
  for (const [name, direction] of asked) {
    const column = names.indexOf(name);
    if (column < 0) {
      throw new SchemaError(
        `${model}: monotone names the column "${name}", which the model does not get ` +
          `(${names.length} columns: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}).` +
          didYouMean(name, names),
      );
    }
    if (rows.features[column].kind === "category") {
      throw new SchemaError(
        `${model}: monotone names the column "${name}", a category: its values have no order.`,
      );
    }
    directions[column] = direction;
  }
  return directions;
}

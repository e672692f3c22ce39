import { DataError } from "../../base/errors.js";
import type { Rows } from "../contract.js";

/** Rows by class. */
export function classCounts(rows: Rows): Float64Array {
  const counts = new Float64Array(rows.classes.length);
  for (const c of rows.y) counts[c]++;
  return counts;
}

/** Classes that the trees' byte-sized class codes can tell apart. */
const MOST_CLASSES = 256;

/** @throws DataError when a class (named) has no training row, or when there is one class only, or more than 256 */
export function checkClasses(rows: Rows, model: string): void {
  if (rows.classes.length > MOST_CLASSES) {
    throw new DataError(
      `${model}: ${rows.classes.length} classes, at most ${MOST_CLASSES} are possible. Choose task.target: family in params.yaml.`,
    );
  }
  const counts = classCounts(rows);
  const empty = rows.classes.filter((_, c) => counts[c] === 0);
  if (rows.classes.length >= 2 && empty.length === 0) return;
  const found = rows.classes.map((name, c) => `${name}: ${counts[c]}`).join(", ");
  throw new DataError(
    `${model}: the training rows need at least one row of each of two or more classes (found ${found || "none"}` +
      `${empty.length > 0 ? `; empty: ${empty.join(", ")}` : ""}). Choose another split or dataset.rows in params.yaml.`,
  );
}

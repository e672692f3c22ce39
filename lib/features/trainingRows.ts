import { DataError } from "../base/errors.js";
import type { Table } from "../table/table.js";

/** No part: -1 is a missing one. */
const UNKNOWN = -2;

/**
 * Feature rows of the training part, and nothing else: the only thing that a transform can be fitted on. There is no
 * other way to get one than through the split.
 */
export class TrainingRows {
  private constructor(readonly table: Table) {}

  /**
   * The rows of `features` whose `row_id` has part "train" in `split`.
   * @throws DataError when the split knows nothing of a row, or has no training row
   */
  static of(features: Table, split: Table): TrainingRows {
    const ids = split.numbers("row_id");
    const { codes, dictionary } = split.text("part");
    const train = dictionary.indexOf("train");
    let highest = -1;
    for (const id of ids) if (id > highest) highest = id;
    const partOf = new Int32Array(highest + 1).fill(UNKNOWN);
    ids.forEach((id, row) => {
      partOf[id] = codes[row];
    });
    const rows = new Int32Array(features.rows);
    let count = 0;
    features.numbers("row_id").forEach((id, row) => {
      const part = partOf[id] ?? UNKNOWN;
      if (part === UNKNOWN) {
        throw new DataError(
          `features: row ${id} is not in the split (${split.rows} rows). It was made from other flows: rerun the split stage.`,
        );
      }
      if (part === train) rows[count++] = row;
    });
    if (count === 0) throw new DataError("features: the split has no training rows. Rerun the split stage.");
    return new TrainingRows(features.take(rows.subarray(0, count)));
  }
}

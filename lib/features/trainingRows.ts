import { DataError } from "../base/errors.js";
import type { Table } from "../table/table.js";

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
    const parts = new Map<number, number>();
    ids.forEach((id, row) => {
      parts.set(id, codes[row]);
    });
    const rows: number[] = [];
    features.numbers("row_id").forEach((id, row) => {
      const part = parts.get(id);
      if (part === undefined) {
        throw new DataError(
          `features: row ${id} is not in the split (${split.rows} rows). It was made from other flows: rerun the split stage.`,
        );
      }
      if (part === train) rows.push(row);
    });
    if (rows.length === 0)
      throw new DataError("features: the split has no training rows. Rerun the split stage.");
    return new TrainingRows(features.take(rows));
  }
}

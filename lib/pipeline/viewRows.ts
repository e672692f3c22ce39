import { attackFlags } from "../dataset/target.js";
import { TrainingRows } from "../features/trainingRows.js";
import type { Table } from "../table/table.js";
import type { StageIo } from "./stage.js";

/** Row-level columns of all rows of a split. */
export const featuresFile = (split: string): string => `artifacts/features/${split}/features.parquet`;

/**
 * The rows that the views of a split are fitted on, read column by column.
 * @param parts `row_id` and `part` of every row: the split, or a fold of it
 */
export async function viewRows(io: StageIo, split: string, parts: Table): Promise<TrainingRows> {
  const path = featuresFile(split);
  return TrainingRows.fetching(
    (await io.readTable(path, ["row_id"])).numbers("row_id"),
    parts,
    async (name) => (await io.readTable(path, [name])).column(name),
    async () => attackFlags(await io.readTable("artifacts/flows.parquet", ["label"])),
    (names) => io.readBatches(path, names),
  );
}

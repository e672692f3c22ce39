import { existsSync } from "node:fs";
import { join } from "node:path";
import { hashFile } from "../base/hash.js";
import { ContentGroups } from "../dataset/content.js";
import { fieldOf } from "../dataset/registry.js";
import type { ModelInfo } from "../onnx/savedModel.js";
import { foldColumns, partsOfFold, rowsOfPart } from "../split/parts.js";
import { readParquet } from "../table/parquet.js";
import type { Table } from "../table/table.js";

/** How many of some rows a model was fitted or its threshold chosen on; null: the project no longer has those rows. */
export interface TrainedRows {
  readonly train: number;
  readonly validation: number;
}

/**
 * Rows that equal a row of the model's training or validation part in every column of the flow that both have, times and
 * addresses included: a measure on them says what the model remembers.
 * @param root the project, whose artifacts are looked at
 */
export async function trainedRows(root: string, info: ModelInfo, flows: Table): Promise<TrainedRows | null> {
  const file = join(root, "artifacts", "flows.parquet");
  const split = join(root, "artifacts", "splits", `${info.split}.parquet`);
  if (!existsSync(file) || !existsSync(split)) return null;
  if ((await hashFile(file)) !== info.data.flows_sha256) return null;
  const all = await readParquet(file);
  const parts = await readParquet(split);
  const own =
    info.fold === undefined || !foldColumns.every((name) => parts.has(name))
      ? parts
      : partsOfFold(parts, info.fold);
  const columns = all.names.filter((name) => flows.has(name) && fieldOf(name) !== undefined);
  const equal = (part: "train" | "validation"): number => {
    const groups = new ContentGroups();
    groups.add(all.take(rowsOfPart(own, part)), columns);
    const known = groups.size;
    return groups.add(flows, columns).filter((group) => group < known).length;
  };
  return { train: equal("train"), validation: equal("validation") };
}

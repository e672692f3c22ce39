import type { RowBatch, RowCounts } from "../flow/rowReader.js";
import type { FilePlace } from "./canonical.js";
import type { BatchLabels, FileLabels } from "./labels.js";
import type { KnownFile } from "./read.js";

/** Looks at the rows of raw files while they are read: every usable one, before the labels let any in or out. */
export interface RowObserver {
  begin(file: KnownFile, place: FilePlace): void;
  batch(batch: RowBatch, labels: BatchLabels): void;
  end(counts: RowCounts, labels: FileLabels): void;
}

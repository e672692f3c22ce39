import type { RowBatch, RowCounts } from "../flow/rowReader.js";
import type { FilePlace } from "./canonical.js";
import type { BatchLabels, FileLabels } from "./labels.js";
import type { KnownFile } from "./read.js";

/** Looks at the rows of raw files while they are read: every usable one, before the labels let any in or out. */
export interface RowObserver {
  begin(file: KnownFile, place: FilePlace): void;
  /** @returns of each row the group of those with equal `contentColumns`, in all files, where it knows: ingest then need not look */
  batch(batch: RowBatch, labels: BatchLabels): Int32Array | undefined;
  end(counts: RowCounts, labels: FileLabels): void;
  /** All files have been read. What takes long is done now, while the rows are still being written. */
  done(): Promise<void>;
}

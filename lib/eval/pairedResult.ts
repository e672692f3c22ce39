import type { PairedPart } from "./paired.js";
import type { BootstrapSettings } from "./result.js";

/** reports/paired/<split>.json: models of a split in pairs on the same rows. */
export interface PairedFile {
  readonly split: string;
  readonly bootstrap: BootstrapSettings;
  /** Significant is what stays below this after `correction`, over the pairs of a part, metric by metric. */
  readonly alpha: number;
  readonly correction: "holm";
  readonly models: readonly string[];
  /** The model that each other is compared with, and how it was chosen (not by test rows); null: every two are compared. */
  readonly control: { readonly model: string; readonly chosen: string } | null;
  /** `validation` and `test`; of a k-fold split `cv`. */
  readonly parts: Readonly<Record<string, PairedPart>>;
}

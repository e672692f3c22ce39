import type { PairedPart } from "./paired.js";
import type { BootstrapSettings } from "./result.js";

/** reports/paired/<split>.json: every two models of a split on the same rows. */
export interface PairedFile {
  readonly split: string;
  readonly bootstrap: BootstrapSettings;
  /** Significant is what stays below this after `correction`, over the pairs of a part, metric by metric. */
  readonly alpha: number;
  readonly correction: "holm";
  readonly models: readonly string[];
  /** `validation` and `test`; of a k-fold split `cv`. */
  readonly parts: Readonly<Record<string, PairedPart>>;
}

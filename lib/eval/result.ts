import type { Breakdowns } from "./breakdowns.js";
import type { ReliabilityBin } from "./reliability.js";

/** What an evaluation leaves: reports/metrics/<split>/<model>.json and reports/details/<split>/<model>.json. */

export const countNames = ["n", "tp", "fp", "tn", "fn"] as const;
export const metricNames = [
  "accuracy",
  "balanced_accuracy",
  "precision",
  "recall",
  "f1",
  "macro_f1",
  "weighted_f1",
  "mcc",
  "fpr",
  "fnr",
  "roc_auc",
  "average_precision",
  "brier",
  "log_loss",
  "ece",
] as const;
export type MetricName = (typeof metricNames)[number];

/** Plain numbers of one part. Counts, rates and curves are attack against benign; undefined is null. */
export interface PartMetrics
  extends Readonly<Record<(typeof countNames)[number], number>>,
    Readonly<Record<MetricName, number | null>> {
  readonly recall_at_fpr: Readonly<Record<"0.001" | "0.01" | "0.05", number | null>>;
  readonly threshold: number | null;
  /** Rows at or above the threshold, of 10,000 rows and in an hour of one site's traffic (hours.ts). */
  readonly alerts_per_10k_flows: number | null;
  readonly alerts_per_hour: number | null;
  /** Precision with the same recall and fpr where that share of the flows are attacks. */
  readonly precision_at_base_rate: Readonly<Record<"0.01" | "0.001" | "0.0001", number | null>>;
  readonly at_half: {
    readonly accuracy: number | null;
    readonly macro_f1: number | null;
    readonly fpr: number | null;
  };
}

/** metrics/<split>/<model>.json */
export interface Metrics {
  readonly validation: PartMetrics;
  readonly test: PartMetrics;
}

/** How a value varies over the folds of a k-fold split that define it; null where none does. */
export interface Spread {
  readonly mean: number | null;
  /** Sample standard deviation; null for fewer than two folds. */
  readonly std: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Folds that define the value. */
  readonly folds: number;
}

/** metrics/<split>/<model>.json of a k-fold split: over all rows, each scored by the model that did not see it. */
export interface CvMetrics {
  readonly cv: PartMetrics & { readonly spread: Readonly<Record<MetricName | "threshold", Spread>> };
}

/** A value with its bootstrap 95% interval; null where it is undefined. */
export interface Interval {
  readonly point: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
  readonly n: number;
}

/** Recall of one attack family at the frozen threshold. */
export interface FamilyRecall extends Interval {
  readonly family: string;
  /** Rows above the threshold. */
  readonly detected: number;
  /** Whether training rows had this family. */
  readonly seen: boolean;
}

/** One class against all others. Decisions are the most probable classes; of two classes those at the threshold. */
export interface ClassMetrics {
  readonly class: string;
  readonly n: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly roc_auc: number | null;
  readonly average_precision: number | null;
}
export type AverageName = Exclude<keyof ClassMetrics, "class" | "n">;

/** An average over classes, and over which. */
export interface Average {
  readonly value: number | null;
  readonly over: readonly string[];
}

/** `eval.bootstrap` of params.yaml. */
export interface BootstrapSettings {
  readonly resamples: number;
  readonly unit: "flow" | "host" | "day" | "campaign";
  readonly interval?: "percentile" | "bca";
}

/** What the bootstrap drew from. */
export interface UnitCount {
  readonly count: number;
  /** Rows without a value of the unit: each is a unit of its own. */
  readonly rows_without: number;
  /** True for so few units that the intervals say little. */
  readonly few: boolean;
}

export interface PartDetails {
  readonly intervals: Readonly<Record<MetricName, Interval>>;
  /** Intervals of recall_at_fpr; n is the number of attack rows. */
  readonly recall_at_fpr?: Readonly<Record<"0.001" | "0.01" | "0.05", Interval>>;
  readonly units?: UnitCount;
  /** Why a metric is null. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly roc: { readonly fpr: readonly number[]; readonly tpr: readonly number[] };
  readonly pr: { readonly recall: readonly number[]; readonly precision: readonly number[] };
  /** Rows truth, columns predicted. */
  readonly confusion: {
    readonly classes: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
  readonly per_class: readonly ClassMetrics[];
  /** Null where the model knows fewer classes than the target has. */
  readonly averages: Readonly<
    Record<"macro" | "weighted" | "micro", Readonly<Record<AverageName, Average>>>
  > | null;
  /** Null where scores are no probabilities. */
  readonly reliability: readonly ReliabilityBin[] | null;
  readonly families: readonly FamilyRecall[];
  /** Attack rows whose family training had, and those whose family it never saw. */
  readonly seen: Interval;
  readonly novel: Interval;
  /** Families of the training part that this part lacks. */
  readonly untested: readonly string[];
  /** Named subsets that papers report on their own (NSL-KDD: Test-21). */
  readonly subsets: Readonly<Record<string, PartMetrics>>;
  /** By host, service, day, attack and over time; of test and cv parts. */
  readonly breakdowns?: Breakdowns;
}

/** details/<split>/<model>.json */
export interface Details {
  readonly split: string;
  readonly model: string;
  readonly type: string;
  readonly kind: "classifier" | "detector";
  readonly classes: readonly string[];
  readonly decision: { readonly rule: string; readonly threshold: number | null };
  readonly bootstrap: BootstrapSettings;
  readonly validation: PartDetails;
  readonly test: PartDetails;
  /** Test metrics of further training seeds at their own thresholds; null when there is one seed. */
  readonly seeds: readonly { readonly seed: number; readonly test: PartMetrics }[] | null;
}

/** details/<split>/<model>.json of a k-fold split. */
export interface CvDetails
  extends Pick<Details, "split" | "model" | "type" | "kind" | "classes" | "decision" | "bootstrap"> {
  /** Over all out-of-fold rows. A family is seen when the training part of a fold that tests it has it. */
  readonly cv: PartDetails;
  readonly folds: readonly { readonly fold: number; readonly metrics: PartMetrics }[];
  /** Out-of-fold metrics of further training seeds; null when there is one seed. */
  readonly seeds: readonly { readonly seed: number; readonly cv: PartMetrics }[] | null;
}

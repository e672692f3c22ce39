import type { ClassShift } from "../../eval/drift.js";
import type { Interval } from "../../eval/result.js";
import type { TrialMetrics } from "../trial.js";

/** reports/cross.json: models trained in one domain and tested in another, and what moved between the two. */
export interface CrossResult {
  /** Why there is nothing. */
  readonly off: string | null;
  /** How to read the numbers, a sentence each. */
  readonly notes: readonly string[];
  readonly resamples: number;
  readonly matrices: readonly CrossMatrix[];
}

/** What the stage writes where it has nothing to do. */
export const crossOff: CrossResult = {
  off: "cross is null in params.yaml",
  notes: [],
  resamples: 0,
  matrices: [],
};

export interface CrossMatrix {
  readonly name: string;
  /** Columns that make the domains; none where each is named on its own. */
  readonly by: readonly string[];
  readonly rows_per_domain: number | null;
  readonly domains: readonly DomainFacts[];
  /** Domains that could not be used, and why. */
  readonly left_out: Readonly<Record<string, string>>;
  /** Flows that are in no domain. */
  readonly unplaced: number;
  readonly models: readonly CrossModel[];
  /** What moved, for every ordered pair of domains. */
  readonly shifts: readonly Shift[];
  /** Can a model tell two domains apart: once for every pair. */
  readonly classifiers: readonly DomainClassifier[];
}

export interface DomainFacts {
  readonly domain: string;
  readonly rows: number;
  readonly attacks: number;
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Families without a test row. */
  readonly untested: readonly string[];
}

export interface CrossModel {
  readonly model: string;
  readonly type: string;
  /** Columns that every domain has, those that some domain lacks wholly, and the hash of the former. */
  readonly columns: number;
  readonly left_out_columns: readonly string[];
  readonly schema_hash: string;
  /** By training domain, then by test domain. */
  readonly cells: readonly Cell[];
  readonly few_shot: readonly FewShotCurve[];
}

/** Trained there, tested here, on the test rows of the target. */
export interface Cell extends TrialMetrics {
  readonly train: string;
  readonly test: string;
  readonly rows: number;
  readonly attacks: number;
  readonly threshold: number;
  /** What leaving home costs: the training domain's own value (the diagonal) less this one; null on the diagonal. */
  readonly drop: Readonly<Record<DropMetric, number | null>> | null;
}

/** Metrics whose drop is told. */
export const dropMetrics = ["macro_f1", "roc_auc", "average_precision"] as const;
export type DropMetric = (typeof dropMetrics)[number];

export interface FewShotCurve {
  readonly train: string;
  readonly test: string;
  readonly points: readonly FewShotPoint[];
}

export interface FewShotPoint extends TrialMetrics {
  /** Share of the target's rows that was added to training, and how many that is. */
  readonly share: number;
  readonly added: number;
}

/** From the training rows of one domain to the test rows of another. */
export interface Shift {
  readonly train: string;
  readonly test: string;
  /** Columns whose PSI is above .25, of all. */
  readonly shifted: number;
  readonly columns: number;
  /** The largest: by PSI, and by KS among numbers. */
  readonly largest_psi: readonly { readonly column: string; readonly psi: number }[];
  readonly largest_ks: readonly { readonly column: string; readonly ks: number }[];
  /** The mix of families; `classes` holds the largest few. */
  readonly class_shift: ClassShift | null;
  /** Share of test rows with a category that training does not have. */
  readonly unknown_categories: number | null;
  /** Test rows whose content is among the training rows. */
  readonly shared_content: number;
}

export interface DomainClassifier {
  readonly domains: readonly [string, string];
  readonly rows: number;
  /** Out of fold, all rows; and of benign rows alone, which the mix of attacks cannot give away. */
  readonly roc_auc: Interval;
  readonly benign_roc_auc: Interval;
  /** Columns that tell them apart: what the AUC loses when the column alone is shuffled among held-out rows. */
  readonly columns: readonly { readonly column: string; readonly auc_lost: number }[];
}

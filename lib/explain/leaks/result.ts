import type { Interval } from "../../eval/result.js";

/** What a leak test found: nothing wrong, something to mind, or a number to know. */
export type Verdict = "ok" | "warning" | "info";

export const leakTestNames = [
  "as-is",
  "random-split",
  "shuffled-labels",
  "one-column",
  "without-duplicates",
  "identifiers",
  "identifiers-random-split",
] as const;
export type LeakTestName = (typeof leakTestNames)[number];

/** One leak test: the same model on data that would flatter it, or must not. */
export interface LeakTest {
  readonly test: LeakTestName;
  /** What was done, in a few words for a table. */
  readonly title: string;
  /** Rows and columns of the fit, rows that it was tested on. */
  readonly train: number;
  readonly columns: number;
  readonly tested: number;
  /** 95% intervals over resampled flows; of shuffled-labels the mean over shuffles and its 99% interval. */
  readonly macro_f1: Interval;
  readonly roc_auc: Interval;
  /** In one sentence. */
  readonly shows: string;
  readonly verdict: Verdict;
  /** By which rule. */
  readonly rule: string;
}

/** reports/leaks.json */
export interface LeaksResult {
  /** Why there is nothing. */
  readonly off: string | null;
  readonly model: string | null;
  readonly type: string | null;
  /** The split that the tests start from. */
  readonly split: string;
  /** Rows of it that took part, of all that it uses. */
  readonly rows: number;
  readonly of_rows: number;
  readonly resamples: number;
  readonly tests: readonly LeakTest[];
  /** Tests that these data or this model do not allow, and why. */
  readonly skipped: Readonly<Partial<Record<LeakTestName, string>>>;
}

/** What the stage writes where it has nothing to do. */
export function leaksOff(split: string): LeaksResult {
  const nothing = { model: null, type: null, rows: 0, of_rows: 0, resamples: 0, tests: [], skipped: {} };
  return { off: "leaks is null in params.yaml", split, ...nothing };
}

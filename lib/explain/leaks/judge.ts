import type { Interval } from "../../eval/result.js";
import { SHORTCUT_LIMIT } from "../audit/limits.js";
import type { LeakTest, LeakTestName, Verdict } from "./result.js";
import { SHUFFLES } from "./shuffle.js";

/** What a leak test measured. */
export type Measured = Pick<LeakTest, "train" | "columns" | "tested" | "macro_f1" | "roc_auc">;

/** What the sentences name. */
export interface LeakFacts {
  /** The one column. */
  readonly alone: string | null;
  /** Identifiers that were put back. */
  readonly identifiers: readonly string[];
  /** Rows that repeated another one. */
  readonly removed: number;
}

/** Changes of macro-F1 below this are not worth a warning. */
const SMALL = 0.02;
/** Above this a random split is called flattering, and a lone column as good as all. */
const LARGE = 0.05;

interface Judged {
  readonly title: string;
  readonly shows: string;
  readonly verdict: Verdict;
  readonly rule: string;
}

/**
 * What each measurement shows, and a verdict by a rule that stands beside it. An undefined value is no ground for a
 * warning: its verdict is `info`.
 */
export function judge(
  measured: Readonly<Partial<Record<LeakTestName, Measured>>>,
  facts: LeakFacts,
): LeakTest[] {
  const base = measured["as-is"];
  const random = measured["random-split"];
  if (base === undefined || random === undefined) return [];
  const against = { base, random, facts };
  return Object.entries(judges).flatMap(([name, of]) => {
    const own = measured[name as LeakTestName];
    return own === undefined ? [] : [{ test: name as LeakTestName, ...own, ...of(own, against) }];
  });
}

interface Against {
  readonly base: Measured;
  readonly random: Measured;
  readonly facts: LeakFacts;
}

const judges: Readonly<Record<LeakTestName, (own: Measured, against: Against) => Judged>> = {
  "as-is": (own) => ({
    title: "Headline split as it is",
    shows: `What the other rows are held against: macro-F1 ${shown(own.macro_f1)}, ROC-AUC ${shown(own.roc_auc)}.`,
    verdict: "info",
    rule: "none: it is the reference",
  }),
  "random-split": (own, { base }) => {
    const gain = difference(own, base);
    return {
      title: "Random split",
      shows: `The same rows divided at random: macro-F1 is ${than(gain, "on the headline split")}${gain !== null && gain > SMALL ? ": flows of the same sites, families and attack runs then stand on both sides" : ""}.`,
      verdict: verdict(gain, (value) => value > LARGE),
      rule: `warning when macro-F1 is more than ${LARGE} above the headline split's: do not quote it`,
    };
  },
  "shuffled-labels": (own) => {
    const { point, lo, hi } = own.roc_auc;
    const chance = lo !== null && hi !== null && lo <= 0.5 && hi >= 0.5;
    return {
      title: "Shuffled labels",
      shows: `${SHUFFLES} fits on labels shuffled among as many attacks as benign rows: mean ROC-AUC ${shown(own.roc_auc)} (99% interval ${shownEnd(lo)} to ${shownEnd(hi)}), ${chance ? "which holds .5: nothing shows that the fit sees other labels than those it is given (a column that copies the label is not found this way, but by one column)" : "which is not chance: a label reaches the model by another way, or the interval missed (1 time in 100)"}.`,
      verdict: point === null ? "info" : chance ? "ok" : "warning",
      rule: `ok when .5 lies in the 99% interval of the mean ROC-AUC over ${SHUFFLES} shuffles (Student's t)`,
    };
  },
  "one-column": (own, { base, facts }) => {
    const gain = difference(own, base);
    const strong = (own.macro_f1.point ?? 0) > SHORTCUT_LIMIT;
    return {
      title: `One column: ${facts.alone}`,
      shows: `The audit's strongest column alone reaches macro-F1 ${shown(own.macro_f1)}, ${than(gain, "with all columns")}.`,
      verdict: verdict(gain, (value) => value > -LARGE || strong),
      rule: `warning when one column is above ${SHORTCUT_LIMIT} or less than ${LARGE} below all columns: the data give the label away`,
    };
  },
  "without-duplicates": (own, { base, facts }) => {
    const gain = difference(own, base);
    return {
      title: "Without duplicates",
      shows: `${facts.removed} rows that repeat another one removed: macro-F1 is ${change(gain)}.`,
      verdict: verdict(gain, (value) => value < -SMALL),
      rule: `warning when macro-F1 falls by more than ${SMALL}, test rows included: repeated rows may have carried the score`,
    };
  },
  identifiers: (own, { base, facts }) => {
    const gain = difference(own, base);
    return {
      title: "Identifiers put back",
      shows: `With ${facts.identifiers.join(", ")} as columns macro-F1 is ${change(gain)} on the headline split.`,
      verdict: verdict(gain, (value) => value > SMALL),
      rule: `warning when macro-F1 rises by more than ${SMALL}: this split lets a model recognise hosts or hours`,
    };
  },
  "identifiers-random-split": (own, { random, base }) => {
    const [gain, over] = [difference(own, random), difference(own, base)];
    return {
      title: "Identifiers put back, random split",
      shows: `What an earlier system would have reported: macro-F1 ${shown(own.macro_f1)}, ${than(over, "on the headline split")} and ${than(gain, "on a random split without them")}.`,
      verdict: "info",
      rule: "none: it is no result of this kit",
    };
  },
};

function difference(own: Measured, other: Measured): number | null {
  const [a, b] = [own.macro_f1.point, other.macro_f1.point];
  return a === null || b === null ? null : a - b;
}

function verdict(gain: number | null, isWarning: (gain: number) => boolean): Verdict {
  if (gain === null) return "info";
  return isWarning(gain) ? "warning" : "ok";
}

/** Macro-F1 is …: "0.071 higher", "unchanged". */
function change(gain: number | null): string {
  if (gain === null) return "not comparable";
  if (Math.abs(gain) < 0.0005) return "unchanged";
  return `${Math.abs(gain).toFixed(3)} ${gain > 0 ? "higher" : "lower"}`;
}

/** "0.071 higher than on the headline split", "the same as …". */
function than(gain: number | null, other: string): string {
  if (gain === null) return `not comparable with that ${other}`;
  return Math.abs(gain) < 0.0005 ? `the same as ${other}` : `${change(gain)} than ${other}`;
}

const shown = ({ point }: Interval): string => shownEnd(point);
const shownEnd = (value: number | null): string => (value === null ? "undefined" : value.toFixed(3));

import { describe, expect, it } from "vitest";
import { judge, type Measured } from "#lib/explain/leaks/judge.js";
import type { LeakTestName, Verdict } from "#lib/explain/leaks/result.js";

const measured = (macroF1: number | null, auc: readonly [number, number] = [0.4, 0.6]): Measured => ({
  ...{ train: 10, columns: 3, tested: 5 },
  macro_f1: { point: macroF1, lo: macroF1, hi: macroF1, n: 5 },
  roc_auc: { point: (auc[0] + auc[1]) / 2, lo: auc[0], hi: auc[1], n: 8 },
});
const facts = { alone: "bytes", identifiers: ["orig_addr"], removed: 7 };

/** Verdicts of tests beside a headline of macro-F1 .8. */
function verdicts(tests: Partial<Record<LeakTestName, Measured>>): Partial<Record<LeakTestName, Verdict>> {
  const all = judge({ "as-is": measured(0.8), "random-split": measured(0.81), ...tests }, facts);
  return Object.fromEntries(all.map(({ test, verdict }) => [test, verdict]));
}

describe("judge", () => {
  it.each<[LeakTestName, Measured, Verdict]>([
    ["as-is", measured(0.8), "info"],
    ["random-split", measured(0.84), "ok"],
    ["random-split", measured(0.9), "warning"],
    ["shuffled-labels", measured(0.3), "ok"],
    ["shuffled-labels", measured(0.8, [0.7, 0.9]), "warning"],
    ["shuffled-labels", measured(0.8, [0.1, 0.3]), "warning"],
    ["one-column", measured(0.6), "ok"],
    ["one-column", measured(0.78), "warning"],
    ["without-duplicates", measured(0.79), "ok"],
    ["without-duplicates", measured(0.7), "warning"],
    ["identifiers", measured(0.75), "ok"],
    ["identifiers", measured(0.9), "warning"],
    ["identifiers-random-split", measured(0.99), "info"],
    ["without-duplicates", measured(null), "info"],
  ])("%s, macro-F1 %o: %s", (name, own, verdict) => {
    expect(verdicts({ [name]: own })[name]).toBe(verdict);
  });

  it("says in a sentence what each shows", () => {
    const tests = judge(
      { "as-is": measured(0.8), "random-split": measured(0.9), "without-duplicates": measured(0.8) },
      facts,
    );
    expect(tests.map(({ shows }) => shows)).toEqual([
      "What the other rows are held against: macro-F1 0.800, ROC-AUC 0.500.",
      "The same rows divided at random: macro-F1 is 0.100 higher than on the headline split: flows of the same sites, families and attack runs then stand on both sides.",
      "7 rows that repeat another one removed: macro-F1 is unchanged.",
    ]);
  });
});

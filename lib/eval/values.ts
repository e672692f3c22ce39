import { ratio } from "./confusion.js";
import { recallOf } from "./families.js";
import { metricsOf, recallAtFpr } from "./metrics.js";
import { metricNames } from "./result.js";
import { fprBudgets, type SortedPart, type Tally } from "./tally.js";

/**
 * Everything of a part that has an interval, NaN where it is undefined: the metrics in the order of metricNames, recall
 * within each budget of fprBudgets, recall of each family, of all families seen in training, of all others.
 * @param seen by family: whether training had it
 */
export function valuesOf(t: Tally, part: SortedPart, seen: readonly boolean[]): number[] {
  const values = metricsOf(t, part);
  const atFpr = recallAtFpr(t);
  return [
    ...metricNames.map((name) => values[name]),
    ...fprBudgets.map((name) => atFpr[name]),
    ...seen.map((_, f) => ratio(t.familyFlagged[f], t.familyRows[f])),
    recallOf(t, seen, true).value,
    recallOf(t, seen, false).value,
  ].map((value) => value ?? Number.NaN);
}

/** How many values `valuesOf` gives, and where each group of them begins. */
export function placesOf(families: number): {
  readonly budgets: number;
  readonly families: number;
  readonly seen: number;
  readonly novel: number;
  readonly count: number;
} {
  const budgets = metricNames.length;
  const first = budgets + fprBudgets.length;
  return {
    budgets,
    families: first,
    seen: first + families,
    novel: first + families + 1,
    count: first + families + 2,
  };
}

import type { Pair, PairedMetric } from "../eval/paired.js";
import { type ReportInput, resultsOf } from "./results.js";

/** Metrics of which less is better. */
const less: readonly PairedMetric[] = ["fpr"];

/**
 * Whether no model of a split is better on test: it has the best value, or the paired test finds no difference from the
 * model that has it. Never where there is nothing to choose from, or no test was made.
 */
export function isBest(input: ReportInput, split: string, model: string, metric: PairedMetric): boolean {
  const pairs = input.paired[split]?.parts.test?.pairs ?? [];
  const best = bestOf(input, split, metric);
  if (best === undefined || pairs.length === 0) return false;
  if (model === best) return true;
  const difference = pairOf(pairs, model, best)?.metrics[metric];
  return difference !== undefined && difference.p_holm !== null && !difference.differs;
}

/** The model with the best value on test; of equal ones the first in run.models. */
function bestOf(input: ReportInput, split: string, metric: PairedMetric): string | undefined {
  const sign = less.includes(metric) ? -1 : 1;
  let best: { readonly model: string; readonly value: number } | undefined;
  for (const { model, metrics } of resultsOf(input, split)) {
    const value = metrics.test[metric];
    if (value !== null && (best === undefined || sign * value > sign * best.value)) best = { model, value };
  }
  return best?.model;
}

/** Two models' comparison, whichever stands first. */
export function pairOf(pairs: readonly Pair[], a: string, b: string): Pair | undefined {
  return pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
}

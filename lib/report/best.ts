import type { Pair, PairedMetric } from "../eval/paired.js";
import { type ReportInput, resultsOf } from "./results.js";

/** Metrics of which less is better. */
const less: readonly PairedMetric[] = ["fpr"];

/**
 * Whether no model of a split is better on test: it has the best value, or the paired test finds no difference from the
 * model that has it. Where each model was compared with a control only: it is the control, or the test does not find it
 * worse. Never where there is nothing to choose from, or no test was made.
 */
export function isBest(input: ReportInput, split: string, model: string, metric: PairedMetric): boolean {
  const { control, parts } = input.paired[split] ?? { control: null, parts: {} };
  const pairs = parts.test?.pairs ?? [];
  if (pairs.length === 0) return false;
  const best = control === null ? bestOf(input, split, metric) : control.model;
  if (best === undefined) return false;
  if (model === best) return true;
  const difference = pairOf(pairs, model, best)?.metrics[metric];
  if (difference === undefined || difference.p_holm === null) return false;
  // Of a pair with the control b is the other model.
  return !difference.differs || (control !== null && signOf(metric) * difference.difference! > 0);
}

function signOf(metric: PairedMetric): 1 | -1 {
  return less.includes(metric) ? -1 : 1;
}

/** The model with the best value on test; of equal ones the first in run.models. */
function bestOf(input: ReportInput, split: string, metric: PairedMetric): string | undefined {
  const sign = signOf(metric);
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

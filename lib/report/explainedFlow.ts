import type { FlowContribution, FlowExplanation } from "../explain/flow.js";
import { waterfallFigure } from "./explainFigures.js";
import type { Figure } from "./figure.js";
import { percent, plainNumber } from "./numbers.js";

/** A column's value as a person reads it: a level's name, a number with few digits, or "missing". */
export function valueText({ value }: Pick<FlowContribution, "value">): string {
  if (value === null) return "missing";
  return typeof value === "string" ? value : plainNumber(Number(value.toPrecision(4)));
}

/** Levels that are named as usual; the others are counted. */
const LEVELS = 3;

/** What is usual among benign training rows: "0.1 to 3.5" (5% to 95% of the rows), or "tcp 78.0%, udp 20.1%". */
export function usualText({ usual }: Pick<FlowContribution, "usual">): string {
  const shown = (value: number): string => plainNumber(Number(value.toPrecision(4)));
  const missing = usual.missing > 0 ? `missing ${percent(usual.missing)}` : null;
  if ("levels" in usual) {
    const named = usual.levels.slice(0, LEVELS).map(({ level, share }) => `${level} ${percent(share)}`);
    const parts = missing === null ? named : [...named, missing];
    return parts.length === 0 ? "never seen" : parts.join(", ");
  }
  if (usual.p05 === null || usual.p95 === null) return "always missing";
  const range = usual.p05 === usual.p95 ? shown(usual.p05) : `${shown(usual.p05)} to ${shown(usual.p95)}`;
  return missing === null ? range : `${range}, ${missing}`;
}

/** The steps from the base value to the flow's sum; columns that are not listed are one step, the last. */
export function flowFigure(
  explanation: FlowExplanation,
  context: { readonly title?: string; readonly subtitle?: string },
): Figure {
  const { base, columns, of, rest } = explanation;
  const steps = columns.map((each) => ({
    name: `${each.column} = ${valueText(each)}`,
    value: each.contribution,
  }));
  if (rest.columns > 0) steps.push({ name: `${rest.columns} other columns`, value: rest.contribution });
  return waterfallFigure({ base, steps }, of, context);
}

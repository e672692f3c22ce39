import type { FigureContext } from "./evalFigures.js";
import { type Figure, figureOf } from "./figure.js";
import { fixed, plainNumber } from "./numbers.js";

/** What a model's column added to the scores of many flows. */
export interface ColumnContributions {
  readonly name: string;
  /** Per flow, what the column added to the score. */
  readonly contributions: ArrayLike<number>;
  /** Per flow, the column's value; NaN where it has none (missing, or a category). */
  readonly values: ArrayLike<number>;
}

/**
 * Contributions of columns to the scores of many flows, one row a column: which columns matter, and whether high or low
 * values push the score up. Rows stand in the order given.
 * @param x what the axis measures, such as "Contribution to the log odds of an attack"
 */
export function beeswarmFigure(
  columns: readonly ColumnContributions[],
  x: string,
  context: FigureContext & { readonly title?: string } = {},
): Figure {
  const { title = "Contributions of columns", ...rest } = context;
  const ranges = columns.map(({ name, contributions }) => {
    let [low, high] = [0, 0];
    for (const value of Array.from(contributions)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return `${name} ${fixed(low, 3)} to ${fixed(high, 3)}`;
  });
  return figureOf(
    {
      kind: "beeswarm",
      title,
      ...rest,
      x: { title: x },
      rows: columns.map(({ name, contributions, values }) => ({
        name,
        x: contributions,
        shade: shadesOf(values),
        text: Array.from(values, (value) => (Number.isNaN(value) ? "no number" : plainNumber(value))),
      })),
      color: { title: "Value of the column in the flow", low: "low", high: "high" },
    },
    `${title}: what each of ${columns.length} columns added to the scores of single flows. ${ranges.join("; ")}.`,
  );
}

/**
 * Where each value lies between the 5% and the 95% of its kind, 0 to 1, so that single outliers do not make all others
 * look alike. Equal values all are in the middle; NaN stays NaN.
 */
export function shadesOf(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(Array.from(values).filter(Number.isFinite)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  let [low, high] = [at(0.05), at(0.95)];
  if (low === high) [low, high] = [at(0), at(1)];
  return Float64Array.from(values, (value) =>
    Number.isNaN(value) ? value : low === high ? 0.5 : Math.min(1, Math.max(0, (value - low) / (high - low))),
  );
}

/** Why one flow has its score: from the usual score to this one, a step a column, in the order given. */
export function waterfallFigure(
  flow: {
    /** The score before any column is known. */
    readonly base: number;
    readonly steps: readonly { readonly name: string; readonly value: number }[];
  },
  x: string,
  context: FigureContext & { readonly title?: string; readonly base?: string; readonly sum?: string } = {},
): Figure {
  const {
    title = "Why this flow has its score",
    base = "average flow",
    sum = "this flow",
    ...rest
  } = context;
  const steps = flow.steps.map(({ name, value }) => `${name} ${value < 0 ? "" : "+"}${fixed(value, 3)}`);
  return figureOf(
    {
      kind: "waterfall",
      title,
      ...rest,
      x: { title: x },
      base: { name: base, value: flow.base },
      steps: flow.steps,
      sum,
    },
    `${title}. From ${fixed(flow.base, 3)} (${base}): ${steps.join(", ")}.`,
  );
}

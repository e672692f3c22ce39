import { z } from "zod";
import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { Groups, Rows } from "./contract.js";

const allow_both = z
  .boolean()
  .default(false)
  .describe("with class_weight or resample as well: they may correct the same thing");

/** `sample_weight` of the models that can weigh single rows. */
export const sampleWeightParam = z
  .union([
    z.strictObject({
      by: z.string().describe("column of flows.parquet by whose values rows weigh: source, family, day, …"),
      weight: z
        .union([z.literal("balanced"), z.record(z.string(), z.number().min(0))])
        .default("balanced")
        .describe("balanced: each value weighs the same in total; or the weight of a row by value, others 1"),
      allow_both,
    }),
    z.strictObject({
      column: z.string().describe("column of flows.parquet that holds each row's weight, a number from 0 on"),
      allow_both,
    }),
  ])
  .nullable()
  .default(null)
  .describe("weights of training rows; their mean is made 1");
export type SampleWeight = z.infer<typeof sampleWeightParam>;

/** The column that weights come from. */
export function weightColumn(weight: NonNullable<SampleWeight>): string {
  return "by" in weight ? weight.by : weight.column;
}

/** Weights of rows. */
export interface SampleWeighting {
  /** Of the training rows; their mean is 1. */
  readonly train: Float64Array;
  /** Of other rows, by the same rule; a value that training does not hold weighs 1. */
  of(rows: Rows): Float64Array;
}

/**
 * The weights that `sample_weight` asks for; null when all rows weigh the same.
 * @throws DataError when the rows do not have the column, a value in it is no weight, a named value is not in the
 * training rows, or all of them weigh nothing
 */
export function sampleWeighting(weight: SampleWeight, train: Rows): SampleWeighting | null {
  if (weight === null) return null;
  const name = weightColumn(weight);
  const groups = groupsOf(train, name);
  const raw = "by" in weight ? weightsByName(weight.weight, groups, name) : (value: string) => Number(value);
  const weigh = (rows: Rows): Float64Array => {
    const { names, codes } = groupsOf(rows, name);
    const values = names.map((value) => {
      const each = raw(value);
      if (!Number.isFinite(each) || each < 0) {
        throw new DataError(
          `sample_weight: "${value}" in column "${name}" is no weight: a number from 0 on is expected. ` +
            "Name another column in params.yaml.",
        );
      }
      return each;
    });
    return Float64Array.from(codes, (code) => values[code]);
  };
  const own = weigh(train);
  const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
  if (!(mean > 0)) {
    throw new DataError(`sample_weight: all ${own.length} training rows weigh 0 by column "${name}".`);
  }
  const scaled = (weights: Float64Array): Float64Array => weights.map((each) => each / mean);
  return { train: scaled(own), of: (rows) => scaled(weigh(rows)) };
}

/** Class counts where each row counts as much as it weighs. */
export function weightedCounts(rows: Rows, weights: Float64Array): Float64Array {
  const counts = new Float64Array(rows.classes.length);
  rows.y.forEach((c, i) => {
    counts[c] += weights[i];
  });
  return counts;
}

function groupsOf(rows: Rows, name: string): Groups {
  const groups = rows.groups?.[name];
  if (groups === undefined) {
    throw new DataError(`sample_weight: the rows come without the column "${name}" of flows.parquet.`);
  }
  return groups;
}

function weightsByName(
  weight: "balanced" | Readonly<Record<string, number>>,
  { names, codes }: Groups,
  column: string,
): (value: string) => number {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(names[code], (counts.get(names[code]) ?? 0) + 1);
  if (weight === "balanced") {
    const each = codes.length / counts.size;
    return (value) => each / (counts.get(value) ?? each);
  }
  const known = [...counts.keys()];
  for (const value of Object.keys(weight)) {
    if (counts.has(value)) continue;
    throw new DataError(
      `sample_weight: no training row has "${value}" in column "${column}" (has: ${known.join(", ")}).` +
        didYouMean(value, known),
    );
  }
  return (value) => weight[value] ?? 1;
}

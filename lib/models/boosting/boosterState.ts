import { z } from "zod";
import { FormatError, ParamsError } from "../../base/errors.js";
import type { CategoryRanks } from "../trees/categories.js";
import type { Tree } from "../trees/ensemble.js";
import type { Monotone } from "../trees/monotone.js";

const ints = z.array(z.int());
/** JSON knows no infinity and no NaN: null stands for +Infinity in thresholds and for NaN in ranks. */
const numbers = z.array(z.number().nullable());
const schema = z.strictObject({
  base: z.array(z.number()),
  categories: z.array(z.strictObject({ column: z.int(), ranks: numbers, unseen: z.number().nullable() })),
  monotone: z.record(z.string(), z.union([z.literal(1), z.literal(-1)])),
  trees: z.array(
    z.strictObject({
      feature: ints,
      threshold: numbers,
      left: ints,
      right: ints,
      missing_left: ints,
      value: z.array(z.number()),
      rows: z.array(z.number()),
    }),
  ),
});

/** Boosted rounds that are done: leaves as they were learned, before they are rounded for the ensemble (exactSums). */
export interface BoosterRounds {
  readonly base: Float32Array;
  readonly categories: readonly CategoryRanks[];
  readonly trees: readonly Tree[];
}

/** What boosting needs to go on, as plain JSON. */
export function boosterState(
  { base, categories, trees }: BoosterRounds,
  monotone: Monotone,
): z.infer<typeof schema> {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    base: [...base],
    categories: categories.map(({ column, ranks, unseen }) => ({
      column,
      ranks: Array.from(ranks, finite),
      unseen: finite(unseen),
    })),
    monotone,
    trees: trees.map(({ feature, threshold, left, right, missingLeft, value, cover }) => ({
      feature: [...feature],
      threshold: Array.from(threshold, finite),
      left: [...left],
      right: [...right],
      missing_left: [...missingLeft],
      value: [...value],
      rows: [...cover],
    })),
  };
}

/**
 * The rounds of a state.
 * @throws FormatError when it is no state of boosting, ParamsError when earlier trees need not be monotone where new ones
 * are to be
 */
export function earlierRounds(state: unknown, monotone: Monotone): BoosterRounds {
  const parsed = schema.safeParse(state);
  if (!parsed.success) {
    throw new FormatError(
      `gradient-boosting: continue_from: the state cannot be read: ${z.prettifyError(parsed.error).slice(0, 200)}. ` +
        "Train the model to go on from again.",
    );
  }
  const { base, categories, trees } = parsed.data;
  const free = Object.keys(monotone).filter((name) => parsed.data.monotone[name] !== monotone[name]);
  if (free.length > 0) {
    throw new ParamsError(
      `gradient-boosting: monotone: the trees of continue_from were grown without this direction for ${free.join(", ")}, ` +
        "so that their sum with new ones would not keep it. Leave it out, or train from the start.",
    );
  }
  return {
    base: Float32Array.from(base),
    categories: categories.map(({ column, ranks, unseen }) => ({
      column,
      ranks: Float32Array.from(ranks, (rank) => rank ?? Number.NaN),
      unseen: unseen ?? Number.NaN,
    })),
    trees: trees.map(({ feature, threshold, left, right, missing_left, value, rows }) => ({
      feature: Int32Array.from(feature),
      threshold: Float32Array.from(threshold, (each) => each ?? Number.POSITIVE_INFINITY),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      missingLeft: Uint8Array.from(missing_left),
      value: Float32Array.from(value),
      cover: Float32Array.from(rows),
    })),
  };
}

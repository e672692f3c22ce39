import { DataError } from "../../base/errors.js";
import { didYouMean } from "../../base/nearest.js";
import type { Target } from "./params.js";

/**
 * Rows wanted of each group.
 * @param sizes rows that each group has; a group without rows stays without
 * @param step what asks, for the message: `smote`
 * @param direction `more`: no group shrinks; `fewer`: none grows
 * @throws DataError for a name that no training row has, and for a number that goes the wrong way
 */
export function wantedRows(
  target: Target,
  names: readonly string[],
  sizes: readonly number[],
  step: string,
  direction: "more" | "fewer",
): number[] {
  const there = names.filter((_, g) => sizes[g] > 0);
  const largest = Math.max(0, ...sizes);
  if (target === "balanced") {
    const goal = direction === "more" ? largest : Math.min(...sizes.filter((size) => size > 0));
    return sizes.map((size) => (size === 0 ? 0 : goal));
  }
  const wanted = [...sizes];
  for (const [name, number] of Object.entries(target)) {
    const g = names.indexOf(name);
    if (g < 0 || sizes[g] === 0) {
      throw new DataError(
        `resample: ${step}.target names "${name}", and no training row is of it (has: ${there.join(", ")}).` +
          `${didYouMean(name, there)} Change the target in params.yaml, or by: class or family.`,
      );
    }
    if (number > 1 && !Number.isInteger(number)) {
      throw new DataError(
        `resample: ${step}.target.${name} is ${number}; a whole number of rows, or a share up to 1, was expected.`,
      );
    }
    wanted[g] = number > 1 ? number : Math.max(1, Math.round(number * largest));
    if (direction === "more" ? wanted[g] < sizes[g] : wanted[g] > sizes[g]) {
      throw new DataError(
        `resample: ${step}.target.${name} asks for ${wanted[g]} rows, and the training part has ${sizes[g]}: ${step} ` +
          `only ${direction === "more" ? "adds rows. Use undersample, or ask for more" : "leaves rows out. Use smote or oversample, or ask for fewer"}.`,
      );
    }
  }
  return wanted;
}

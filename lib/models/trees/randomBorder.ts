import type { Rng } from "../../base/rng.js";
import { type Binned, binThreshold } from "./bins.js";
import { floorFloat32 } from "./float32.js";

/**
 * A border of a column with values on both sides, the chance of each in proportion to the gap of values that it lies in.
 * @param first the lowest code of values there is, `last` the highest
 * @returns the highest code on the left, and the threshold, a float; Infinity where there is one code only
 * Source: Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees", Machine Learning 63.
 */
export function randomBorder(
  binned: Binned<Uint8Array | Uint16Array>,
  feature: number,
  first: number,
  last: number,
  rng: Rng,
): { readonly bin: number; readonly threshold: number } {
  const { low, high, stride } = binned;
  const from = feature * stride;
  const chance = rng.uint32() / 4294967296;
  if (first === last) return { bin: first, threshold: Number.POSITIVE_INFINITY };
  const at = low[from + first] + chance * (high[from + last] - low[from + first]);
  // The last bin, before `last`, whose middle is not above `at`; the first one when there is none.
  let bin = first;
  for (let end = last - 1; bin < end; ) {
    const middle = (bin + end + 1) >> 1;
    if (low[from + middle] / 2 + high[from + middle] / 2 <= at) bin = middle;
    else end = middle - 1;
  }
  const threshold = floorFloat32(at);
  const parts = threshold >= high[from + bin] && threshold < low[from + bin + 1];
  return { bin, threshold: parts ? threshold : binThreshold(binned, feature, bin, bin + 1) };
}

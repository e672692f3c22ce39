/** Units of a row stay below this, so that they and a class fit into one integer. */
const MOST_UNITS = 2 ** 22;
/** Units of all rows stay below this, so that they can be added up as integers. */
const MOST_SUM = 2 ** 30;

/**
 * Weights of a tree's rows as integers, whose sums are exact in any order: in place of how often each row was drawn, that
 * times its weight in units. A row of a positive weight has at least one unit; the units are as small as the integers allow
 * (a 2^30th of the whole weight, or a 2^22nd of the heaviest row).
 * @param drawn how often each row was drawn; becomes its units
 * @returns units in a weight of 1, a power of two
 */
export function weighRows(drawn: Int32Array, weights: Float64Array): number {
  let sum = 0;
  let most = 0;
  for (let i = 0; i < drawn.length; i++) {
    const weight = drawn[i] * weights[i];
    sum += weight;
    if (weight > most) most = weight;
  }
  if (most === 0) {
    drawn.fill(0);
    return 1;
  }
  const scale = 2 ** Math.floor(Math.log2(Math.min(MOST_SUM / sum, MOST_UNITS / most)));
  for (let i = 0; i < drawn.length; i++) {
    const weight = drawn[i] * weights[i];
    drawn[i] = weight > 0 ? Math.max(1, Math.round(weight * scale)) : 0;
  }
  return scale;
}

/**
 * P-values corrected for there being several: each is multiplied by how many are left in the order from the smallest on,
 * and none falls below one before it. What stays below 0.05 is significant with at most a 5% chance of any false alarm
 * among them all.
 * @param pValues null: not defined, and not counted
 * Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const order = [...pValues.keys()].filter((i) => pValues[i] !== null);
  order.sort((i, j) => pValues[i]! - pValues[j]! || i - j);
  const adjusted = pValues.map((): number | null => null);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * pValues[i]!));
    adjusted[i] = largest;
  });
  return adjusted;
}

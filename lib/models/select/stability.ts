/**
 * How much selections of columns agree: 1 when all are equal, about 0 when they are no more alike than random ones of
 * their sizes. Above 0.75 is called excellent agreement, below 0.4 poor.
 * Source: Nogueira, Sechidis and Brown 2018, On the stability of feature selection algorithms, JMLR 18(174), equation 4;
 * of selections of equal size it is Kuncheva's index (2007) averaged over pairs.
 * @param selections the columns of each
 * @returns null with fewer than two, or when all columns (or none) are always selected
 */
export function stabilityOf(selections: readonly (readonly number[])[], columns: number): number | null {
  const m = selections.length;
  const shares = selectedShares(selections, columns);
  const mean = shares.reduce((sum, p) => sum + p, 0);
  if (m < 2 || mean === 0 || mean >= columns) return null;
  const variance = shares.reduce((sum, p) => sum + (m / (m - 1)) * p * (1 - p), 0) / columns;
  return 1 - variance / ((mean / columns) * (1 - mean / columns));
}

/** Of each column the share of the selections that have it. */
export function selectedShares(selections: readonly (readonly number[])[], columns: number): Float64Array {
  const shares = new Float64Array(columns);
  for (const selection of selections) for (const j of selection) shares[j] += 1;
  return shares.map((count) => count / selections.length);
}

/** The 97.5% quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Wilson's 95% score interval of the share `hits` / `n`: it has width where none or all of `n` are hits, and lies within [0, 1]. It takes
 * rows as independent, which those of one attack run are not.
 * @returns its ends, or null when `n` is 0
 * Source: Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA 22.
 */
export function wilson(hits: number, n: number): readonly [lo: number, hi: number] | null {
  if (n === 0) return null;
  const point = hits / n;
  const z2 = (Z * Z) / n;
  const middle = (point + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((point * (1 - point) + z2 / 4) / n)) / (1 + z2);
  return [hits === 0 ? 0 : middle - half, hits === n ? 1 : middle + half];
}

/** Ranges at least so long are narrowed by a sample first. */
const SAMPLED = 600;

/**
 * Put the number of rank `k` (0: the least) at place `k`, none greater before it, none smaller behind it, the others in any
 * order: a median in linear time. No NaN.
 * @param left first place that counts; `right` the last
 * Source: Floyd and Rivest 1975, Algorithm 489: The Algorithm SELECT.
 */
export function select(values: Float64Array, k: number, left = 0, right = values.length - 1): void {
  let [from, to] = [left, right];
  while (to > from) {
    if (to - from > SAMPLED) {
      const n = to - from + 1;
      const i = k - from + 1;
      const z = Math.log(n);
      const s = 0.5 * Math.exp((2 * z) / 3);
      const sd = 0.5 * Math.sqrt((z * s * (n - s)) / n) * Math.sign(i - n / 2);
      select(
        values,
        k,
        Math.max(from, Math.floor(k - (i * s) / n + sd)),
        Math.min(to, Math.floor(k + ((n - i) * s) / n + sd)),
      );
    }
    const pivot = values[k];
    let [i, j] = [from, to];
    swap(values, from, k);
    if (values[to] > pivot) swap(values, from, to);
    while (i < j) {
      swap(values, i, j);
      i++;
      j--;
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
    }
    if (values[from] === pivot) swap(values, from, j);
    else {
      j++;
      swap(values, j, to);
    }
    if (j <= k) from = j + 1;
    if (k <= j) to = j - 1;
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const held = values[i];
  values[i] = values[j];
  values[j] = held;
}

/**
 * Counts the values of a column in bins of their leading bits, by class, in one look at each: table/rows/profile.ts is its
 * other side.
 */

/** What is known of the values after those of earlier calls. */
export let missing: i32 = 0;
export let min: f64 = 0;
export let max: f64 = 0;

/**
 * @param kinds the class of each row, a byte from 0 to 3
 * @param bins four counters of 32 bits for each bin; zero and minus zero are in the first one
 * @param shift bits of a double that do not tell its bin
 */
export function profile(values: i32, n: i32, kinds: i32, bins: i32, shift: u64): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(values + (i << 3));
    if (isNaN(value)) {
      missing++;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    const bin = value === 0 ? 0 : i32(reinterpret<u64>(value) >> shift);
    const at = bins + (bin << 4) + (i32(load<u8>(kinds + i)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

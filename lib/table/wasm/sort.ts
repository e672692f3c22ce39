/** A radix sort of doubles, least significant digit first. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;
const SIGN: u64 = 1 << 63;

/** How many values are not missing. */
export let present: i32 = 0;
/** Where `sort` has left the keys of those, ascending, and the row of each; equal values have one key and stay in the order of their rows. */
export let sortedKeys: i32 = 0;
export let sortedRows: i32 = 0;

/**
 * Sort `n` values; NaN is missing, -0 is 0.
 * @param keys, rows, otherKeys, otherRows memory for `n` integers of 64 and 32 bits
 * @param counts memory for 6 times 2,048 integers of 32 bits
 */
export function sort(
  values: i32,
  n: i32,
  keys: i32,
  rows: i32,
  otherKeys: i32,
  otherRows: i32,
  counts: i32,
): void {
  memory.fill(counts, 0, (DIGITS * PASSES) << 2);
  present = 0;
  for (let row = 0; row < n; row++) {
    const value = load<f64>(values + (row << 3));
    if (isNaN(value)) continue;
    const bits = value === 0 ? 0 : reinterpret<u64>(value);
    const key = bits ^ ((bits & SIGN) !== 0 ? u64.MAX_VALUE : SIGN);
    store<u64>(keys + (present << 3), key);
    store<i32>(rows + (present << 2), row);
    present++;
    for (let pass = 0; pass < PASSES; pass++) {
      const place = placeOf(counts, key, pass);
      store<i32>(place, load<i32>(place) + 1);
    }
  }
  for (let pass = 0; pass < PASSES; pass++) {
    // A digit that all keys share moves nothing.
    if (present === 0 || load<i32>(placeOf(counts, load<u64>(keys), pass)) === present) continue;
    let sum = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const place = counts + ((pass * DIGITS + digit) << 2);
      const count = load<i32>(place);
      store<i32>(place, sum);
      sum += count;
    }
    for (let i = 0; i < present; i++) {
      const key = load<u64>(keys + (i << 3));
      const place = placeOf(counts, key, pass);
      const to = load<i32>(place);
      store<i32>(place, to + 1);
      store<u64>(otherKeys + (to << 3), key);
      store<i32>(otherRows + (to << 2), load<i32>(rows + (i << 2)));
    }
    const movedKeys = otherKeys;
    const movedRows = otherRows;
    otherKeys = keys;
    otherRows = rows;
    keys = movedKeys;
    rows = movedRows;
  }
  sortedKeys = keys;
  sortedRows = rows;
}

function placeOf(counts: i32, key: u64, pass: i32): i32 {
  return counts + ((pass * DIGITS + (i32(key >> (pass * DIGIT_BITS)) & (DIGITS - 1))) << 2);
}

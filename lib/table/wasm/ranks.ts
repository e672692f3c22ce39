/** Ranks of doubles by a radix sort, least significant digit first: table/rows/ranks.ts is its other side. */
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 6;
const SIGN: u64 = 1 << 63;

/**
 * Write the rank of each value to `codes`: 1 for the least, equal values have one; a missing value 0. The value of each
 * rank goes to `distinct`, from its second place on.
 * @param keys, rows, otherKeys, otherRows memory for `n` integers of 64 and 32 bits
 * @param counts memory for 6 times 2,048 integers of 32 bits
 * @returns the highest rank
 */
export function ranks(
  values: i32,
  n: i32,
  keys: i32,
  rows: i32,
  otherKeys: i32,
  otherRows: i32,
  counts: i32,
  codes: i32,
  distinct: i32,
): i32 {
  memory.fill(counts, 0, (DIGITS * PASSES) << 2);
  let present = 0;
  for (let row = 0; row < n; row++) {
    const value = load<f64>(values + (row << 3));
    if (isNaN(value)) {
      store<i32>(codes + (row << 2), 0);
      continue;
    }
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
    const sortedKeys = otherKeys;
    const sortedRows = otherRows;
    otherKeys = keys;
    otherRows = rows;
    keys = sortedKeys;
    rows = sortedRows;
  }
  let rank = 0;
  let last: u64 = 0;
  for (let i = 0; i < present; i++) {
    const key = load<u64>(keys + (i << 3));
    const row = load<i32>(rows + (i << 2));
    if (i === 0 || key !== last) store<f64>(distinct + (++rank << 3), load<f64>(values + (row << 3)));
    last = key;
    store<i32>(codes + (row << 2), rank);
  }
  return rank;
}

function placeOf(counts: i32, key: u64, pass: i32): i32 {
  return counts + ((pass * DIGITS + (i32(key >> (pass * DIGIT_BITS)) & (DIGITS - 1))) << 2);
}

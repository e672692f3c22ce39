/** 2^64 divided by the golden ratio (Knuth 1973, multiplicative hashing). */
const FACTOR: u64 = 0x9e3779b97f4a7c15;
/** After so many values, so many distinct ones say that there will be too many. */
const SAMPLE = 4096;
const SAMPLE_DISTINCT = 3584;

/**
 * The distinct values of `n` doubles, in order of first appearance, go to `values`, and for each one its place among them to
 * `places`. Values are told apart by their bits, so 0 and -0 are two.
 * @param limit most distinct values, a power of two
 * @param slots memory for twice as many integers
 * @returns how many distinct values there are, or -1 when they are more than `limit`, or nearly all of the first ones differ
 */
export function distinct64(source: i32, n: i32, places: i32, values: i32, slots: i32, limit: i32): i32 {
  return distinct<u64>(source, n, places, values, slots, limit);
}

/** The same of floats. */
export function distinct32(source: i32, n: i32, places: i32, values: i32, slots: i32, limit: i32): i32 {
  return distinct<u32>(source, n, places, values, slots, limit);
}

function distinct<T>(source: i32, n: i32, places: i32, values: i32, slots: i32, limit: i32): i32 {
  // Open addressing: 0, or one more than the place of a value.
  memory.fill(slots, 0, limit << 3);
  const shift = u64(clz(limit) + 32);
  const mask = (limit << 1) - 1;
  let size = 0;
  for (let i = 0; i < n; i++) {
    const bits = load<T>(source + i * sizeof<T>());
    let slot = i32((u64(bits) * FACTOR) >> shift);
    let place = load<i32>(slots + (slot << 2)) - 1;
    while (place >= 0 && load<T>(values + place * sizeof<T>()) !== bits) {
      slot = (slot + 1) & mask;
      place = load<i32>(slots + (slot << 2)) - 1;
    }
    if (place < 0) {
      if (size === limit || (size === SAMPLE_DISTINCT && i < SAMPLE && n > SAMPLE)) return -1;
      place = size++;
      store<T>(values + place * sizeof<T>(), bits);
      store<i32>(slots + (slot << 2), size);
    }
    store<i32>(places + (i << 2), place);
  }
  return size;
}

/** Move the values that are not missing to `into`, one after the other. */
export function compact64(values: i32, n: i32, into: i32): void {
  compact<f64>(values, n, into);
}

export function compact32(values: i32, n: i32, into: i32): void {
  compact<f32>(values, n, into);
}

function compact<T>(values: i32, n: i32, into: i32): void {
  let to = into;
  const end = values + n * sizeof<T>();
  for (let at = values; at < end; at += sizeof<T>()) {
    const value = load<T>(at);
    store<T>(to, value);
    if (!isNaN(value)) to += sizeof<T>();
  }
}

/** For each value 1 where it is, 0 where it is missing, as integers of 32 bits. */
export function present64(values: i32, n: i32, into: i32): void {
  present<f64>(values, n, into);
}

export function present32(values: i32, n: i32, into: i32): void {
  present<f32>(values, n, into);
}

function present<T>(values: i32, n: i32, into: i32): void {
  for (let i = 0; i < n; i++) store<i32>(into + (i << 2), i32(!isNaN(load<T>(values + i * sizeof<T>()))));
}

/** PLAIN: whole numbers below 2^63 as integers of 64 bits. */
export function integers(values: i32, n: i32, into: i32): void {
  for (let i = 0; i < n; i++) store<i64>(into + (i << 3), i64(load<f64>(values + (i << 3))));
}

/** BYTE_STREAM_SPLIT: the first bytes of all values, then the second ones, and so on: like bytes stand together. */
export function byteStreams32(values: i32, n: i32, into: i32): void {
  split(values, 0, n, n, 4, into);
}

export function byteStreams64(values: i32, n: i32, into: i32): void {
  const whole = n & ~15;
  for (let i = 0; i < whole; i += 16) sixteenDoubles(values + (i << 3), into + i, n);
  split(values, whole, n, n, 8, into);
}

function split(values: i32, from: i32, to: i32, n: i32, size: i32, into: i32): void {
  for (let byte = 0; byte < size; byte++) {
    const stream = into + byte * n;
    for (let i = from; i < to; i++) store<u8>(stream + i, load<u8>(values + i * size + byte));
  }
}

/** Sixteen bytes of each of the eight streams, which stand `n` bytes apart. */
function sixteenDoubles(values: i32, into: i32, n: i32): void {
  // Of two doubles: their first bytes, their second ones, …
  const a = byteTwins(v128.load(values));
  const b = byteTwins(v128.load(values, 16));
  const c = byteTwins(v128.load(values, 32));
  const d = byteTwins(v128.load(values, 48));
  const e = byteTwins(v128.load(values, 64));
  const f = byteTwins(v128.load(values, 80));
  const g = byteTwins(v128.load(values, 96));
  const h = byteTwins(v128.load(values, 112));
  fourStreams(lowPairs(a, b), lowPairs(c, d), lowPairs(e, f), lowPairs(g, h), into, n);
  fourStreams(highPairs(a, b), highPairs(c, d), highPairs(e, f), highPairs(g, h), into + 4 * n, n);
}

/** Four streams from four times four bytes of each. */
function fourStreams(ab: v128, cd: v128, ef: v128, gh: v128, into: i32, n: i32): void {
  const low = v128.shuffle<i32>(ab, cd, 0, 4, 1, 5);
  const high = v128.shuffle<i32>(ab, cd, 2, 6, 3, 7);
  const lowRest = v128.shuffle<i32>(ef, gh, 0, 4, 1, 5);
  const highRest = v128.shuffle<i32>(ef, gh, 2, 6, 3, 7);
  v128.store(into, v128.shuffle<i64>(low, lowRest, 0, 2));
  v128.store(into + n, v128.shuffle<i64>(low, lowRest, 1, 3));
  v128.store(into + 2 * n, v128.shuffle<i64>(high, highRest, 0, 2));
  v128.store(into + 3 * n, v128.shuffle<i64>(high, highRest, 1, 3));
}

function byteTwins(two: v128): v128 {
  return v128.shuffle<i8>(two, two, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

function lowPairs(one: v128, other: v128): v128 {
  return v128.shuffle<i16>(one, other, 0, 8, 1, 9, 2, 10, 3, 11);
}

function highPairs(one: v128, other: v128): v128 {
  return v128.shuffle<i16>(one, other, 4, 12, 5, 13, 6, 14, 7, 15);
}

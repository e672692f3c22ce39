/** What `range` found: how many values are not missing (NaN), their range, and whether all are whole numbers. */
export let count: i32 = 0;
export let min: f64 = 0;
export let max: f64 = 0;
export let whole: bool = true;

/** Look through `n` doubles. */
export function range64(values: i32, n: i32): void {
  begin();
  let found = i64x2.splat(0);
  let least = f64x2.splat(min);
  let most = f64x2.splat(max);
  let fractions = i64x2.splat(0);
  const end = values + ((n & ~1) << 3);
  for (let at = values; at < end; at += 16) {
    const two = v128.load(at);
    const there = f64x2.eq(two, two);
    // A comparison with a missing value is false, and the other one stays.
    least = f64x2.pmin(least, two);
    most = f64x2.pmax(most, two);
    found = i64x2.sub(found, there);
    fractions = v128.or(fractions, v128.and(there, f64x2.ne(f64x2.trunc(two), two)));
  }
  count = i32(i64x2.extract_lane(found, 0) + i64x2.extract_lane(found, 1));
  whole = !v128.any_true(fractions);
  min = Math.min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
  max = Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  if ((n & 1) === 1) take(load<f64>(end));
}

/** Look through `n` floats. */
export function range32(values: i32, n: i32): void {
  begin();
  for (let i = 0; i < n; i++) take(load<f32>(values + (i << 2)));
}

function begin(): void {
  count = 0;
  min = Infinity;
  max = -Infinity;
  whole = true;
}

function take(value: f64): void {
  if (isNaN(value)) return;
  count++;
  if (value < min) min = value;
  if (value > max) max = value;
  if (trunc(value) !== value) whole = false;
}

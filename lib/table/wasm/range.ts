/** What `range` found: how many values are not missing (NaN), their range, and whether all are whole numbers. */
export let count: i32 = 0;
export let min: f64 = 0;
export let max: f64 = 0;
export let whole: bool = true;

/** Look through `n` doubles. */
export function range64(values: i32, n: i32): void {
  range<f64>(values, n);
}

/** Look through `n` floats. */
export function range32(values: i32, n: i32): void {
  range<f32>(values, n);
}

function range<T>(values: i32, n: i32): void {
  let found = 0;
  let least = Infinity;
  let most = -Infinity;
  let fractions = 0;
  const end = values + n * sizeof<T>();
  for (let at = values; at < end; at += sizeof<T>()) {
    const value = f64(load<T>(at));
    found += i32(!isNaN(value));
    least = value < least ? value : least;
    most = value > most ? value : most;
    // Infinite numbers are their own whole part, and a missing one has no fraction.
    fractions |= i32(trunc(value) < value) | i32(trunc(value) > value);
  }
  count = found;
  min = least;
  max = most;
  whole = fractions === 0;
}

/**
 * Products of one vector with rows: ../linearRows.ts is its other side. A product is summed up in four sums, which are
 * added at the end, two lanes of a vector each: the order is part of the result.
 */

/** To `out`: start + vector · row for each of `count` rows of `size` numbers, floats where `single`, else doubles. */
export function products(
  vector: usize,
  rows: usize,
  count: i32,
  size: i32,
  single: bool,
  start: f64,
  out: usize,
): void {
  const step = (<usize>size) << (single ? 2 : 3);
  for (let i = 0; i < count; i++, rows += step, out += 8)
    store<f64>(
      out,
      start + (single ? productOf<f32>(vector, rows, size) : productOf<f64>(vector, rows, size)),
    );
}

export function product(vector: usize, row: usize, size: i32, single: bool): f64 {
  return single ? productOf<f32>(vector, row, size) : productOf<f64>(vector, row, size);
}

function productOf<T>(vector: usize, row: usize, size: i32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  const fours = size & ~3;
  for (let j = 0; j < fours; j += 4, vector += 32, row += 4 * sizeof<T>()) {
    s01 = f64x2.add(s01, f64x2.mul(v128.load(vector), pair<T>(row)));
    s23 = f64x2.add(s23, f64x2.mul(v128.load(vector, 16), pair<T>(row + 2 * sizeof<T>())));
  }
  let s0 = f64x2.extract_lane(s01, 0);
  for (let j = fours; j < size; j++, vector += 8, row += sizeof<T>())
    s0 += load<f64>(vector) * <f64>load<T>(row);
  return s0 + f64x2.extract_lane(s01, 1) + (f64x2.extract_lane(s23, 0) + f64x2.extract_lane(s23, 1));
}

/** Add a multiple of a row to the vector. Returns the squared length of the row, one term after the other. */
export function addRow(vector: usize, row: usize, size: i32, single: bool, by: f64): f64 {
  return single ? addRowOf<f32>(vector, row, size, by) : addRowOf<f64>(vector, row, size, by);
}

function addRowOf<T>(vector: usize, row: usize, size: i32, by: f64): f64 {
  let squares: f64 = 0;
  const factor = f64x2.splat(by);
  const twos = size & ~1;
  for (let j = 0; j < twos; j += 2, vector += 16, row += 2 * sizeof<T>()) {
    const x = pair<T>(row);
    v128.store(vector, f64x2.add(v128.load(vector), f64x2.mul(factor, x)));
    const square = f64x2.mul(x, x);
    squares = squares + f64x2.extract_lane(square, 0) + f64x2.extract_lane(square, 1);
  }
  if (twos < size) {
    const x = <f64>load<T>(row);
    store<f64>(vector, load<f64>(vector) + by * x);
    squares += x * x;
  }
  return squares;
}

/** Add a multiple of a row of doubles to the vector. */
export function addDoubles(vector: usize, row: usize, size: i32, by: f64): void {
  const factor = f64x2.splat(by);
  const twos = size & ~1;
  for (let j = 0; j < twos; j += 2, vector += 16, row += 16)
    v128.store(vector, f64x2.add(v128.load(vector), f64x2.mul(factor, v128.load(row))));
  if (twos < size) store<f64>(vector, load<f64>(vector) + by * load<f64>(row));
}

/** Two numbers as doubles. */
function pair<T>(at: usize): v128 {
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

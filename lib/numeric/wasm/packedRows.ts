/**
 * Rows whose columns are mostly zero: ../packedRows.ts is its other side. Four columns that are all zero in a row are left
 * out of it. What is summed up is what ./linearRows.ts sums up, in its order: a zero adds nothing.
 *
 * A row: how many fours it has (u16), of each its number (u16), both filled up to 4 bytes; then the fours, floats each. The
 * last one of a row whose columns are no multiple of four holds zeros behind them.
 */

/** Bytes of a line of memory, and rows that are on their way from there at the same time. */
const LINE = 64;
const FETCHED = 16;

/**
 * Pack `count` rows of `size` floats one after the other.
 * @param starts gets the position of each, and then that of the end
 * @returns where the next row would stand
 */
export function pack(rows: usize, count: i32, size: i32, to: usize, starts: usize): usize {
  const whole = size >> 2;
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++, starts += 4, rows += (<usize>size) << 2) {
    store<u32>(starts, <u32>to);
    let found = 0;
    for (let four = 0; four < whole; four++) {
      store<u16>(to + 2 + ((<usize>found) << 1), <u16>four);
      found += i32(v128.any_true(f32x4.ne(v128.load(rows + ((<usize>four) << 4)), zero)));
    }
    let tail = false;
    for (let j = whole << 2; j < size; j++) tail = tail || load<f32>(rows + ((<usize>j) << 2)) !== 0;
    if (tail) {
      store<u16>(to + 2 + ((<usize>found) << 1), <u16>whole);
      found++;
    }
    store<u16>(to, <u16>found);
    let value = values(to, found);
    for (let f = 0; f < found; f++, value += 16) {
      const four = <i32>load<u16>(to + 2 + ((<usize>f) << 1));
      const from = rows + ((<usize>four) << 4);
      if (four < whole) v128.store(value, v128.load(from));
      else {
        v128.store(value, zero);
        memory.copy(value, from, (<usize>(size & 3)) << 2);
      }
    }
    to = value;
  }
  store<u32>(starts, <u32>to);
  return to;
}

/** Where the fours of a row stand. */
function values(row: usize, found: i32): usize {
  return row + ((((<usize>found) << 1) + 5) & ~3);
}

/** To `out`: start + vector · row for each of `count` rows at `places`, of which `starts` has the positions. */
export function products(
  vector: usize,
  starts: usize,
  places: usize,
  count: i32,
  size: i32,
  start: f64,
  out: usize,
): void {
  for (let first = 0; first < count; first += FETCHED) {
    const end = min(count, first + FETCHED);
    // Written over: it is there so that reading is not left out.
    store<i32>(out, fetch(starts, places, first, end));
    for (let i = first; i < end; i++, out += 8)
      store<f64>(out, start + product(vector, at(starts, places, i), size));
  }
}

function at(starts: usize, places: usize, i: i32): usize {
  return <usize>load<u32>(starts + ((<usize>load<i32>(places + ((<usize>i) << 2))) << 2));
}

/** Read something of each line of some rows, so that the processor waits for all of them at once. */
function fetch(starts: usize, places: usize, first: i32, end: i32): i32 {
  let sum = 0;
  for (let i = first; i < end; i++) {
    const place = starts + ((<usize>load<i32>(places + ((<usize>i) << 2))) << 2);
    const next = <usize>load<u32>(place, 4);
    for (let line = <usize>load<u32>(place); line < next; line += LINE) sum += load<i32>(line);
  }
  return sum;
}

/** vector · row. */
export function product(vector: usize, row: usize, size: i32): f64 {
  const found = <i32>load<u16>(row);
  const whole = size >> 2;
  let value = values(row, found);
  let four = row + 2;
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  let tail: usize = 0;
  for (let f = 0; f < found; f++, four += 2, value += 16) {
    const own = <i32>load<u16>(four);
    if (own === whole) {
      tail = value;
      break;
    }
    const to = vector + ((<usize>own) << 5);
    s01 = f64x2.add(s01, f64x2.mul(v128.load(to), f64x2.promote_low_f32x4(v128.load64_zero(value))));
    s23 = f64x2.add(s23, f64x2.mul(v128.load(to, 16), f64x2.promote_low_f32x4(v128.load64_zero(value, 8))));
  }
  let s0 = f64x2.extract_lane(s01, 0);
  if (tail !== 0)
    for (let j = whole << 2; j < size; j++, tail += 4)
      s0 += load<f64>(vector + ((<usize>j) << 3)) * <f64>load<f32>(tail);
  return s0 + f64x2.extract_lane(s01, 1) + (f64x2.extract_lane(s23, 0) + f64x2.extract_lane(s23, 1));
}

/** Add a multiple of a row to the vector, which has room for whole fours. Returns `squares`. */
export function add(vector: usize, row: usize, by: f64): f64 {
  const found = <i32>load<u16>(row);
  let value = values(row, found);
  const factor = f64x2.splat(by);
  for (let f = 0, four = row + 2; f < found; f++, four += 2, value += 16) {
    const to = vector + ((<usize>load<u16>(four)) << 5);
    const low = f64x2.promote_low_f32x4(v128.load64_zero(value));
    const high = f64x2.promote_low_f32x4(v128.load64_zero(value, 8));
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(factor, low)));
    v128.store(to, f64x2.add(v128.load(to, 16), f64x2.mul(factor, high)), 16);
  }
  return squares(row);
}

/** The squared length of a row, one term after the other. */
export function squares(row: usize): f64 {
  const found = <i32>load<u16>(row);
  let sum: f64 = 0;
  for (let value = values(row, found), end = value + ((<usize>found) << 4); value < end; value += 4) {
    const x = <f64>load<f32>(value);
    sum += x * x;
  }
  return sum;
}

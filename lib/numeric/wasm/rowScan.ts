/**
 * Passes over dense rows, floats where `single`, else doubles: ../rowScan.ts is its other side. Each column, and each pair
 * of columns, is summed in the order of the rows.
 */

/** Add `count` rows of `size` numbers to `sums`. */
export function sum(rows: usize, count: i32, size: i32, single: bool, sums: usize): void {
  if (single) sumOf<f32>(rows, count, size, sums);
  else sumOf<f64>(rows, count, size, sums);
}

function sumOf<T>(rows: usize, count: i32, size: i32, sums: usize): void {
  const twos = size & ~1;
  for (let i = 0; i < count; i++) {
    let to = sums;
    for (let j = 0; j < twos; j += 2, rows += 2 * sizeof<T>(), to += 16)
      v128.store(to, f64x2.add(v128.load(to), pair<T>(rows)));
    if (twos === size) continue;
    store<f64>(to, load<f64>(to) + <f64>load<T>(rows));
    rows += sizeof<T>();
  }
}

/**
 * Boyer and Moore's vote in each column.
 * @param candidate numbers of the kind of the rows; `lead` of as many bytes: both go on from call to call
 */
export function vote(rows: usize, count: i32, size: i32, single: bool, candidate: usize, lead: usize): void {
  if (single) voteOfFloats(rows, count, size, candidate, lead);
  else
    for (let i = 0; i < count; i++, rows += (<usize>size) << 3) voteOf<f64>(rows, 0, size, candidate, lead);
}

function voteOfFloats(rows: usize, count: i32, size: i32, candidate: usize, lead: usize): void {
  const fours = size & ~3;
  const zero = i32x4.splat(0);
  for (let i = 0; i < count; i++, rows += (<usize>size) << 2) {
    for (let j = 0; j < fours; j += 4) {
      const at = (<usize>j) << 2;
      const x = v128.load(rows + at);
      const now = v128.load(candidate + at);
      const ahead = v128.load(lead + at);
      const same = f32x4.eq(x, now);
      // Comparisons are -1 where they hold. A number that is not finite is no candidate.
      const led = i32x4.gt_s(ahead, zero);
      const less = f32x4.sub(x, x);
      const taken = v128.andnot(f32x4.eq(less, less), v128.or(same, led));
      v128.store(candidate + at, v128.bitselect(x, now, taken));
      const rise = v128.or(same, taken);
      v128.store(lead + at, i32x4.add(i32x4.sub(ahead, rise), v128.andnot(led, same)));
    }
    voteOf<f32>(rows, fours, size, candidate, lead);
  }
}

function voteOf<T>(row: usize, from: i32, size: i32, candidate: usize, lead: usize): void {
  for (let j = from; j < size; j++) {
    const at = <usize>j * sizeof<T>();
    const x = load<T>(row + at);
    const ahead = load<i32>(lead + at);
    if (x === load<T>(candidate + at)) store<i32>(lead + at, ahead + 1);
    else if (ahead > 0) store<i32>(lead + at, ahead - 1);
    else if (x - x === <T>0) {
      store<T>(candidate + at, x);
      store<i32>(lead + at, 1);
    }
  }
}

/** In how many rows each column is its `candidate` (as in `vote`); added to `counts`. */
export function matches(
  rows: usize,
  count: i32,
  size: i32,
  single: bool,
  candidate: usize,
  counts: usize,
): void {
  const fours = single ? size & ~3 : 0;
  for (let i = 0; i < count; i++, rows += (<usize>size) << (single ? 2 : 3)) {
    for (let j = 0; j < fours; j += 4) {
      const at = (<usize>j) << 2;
      const same = f32x4.eq(v128.load(rows + at), v128.load(candidate + at));
      v128.store(counts + at, i32x4.sub(v128.load(counts + at), same));
    }
    for (let j = fours; j < size; j++) {
      const at = counts + ((<usize>j) << 2);
      const same = single ? equal<f32>(rows, candidate, j) : equal<f64>(rows, candidate, j);
      store<i32>(at, load<i32>(at) + i32(same));
    }
  }
}

function equal<T>(a: usize, b: usize, j: i32): bool {
  const at = <usize>j * sizeof<T>();
  return load<T>(a + at) === load<T>(b + at);
}

/** What of a row differs from `value`: columns to `column`, differences to `apart`. Returns how many. */
function differences<T>(row: usize, size: i32, value: usize, column: usize, apart: usize): i32 {
  let found = 0;
  const twos = size & ~1;
  for (let j = 0; j < twos; j += 2, row += 2 * sizeof<T>(), value += 16) {
    const by = f64x2.sub(pair<T>(row), v128.load(value));
    const other = f64x2.ne(by, f64x2.splat(0));
    if (!v128.any_true(other)) continue;
    // Written in any case, and written over unless it counts.
    store<i32>(column + ((<usize>found) << 2), j);
    store<f64>(apart + ((<usize>found) << 3), f64x2.extract_lane(by, 0));
    found -= <i32>i64x2.extract_lane(other, 0);
    store<i32>(column + ((<usize>found) << 2), j + 1);
    store<f64>(apart + ((<usize>found) << 3), f64x2.extract_lane(by, 1));
    found -= <i32>i64x2.extract_lane(other, 1);
  }
  if (twos < size) {
    const by = <f64>load<T>(row) - load<f64>(value);
    store<i32>(column + ((<usize>found) << 2), twos);
    store<f64>(apart + ((<usize>found) << 3), by);
    found += i32(by !== 0);
  }
  return found;
}

/**
 * Rows less `value`, entries of zero left out, one row after the other.
 * @param column room for count × size + 1 numbers, as `apart` has
 * @param ends of each row, how many entries there are up to its end
 */
export function compress(
  rows: usize,
  count: i32,
  size: i32,
  single: bool,
  value: usize,
  column: usize,
  apart: usize,
  ends: usize,
): void {
  let found = 0;
  for (let i = 0; i < count; i++, ends += 4) {
    const to = column + ((<usize>found) << 2);
    const by = apart + ((<usize>found) << 3);
    if (single) found += differences<f32>(rows, size, value, to, by);
    else found += differences<f64>(rows, size, value, to, by);
    rows += (<usize>size) << (single ? 2 : 3);
    store<i32>(ends, found);
  }
}

/**
 * Sums of the rows less `value`, to `sums`, and of the products of each two columns of that, to the lower triangle of
 * `products` (size × size).
 * @param column room for size + 1 numbers, as `apart` has
 */
export function multiply(
  rows: usize,
  count: i32,
  size: i32,
  single: bool,
  value: usize,
  column: usize,
  apart: usize,
  sums: usize,
  products: usize,
): void {
  for (let i = 0; i < count; i++) {
    const found = single
      ? differences<f32>(rows, size, value, column, apart)
      : differences<f64>(rows, size, value, column, apart);
    rows += (<usize>size) << (single ? 2 : 3);
    for (let p = 0; p < found; p++) {
      const own = <usize>load<i32>(column + ((<usize>p) << 2));
      const x = load<f64>(apart + ((<usize>p) << 3));
      const total = sums + (own << 3);
      store<f64>(total, load<f64>(total) + x);
      const line = products + ((own * <usize>size) << 3);
      for (let q = 0; q <= p; q++) {
        const at = line + ((<usize>load<i32>(column + ((<usize>q) << 2))) << 3);
        store<f64>(at, load<f64>(at) + x * load<f64>(apart + ((<usize>q) << 3)));
      }
    }
  }
}

/** Two numbers as doubles. */
function pair<T>(at: usize): v128 {
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(v128.load64_zero(at)) : v128.load(at);
}

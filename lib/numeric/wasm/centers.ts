/**
 * Rows and centres: ../centerRows.ts is its other side. Squared distances are the sums of ../squaredDistance.ts, in their
 * order, two lanes of a vector each.
 */

/** ../squaredDistance.ts, squaredDistance. */
export function squared(a: usize, b: usize, size: i32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  const fours = size & ~3;
  for (let j = 0; j < fours; j += 4, a += 32, b += 32) {
    s01 = f64x2.add(s01, square(a, b));
    s23 = f64x2.add(s23, square(a + 16, b + 16));
  }
  let s0 = f64x2.extract_lane(s01, 0);
  for (let j = fours; j < size; j++, a += 8, b += 8) s0 += difference(a, b);
  return s0 + f64x2.extract_lane(s01, 1) + (f64x2.extract_lane(s23, 0) + f64x2.extract_lane(s23, 1));
}

/** ../squaredDistance.ts, boundedDistance. */
function bounded(a: usize, b: usize, size: i32, most: f64): f64 {
  let sum: f64 = 0;
  const eights = size & ~7;
  for (let j = 0; j < eights; j += 8, a += 64, b += 64) {
    const low = pairs(square(a, b), square(a + 16, b + 16));
    const high = pairs(square(a + 32, b + 32), square(a + 48, b + 48));
    const both = pairs(low, high);
    sum += f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    if (sum > most) return sum;
  }
  for (let j = eights; j < size; j++, a += 8, b += 8) sum += difference(a, b);
  return sum;
}

/** Sums of the two numbers of x, and of those of y. */
function pairs(x: v128, y: v128): v128 {
  return f64x2.add(v128.shuffle<f64>(x, y, 0, 2), v128.shuffle<f64>(x, y, 1, 3));
}

function square(a: usize, b: usize): v128 {
  const d = f64x2.sub(v128.load(a), v128.load(b));
  return f64x2.mul(d, d);
}

function difference(a: usize, b: usize): f64 {
  const d = load<f64>(a) - load<f64>(b);
  return d * d;
}

/**
 * Centres for `place` and `reassign`, two by two: their first numbers, their second ones, and so on. Where k is odd the
 * last one stands beside one that is infinitely far.
 */
export function pair(centers: usize, k: i32, size: i32, pairs: usize): void {
  const step = (<usize>size) << 3;
  for (let c = 0; c < k; c += 2, centers += step << 1)
    for (let j: usize = 0; j < step; j += 8, pairs += 16) {
      store<f64>(pairs, load<f64>(centers + j));
      store<f64>(pairs + 8, c + 1 < k ? load<f64>(centers + step + j) : Infinity);
    }
}

/** `bounded` of a row and two centres, given up once both are above `most`. */
function boundedPair(row: usize, pairs: usize, size: i32, most: f64): v128 {
  let sum = f64x2.splat(0);
  const top = f64x2.splat(most);
  const eights = size & ~7;
  for (let j = 0; j < eights; j += 8, row += 64, pairs += 128) {
    const first = f64x2.add(away(row, pairs), away(row + 8, pairs + 16));
    const second = f64x2.add(away(row + 16, pairs + 32), away(row + 24, pairs + 48));
    const third = f64x2.add(away(row + 32, pairs + 64), away(row + 40, pairs + 80));
    const fourth = f64x2.add(away(row + 48, pairs + 96), away(row + 56, pairs + 112));
    sum = f64x2.add(sum, f64x2.add(f64x2.add(first, second), f64x2.add(third, fourth)));
    if (i64x2.all_true(f64x2.gt(sum, top))) return sum;
  }
  for (let j = eights; j < size; j++, row += 8, pairs += 16) sum = f64x2.add(sum, away(row, pairs));
  return sum;
}

function away(x: usize, pair: usize): v128 {
  const d = f64x2.sub(v128.load64_splat(x), v128.load(pair));
  return f64x2.mul(d, d);
}

/**
 * Of `count` rows the nearest of k centres (of equal ones the first) to `labels`, the squared distances to it and to the
 * second nearest to `nearest` and `second`.
 */
export function place(
  rows: usize,
  count: i32,
  size: i32,
  pairs: usize,
  k: i32,
  labels: usize,
  nearest: usize,
  second: usize,
): void {
  const step = (<usize>size) << 3;
  for (let i = 0; i < count; i++, rows += step, labels += 4, nearest += 8, second += 8) {
    let label = 0;
    let least: f64 = Infinity;
    let next: f64 = Infinity;
    for (let c = 0, at = pairs; c < k; c += 2, at += step << 1) {
      const both = boundedPair(rows, at, size, next);
      const one = f64x2.extract_lane(both, 0);
      const other = f64x2.extract_lane(both, 1);
      if (one < least) {
        next = least;
        least = one;
        label = c;
      } else if (one < next) next = one;
      if (other < least) {
        next = least;
        least = other;
        label = c + 1;
      } else if (other < next) next = other;
    }
    store<i32>(labels, label);
    store<f64>(nearest, least);
    store<f64>(second, next);
  }
}

/**
 * Give rows to other centres after the centres moved; distances that bounds show to be needless are not computed.
 * @param upper distance of each row to its own centre at most, `lower` to any other one at least: both are kept so
 * @param moved how far each centre went: the one at `mostAt` by `most`, the others by `next` at most
 * @param halfGap half the distance of each centre to the nearest other one
 * @param safe bounds hold for exact numbers: a hair off them covers rounding
 * @param sums of the rows of each centre, and `counts` of them (doubles): rows that change go from one to the other
 * @returns how many rows changed
 */
export function reassign(
  rows: usize,
  count: i32,
  size: i32,
  centers: usize,
  pairs: usize,
  k: i32,
  labels: usize,
  upper: usize,
  lower: usize,
  moved: usize,
  halfGap: usize,
  mostAt: i32,
  most: f64,
  next: f64,
  safe: f64,
  sums: usize,
  counts: usize,
): i32 {
  const step = (<usize>size) << 3;
  let found = 0;
  for (let i = 0; i < count; i++, rows += step, labels += 4, upper += 8, lower += 8) {
    const own = load<i32>(labels);
    const center = (<usize>own) << 3;
    const below = load<f64>(lower) - (own === mostAt ? next : most);
    store<f64>(lower, below);
    const bound = max(below, load<f64>(halfGap + center)) * safe;
    let above = load<f64>(upper) + load<f64>(moved + center);
    if (above >= bound) above = sqrt(squared(rows, centers + <usize>own * step, size));
    store<f64>(upper, above);
    if (above < bound) continue;
    place(rows, 1, size, pairs, k, labels, upper, lower);
    store<f64>(upper, sqrt(load<f64>(upper)));
    store<f64>(lower, sqrt(load<f64>(lower)));
    const other = load<i32>(labels);
    if (other === own) continue;
    found++;
    addTo(counts + center, -1);
    addTo(counts + ((<usize>other) << 3), 1);
    const from = sums + <usize>own * step;
    const to = sums + <usize>other * step;
    for (let at: usize = 0; at < step; at += 8) {
      const x = load<f64>(rows + at);
      store<f64>(from + at, load<f64>(from + at) - x);
      store<f64>(to + at, load<f64>(to + at) + x);
    }
  }
  return found;
}

function addTo(at: usize, by: f64): void {
  store<f64>(at, load<f64>(at) + by);
}

/**
 * The end of it, after the centres moved once more: the nearest one of each row and the squared distance to that, as `place`
 * finds them. Numbers as in `reassign`; `upper` is not read.
 */
export function settle(
  rows: usize,
  count: i32,
  size: i32,
  centers: usize,
  pairs: usize,
  k: i32,
  labels: usize,
  upper: usize,
  lower: usize,
  halfGap: usize,
  mostAt: i32,
  most: f64,
  next: f64,
  safe: f64,
): void {
  const step = (<usize>size) << 3;
  for (let i = 0; i < count; i++, rows += step, labels += 4, upper += 8, lower += 8) {
    const own = load<i32>(labels);
    const below = load<f64>(lower) - (own === mostAt ? next : most);
    const bound = max(below, load<f64>(halfGap + ((<usize>own) << 3))) * safe;
    const distance = bounded(rows, centers + <usize>own * step, size, Infinity);
    if (sqrt(distance) < bound) store<f64>(upper, distance);
    else place(rows, 1, size, pairs, k, labels, upper, lower);
  }
}

/** Add each row to the sum of its label. */
export function sum(rows: usize, count: i32, size: i32, labels: usize, sums: usize): void {
  const twos = size & ~1;
  for (let i = 0; i < count; i++, labels += 4) {
    let to = sums + ((<usize>load<i32>(labels) * <usize>size) << 3);
    for (let j = 0; j < twos; j += 2, rows += 16, to += 16)
      v128.store(to, f64x2.add(v128.load(to), v128.load(rows)));
    if (twos === size) continue;
    addTo(to, load<f64>(rows));
    rows += 8;
  }
}

/** Squared distances of rows to a candidate. */
export function measure(rows: usize, count: i32, size: i32, candidate: usize, into: usize): void {
  for (let i = 0; i < count; i++, rows += (<usize>size) << 3, into += 8)
    store<f64>(into, bounded(rows, candidate, size, Infinity));
}

/** What the last `takeOver` would take off the sum of `nearest`. */
export let gain: f64 = 0;

/**
 * Rows that are nearer to a candidate than to their centre, to `taken`, with their squared distances to it. Rows whose
 * centre lies so far from the candidate that they cannot be are passed over.
 * @param apart a fourth of the squared distance of each centre to the candidate
 * @returns how many
 */
export function takeOver(
  rows: usize,
  count: i32,
  size: i32,
  candidate: usize,
  nearest: usize,
  owner: usize,
  apart: usize,
  taken: usize,
  values: usize,
): i32 {
  const step = (<usize>size) << 3;
  let found = 0;
  let sum: f64 = 0;
  for (let i = 0; i < count; i++, rows += step) {
    const now = load<f64>(nearest + ((<usize>i) << 3));
    if (load<f64>(apart + ((<usize>load<i32>(owner + ((<usize>i) << 2))) << 3)) >= now) continue;
    const distance = bounded(rows, candidate, size, now);
    if (distance >= now) continue;
    sum += now - distance;
    store<i32>(taken + ((<usize>found) << 2), i);
    store<f64>(values + ((<usize>found) << 3), distance);
    found++;
  }
  gain = sum;
  return found;
}

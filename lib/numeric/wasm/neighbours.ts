/**
 * Search in a tree of boxes: neighbours/searcher.ts is its other side, which lays out the memory. Squared distances are
 * sums over the columns in one order, a lane of a vector for each point of a leaf, so that they are the same numbers in
 * whatever way a point is reached.
 */

/** Points of a leaf. */
const LANES = 16;
/** Columns between two looks whether all points are too far already. */
const STRIDE = 8;
/** A node: its right child (the left one follows it) or -1; of a leaf, its block, first point and number of points. */
const NODE = 16;
const BLOCK = 4;
const FIRST = 8;
const COUNT = 12;
/** An entry of the stack: a bound and a node. */
const ENTRY = 16;
/** Bounds are sums in another order than the distances: they may be too large by rounding, and by less than this. */
const SLACK: f64 = 1 - 1e-9;

// What the other side sets once:
export let nodes: usize = 0;
/** Of each node the lower and then the upper ends of its box. */
export let boxes: usize = 0;
/** Of each leaf the columns, and of a column the LANES points. */
export let blocks: usize = 0;
/** The rows that are point p: members[starts[p]] up to starts[p + 1], ascending. */
export let starts: usize = 0;
export let members: usize = 0;
/** A multiple of STRIDE; the columns behind the last one are 0 everywhere. */
export let columns: i32 = 0;
/** Whether boxes and blocks are floats, else doubles. */
export let single: i32 = 0;

/**
 * The k nearest rows: squared distances to `squares`, rows to `rows`, in order.
 * @param scratch memory for LANES doubles, then for the stack
 */
export function nearest(query: usize, k: i32, squares: usize, rows: usize, scratch: usize): void {
  if (single) nearestOf<f32>(query, k, squares, rows, scratch);
  else nearestOf<f64>(query, k, squares, rows, scratch);
}

function nearestOf<T>(query: usize, k: i32, squares: usize, rows: usize, scratch: usize): void {
  for (let i = 0; i < k; i++) {
    store<f64>(squares + (i << 3), Infinity);
    store<i32>(rows + (i << 2), i32.MAX_VALUE);
  }
  const worst = squares + ((k - 1) << 3);
  const bottom = scratch + LANES * 8;
  let top = bottom;
  let node = 0;
  while (node >= 0) {
    const at = nodes + node * NODE;
    const right = load<i32>(at);
    if (right < 0) {
      const limit = load<f64>(worst);
      if (leaf<T>(load<i32>(at, BLOCK), query, limit, scratch)) {
        const count = load<i32>(at, COUNT);
        const first = load<i32>(at, FIRST);
        for (let lane = 0; lane < count; lane++) {
          const square = load<f64>(scratch + (lane << 3));
          if (square <= load<f64>(worst)) take(first + lane, square, k, squares, rows);
        }
      }
    } else {
      const limit = load<f64>(worst);
      const near = bound<T>(node + 1, query, limit);
      const far = bound<T>(right, query, limit);
      const leftFirst = near <= far;
      push(top, leftFirst ? far : near, leftFirst ? right : node + 1);
      push(top + ENTRY, leftFirst ? near : far, leftFirst ? node + 1 : right);
      top += 2 * ENTRY;
    }
    const limit = load<f64>(worst);
    while (top > bottom && load<f64>(top - ENTRY) > limit) top -= ENTRY;
    if (top === bottom) break;
    top -= ENTRY;
    node = load<i32>(top, 8);
  }
}

/** Put the rows of a point into the list. */
function take(point: i32, square: f64, k: i32, squares: usize, rows: usize): void {
  const end = load<i32>(starts + ((point + 1) << 2));
  for (let m = load<i32>(starts + (point << 2)); m < end; m++) {
    const row = load<i32>(members + (m << 2));
    let at = k - 1;
    const last = load<f64>(squares + (at << 3));
    if (square > last || (square === last && row > load<i32>(rows + (at << 2)))) return;
    while (at > 0) {
      const before = load<f64>(squares + ((at - 1) << 3));
      if (before < square || (before === square && load<i32>(rows + ((at - 1) << 2)) < row)) break;
      store<f64>(squares + (at << 3), before);
      store<i32>(rows + (at << 2), load<i32>(rows + ((at - 1) << 2)));
      at--;
    }
    store<f64>(squares + (at << 3), square);
    store<i32>(rows + (at << 2), row);
  }
}

/** Rows at most as far as `limit` (a square), in the order of the tree; returns their number, of which `room` are written. */
export function within(
  query: usize,
  limit: f64,
  squares: usize,
  rows: usize,
  room: i32,
  scratch: usize,
): i32 {
  return single
    ? withinOf<f32>(query, limit, squares, rows, room, scratch)
    : withinOf<f64>(query, limit, squares, rows, room, scratch);
}

function withinOf<T>(query: usize, limit: f64, squares: usize, rows: usize, room: i32, scratch: usize): i32 {
  const bottom = scratch + LANES * 8;
  let top = bottom;
  let found = 0;
  let node = 0;
  while (node >= 0) {
    const at = nodes + node * NODE;
    const right = load<i32>(at);
    if (right < 0) {
      if (leaf<T>(load<i32>(at, BLOCK), query, limit, scratch)) {
        const count = load<i32>(at, COUNT);
        const first = load<i32>(at, FIRST);
        for (let lane = 0; lane < count; lane++) {
          const square = load<f64>(scratch + (lane << 3));
          if (square > limit) continue;
          const end = load<i32>(starts + ((first + lane + 1) << 2));
          for (let m = load<i32>(starts + ((first + lane) << 2)); m < end; m++, found++) {
            if (found >= room) continue;
            store<f64>(squares + (found << 3), square);
            store<i32>(rows + (found << 2), load<i32>(members + (m << 2)));
          }
        }
      }
    } else {
      push(top, bound<T>(right, query, limit), right);
      push(top + ENTRY, bound<T>(node + 1, query, limit), node + 1);
      top += 2 * ENTRY;
    }
    while (top > bottom && load<f64>(top - ENTRY) > limit) top -= ENTRY;
    if (top === bottom) break;
    top -= ENTRY;
    node = load<i32>(top, 8);
  }
  return found;
}

function push(top: usize, bound: f64, node: i32): void {
  store<f64>(top, bound);
  store<i32>(top, node, 8);
}

/** Two values as doubles. */
function pair<T>(at: usize): v128 {
  if (sizeof<T>() === 4) return f64x2.promote_low_f32x4(v128.load64_zero(at));
  return v128.load(at);
}

/** A number that the squared distance to no point of the node is below; some number above `limit` when it is that. */
function bound<T>(node: i32, query: usize, limit: f64): f64 {
  const size = columns * sizeof<T>();
  let lower = boxes + node * 2 * size;
  let q = query;
  const zero = f64x2.splat(0);
  let sumA = zero;
  let sumB = zero;
  const end = lower + size;
  while (lower < end) {
    for (let j = 0; j < STRIDE; j += 4) {
      const a = v128.load(q);
      const b = v128.load(q, 16);
      const offA = f64x2.pmax(
        f64x2.pmax(f64x2.sub(pair<T>(lower), a), f64x2.sub(a, pair<T>(lower + size))),
        zero,
      );
      const offB = f64x2.pmax(
        f64x2.pmax(
          f64x2.sub(pair<T>(lower + 2 * sizeof<T>()), b),
          f64x2.sub(b, pair<T>(lower + size + 2 * sizeof<T>())),
        ),
        zero,
      );
      sumA = f64x2.add(sumA, f64x2.mul(offA, offA));
      sumB = f64x2.add(sumB, f64x2.mul(offB, offB));
      q += 32;
      lower += 4 * sizeof<T>();
    }
    const sum = f64x2.add(sumA, sumB);
    const low = (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) * SLACK;
    if (low > limit) return low;
    if (lower >= end) return low;
  }
  return 0;
}

/** Squared distances of a leaf's points to `sums`; false when all are above `limit`. */
function leaf<T>(block: i32, query: usize, limit: f64, sums: usize): bool {
  const step = LANES * sizeof<T>();
  let at = blocks + block * columns * step;
  let q = query;
  const end = at + columns * step;
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  while (at < end) {
    for (let j = 0; j < STRIDE; j++) {
      const x = v128.load64_splat(q);
      s0 = f64x2.add(s0, off<T>(at, x));
      s1 = f64x2.add(s1, off<T>(at + 2 * sizeof<T>(), x));
      s2 = f64x2.add(s2, off<T>(at + 4 * sizeof<T>(), x));
      s3 = f64x2.add(s3, off<T>(at + 6 * sizeof<T>(), x));
      s4 = f64x2.add(s4, off<T>(at + 8 * sizeof<T>(), x));
      s5 = f64x2.add(s5, off<T>(at + 10 * sizeof<T>(), x));
      s6 = f64x2.add(s6, off<T>(at + 12 * sizeof<T>(), x));
      s7 = f64x2.add(s7, off<T>(at + 14 * sizeof<T>(), x));
      q += 8;
      at += step;
    }
    const least = f64x2.pmin(
      f64x2.pmin(f64x2.pmin(s0, s1), f64x2.pmin(s2, s3)),
      f64x2.pmin(f64x2.pmin(s4, s5), f64x2.pmin(s6, s7)),
    );
    if (f64x2.extract_lane(least, 0) > limit && f64x2.extract_lane(least, 1) > limit) return false;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  return true;
}

function off<T>(at: usize, x: v128): v128 {
  const difference = f64x2.sub(pair<T>(at), x);
  return f64x2.mul(difference, difference);
}

// Clusters of core points (density.ts sets these once; all are positions):
/** Of each point a point of its set; of a root itself. */
export let parents: usize = 0;
/** Whether each point has enough rows around it. */
export let cores: usize = 0;
/** Of each node a core point whose set all core points of the node are in; NO_CORE where it has none, MANY where nobody knows. */
export let common: usize = 0;
const NO_CORE = -1;
const MANY = -2;

/** Whether at least `enough` rows are at most as far as `limit` (a square). */
export function crowded(query: usize, limit: f64, enough: i32, scratch: usize): bool {
  return single
    ? crowdedOf<f32>(query, limit, enough, scratch)
    : crowdedOf<f64>(query, limit, enough, scratch);
}

function crowdedOf<T>(query: usize, limit: f64, enough: i32, scratch: usize): bool {
  const bottom = scratch + LANES * 8;
  let top = bottom;
  let node = 0;
  let found = 0;
  while (true) {
    const at = nodes + node * NODE;
    const right = load<i32>(at);
    if (right < 0) {
      if (leaf<T>(load<i32>(at, BLOCK), query, limit, scratch)) {
        const count = load<i32>(at, COUNT);
        const first = load<i32>(at, FIRST);
        for (let lane = 0; lane < count; lane++) {
          if (load<f64>(scratch + (lane << 3)) > limit) continue;
          const start = starts + ((first + lane) << 2);
          found += load<i32>(start, 4) - load<i32>(start);
        }
        if (found >= enough) return true;
      }
    } else {
      const near = bound<T>(node + 1, query, limit);
      const far = bound<T>(right, query, limit);
      const leftFirst = near <= far;
      push(top, leftFirst ? far : near, leftFirst ? right : node + 1);
      push(top + ENTRY, leftFirst ? near : far, leftFirst ? node + 1 : right);
      top += 2 * ENTRY;
    }
    while (top > bottom && load<f64>(top - ENTRY) > limit) top -= ENTRY;
    if (top === bottom) return false;
    top -= ENTRY;
    node = load<i32>(top, 8);
  }
}

/** The root of a point's set. */
export function root(point: i32): i32 {
  let at = point;
  while (true) {
    const place = parents + (at << 2);
    const above = load<i32>(place);
    if (above === at) return at;
    const next = load<i32>(parents + (above << 2));
    store<i32>(place, next);
    at = next;
  }
}

/** Join the sets of two points; the lower root stays one. */
export function join(a: i32, b: i32): void {
  const x = root(a);
  const y = root(b);
  if (x < y) store<i32>(parents + (y << 2), x);
  else store<i32>(parents + (x << 2), y);
}

/** Join a core point with the core points before it that are at most as far as `limit` (a square). */
export function joinAround(point: i32, query: usize, limit: f64, scratch: usize): void {
  if (single) joinAroundOf<f32>(point, query, limit, scratch);
  else joinAroundOf<f64>(point, query, limit, scratch);
}

function joinAroundOf<T>(point: i32, query: usize, limit: f64, scratch: usize): void {
  const bottom = scratch + LANES * 8;
  let top = bottom;
  let node = 0;
  while (true) {
    const at = nodes + node * NODE;
    const right = load<i32>(at);
    const owner = load<i32>(common + (node << 2));
    if (
      owner !== NO_CORE &&
      load<i32>(at, FIRST) < point &&
      (owner === MANY || root(owner) !== root(point))
    ) {
      if (right < 0) {
        if (leaf<T>(load<i32>(at, BLOCK), query, limit, scratch)) {
          const count = load<i32>(at, COUNT);
          const first = load<i32>(at, FIRST);
          for (let lane = 0; lane < count; lane++) {
            if (load<f64>(scratch + (lane << 3)) > limit) continue;
            const other = first + lane;
            if (other < point && load<i32>(cores + (other << 2)) !== 0) join(point, other);
          }
        }
      } else {
        push(top, bound<T>(right, query, limit), right);
        push(top + ENTRY, bound<T>(node + 1, query, limit), node + 1);
        top += 2 * ENTRY;
      }
    }
    while (top > bottom && load<f64>(top - ENTRY) > limit) top -= ENTRY;
    if (top === bottom) return;
    top -= ENTRY;
    node = load<i32>(top, 8);
  }
}

/** The squared length of a node's diagonal, in doubles; no two of its points are further apart but for rounding. */
export function diagonal(node: i32): f64 {
  return single ? diagonalOf<f32>(node) : diagonalOf<f64>(node);
}

function diagonalOf<T>(node: i32): f64 {
  const size = columns * sizeof<T>();
  const lower = boxes + node * 2 * size;
  let sum: f64 = 0;
  for (let j = 0; j < columns; j++) {
    const at = lower + j * sizeof<T>();
    const off = <f64>load<T>(at + size) - <f64>load<T>(at);
    sum += off * off;
  }
  return sum;
}

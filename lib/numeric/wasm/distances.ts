/**
 * Squared distances of a row to the rows of a tile: ../distanceTile.ts is its other side. Each is the sum that
 * ../squaredDistance.ts makes, in its order, a lane of a vector for each row of the tile.
 */

/** Rows that are computed together. */
const LANES = 4;

/**
 * Distances of `query` to `count` rows, a multiple of LANES, to `into`.
 * @param tile column by column, `count` rows each
 */
export function distances(query: usize, tile: usize, count: i32, columns: i32, into: usize): void {
  const step = (<usize>count) << 3;
  const fours = columns & ~3;
  for (let row = 0; row < count; row += LANES) {
    let at = tile + ((<usize>row) << 3);
    let q = query;
    const zero = f64x2.splat(0);
    let a0 = zero;
    let a1 = zero;
    let a2 = zero;
    let a3 = zero;
    let b0 = zero;
    let b1 = zero;
    let b2 = zero;
    let b3 = zero;
    for (let j = 0; j < fours; j += 4, q += 32) {
      const x0 = v128.load64_splat(q);
      a0 = f64x2.add(a0, square(x0, v128.load(at)));
      b0 = f64x2.add(b0, square(x0, v128.load(at, 16)));
      at += step;
      const x1 = v128.load64_splat(q, 8);
      a1 = f64x2.add(a1, square(x1, v128.load(at)));
      b1 = f64x2.add(b1, square(x1, v128.load(at, 16)));
      at += step;
      const x2 = v128.load64_splat(q, 16);
      a2 = f64x2.add(a2, square(x2, v128.load(at)));
      b2 = f64x2.add(b2, square(x2, v128.load(at, 16)));
      at += step;
      const x3 = v128.load64_splat(q, 24);
      a3 = f64x2.add(a3, square(x3, v128.load(at)));
      b3 = f64x2.add(b3, square(x3, v128.load(at, 16)));
      at += step;
    }
    for (let j = fours; j < columns; j++, q += 8, at += step) {
      const x = v128.load64_splat(q);
      a0 = f64x2.add(a0, square(x, v128.load(at)));
      b0 = f64x2.add(b0, square(x, v128.load(at, 16)));
    }
    const to = into + ((<usize>row) << 3);
    v128.store(to, f64x2.sqrt(f64x2.add(f64x2.add(a0, a1), f64x2.add(a2, a3))));
    v128.store(to, f64x2.sqrt(f64x2.add(f64x2.add(b0, b1), f64x2.add(b2, b3))), 16);
  }
}

function square(a: v128, b: v128): v128 {
  const difference = f64x2.sub(a, b);
  return f64x2.mul(difference, difference);
}

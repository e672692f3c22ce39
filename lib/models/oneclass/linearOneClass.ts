import type { Rng } from "../../base/rng.js";

/** A half-space that holds most rows: w · x ≥ rho for all but a share nu of them. */
export interface HalfSpace {
  readonly w: Float64Array;
  readonly rho: number;
  /** Share of the rows that the multipliers count as outside. */
  readonly outside: number;
  readonly passes: number;
}

/** Largest violation of an optimality condition, in units of the margin. */
const TOLERANCE = 1e-4;
/** How near the share outside must come to nu, as a share of nu. */
const NEAR = 1e-3;
const MOST_PASSES = 300;
const MOST_ROUNDS = 40;

/**
 * The linear one-class SVM: min ½‖w‖² − rho + the mean of (rho − w · x)₊ / nu, solved to convergence.
 *
 * With the margin scaled to 1 it is an SVM of one class whose cost C bounds every multiplier; coordinate descent in its
 * dual solves that. The C is searched by halving (of its logarithm) at which the multipliers sum to nu n C, as they do
 * at the solution; each search step starts from the multipliers before it.
 * @param X n × r, each row with a positive share of what all rows have in common
 * Source: Schölkopf et al. 2001, Estimating the support of a high-dimensional distribution, Neural Computation 13(7);
 * Hsieh et al. 2008, A dual coordinate descent method for large-scale linear SVM, ICML.
 */
export function linearOneClass(X: Float64Array, rows: number, nu: number, rng: Rng): HalfSpace {
  const state = new Descent(X, rows, rng);
  let cost = 1 / (nu * rows);
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    state.solve(cost);
    const outside = state.total() / (rows * cost);
    if (Math.abs(outside - nu) <= NEAR * nu || high - low <= 1e-6 * low) break;
    if (outside > nu) low = cost;
    else high = cost;
    // The share falls about as 1 / C while few rows are inside, hence the step by its ratio first.
    const guess = cost * Math.min(Math.max(outside / nu, 0.25), 4);
    cost = guess > low && guess < high ? guess : low === 0 ? high / 2 : Math.sqrt(low * high);
  }
  const rho = 1 / state.total();
  return {
    w: state.w.map((each) => each * rho),
    rho,
    outside: state.total() / (rows * cost),
    passes: state.passes,
  };
}

class Descent {
  readonly w: Float64Array;
  passes = 0;
  private readonly width: number;
  private readonly alpha: Float64Array;
  private readonly squares: Float64Array;
  private readonly order: Int32Array;

  constructor(
    private readonly X: Float64Array,
    private readonly rows: number,
    private readonly rng: Rng,
  ) {
    this.width = X.length / rows;
    this.w = new Float64Array(this.width);
    this.alpha = new Float64Array(rows);
    this.squares = new Float64Array(rows);
    for (let i = 0; i < rows; i++) this.squares[i] = this.dot(X, i);
    this.order = Int32Array.from({ length: rows }, (_, i) => i);
  }

  total(): number {
    return this.alpha.reduce((sum, each) => sum + each, 0);
  }

  /** Until no multiplier violates 0 ≤ alpha ≤ C by more than the tolerance; rows at rest are passed over meanwhile. */
  solve(cost: number): void {
    this.restart(cost);
    let active = this.rows;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const whole = active === this.rows;
      const { worst, left } = this.pass(cost, active);
      active = left;
      if (worst > TOLERANCE) continue;
      if (whole) return;
      active = this.rows;
    }
  }

  /** Multipliers of another C: those at the old bound go to the new one. */
  private restart(cost: number): void {
    const old = this.alpha.reduce((most, each) => Math.max(most, each), 0);
    const scale = old > 0 ? cost / old : 1;
    this.w.fill(0);
    for (let i = 0; i < this.rows; i++) {
      this.alpha[i] = Math.min(this.alpha[i] * scale, cost);
      if (this.alpha[i] > 0) this.add(i, this.alpha[i]);
    }
  }

  /** Rows of `order` before `active`, in a new order. @returns the worst violation, and how many stay active */
  private pass(cost: number, active: number): { worst: number; left: number } {
    this.passes++;
    const { order, alpha, squares, X } = this;
    this.rng.shuffle(order.subarray(0, active));
    let worst = 0;
    let left = active;
    for (let at = 0; at < left; at++) {
      const i = order[at];
      if (squares[i] === 0) continue;
      const gradient = this.dot(X, i, this.w) - 1;
      const old = alpha[i];
      const atRest = (old === 0 && gradient > REST) || (old === cost && gradient < -REST);
      if (atRest) {
        left--;
        order[at] = order[left];
        order[left] = i;
        at--;
        continue;
      }
      const violation =
        old === 0 ? Math.max(-gradient, 0) : old === cost ? Math.max(gradient, 0) : Math.abs(gradient);
      if (violation === 0) continue;
      worst = Math.max(worst, violation);
      alpha[i] = Math.min(Math.max(old - gradient / squares[i], 0), cost);
      this.add(i, alpha[i] - old);
    }
    return { worst, left };
  }

  private dot(X: Float64Array, row: number, by?: Float64Array): number {
    const from = row * this.width;
    let [even, odd] = [0, 0];
    let j = 0;
    for (const end = this.width - 1; j < end; j += 2) {
      even += X[from + j] * (by === undefined ? X[from + j] : by[j]);
      odd += X[from + j + 1] * (by === undefined ? X[from + j + 1] : by[j + 1]);
    }
    if (j < this.width) even += X[from + j] * (by === undefined ? X[from + j] : by[j]);
    return even + odd;
  }

  private add(row: number, by: number): void {
    const { w, X, width } = this;
    for (let j = 0, at = row * width; j < width; j++, at++) w[j] += by * X[at];
  }
}

/** A multiplier at a bound whose row lies this far on its side of the margin rests until the next whole pass. */
const REST = 0.05;

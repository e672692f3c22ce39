import type { Rng } from "../../base/rng.js";
import type { LinearRows } from "../../numeric/linearRows.js";

/** Rows by their kernel at m landmarks, and the metric in which the product of two of them is their kernel (nearly). */
export interface KernelRows {
  readonly rows: number;
  /** n × m, held as doubles beside a vector of zeros: the search keeps its weights there. */
  readonly kernel: LinearRows;
  /** m × m, symmetric. */
  readonly metric: Float64Array;
}

/** A region that holds most rows: kernel · weights ≥ rho for all but a share nu of them. */
export interface Region {
  /** m numbers. */
  readonly weights: Float64Array;
  readonly rho: number;
  /** Share of the rows that the multipliers count as outside. */
  readonly outside: number;
  readonly passes: number;
}

interface Accuracy {
  /** Largest violation of an optimality condition, in units of the margin. */
  readonly tolerance: number;
  /** How near the share outside must come to nu, as a share of nu. */
  readonly near: number;
}
const FINE: Accuracy = { tolerance: 1e-4, near: 1e-3 };
const COARSE: Accuracy = { tolerance: 1e-2, near: 1e-2 };
const MOST_PASSES = 300;
const MOST_ROUNDS = 40;
/** Of many rows so many are solved first: their solution says which of the others can matter. */
const FEW = 4096;
/** A multiplier at a bound whose row lies this far on its side of the margin rests until the next whole pass. */
const REST = 0.05;

/**
 * The one-class SVM: min ½‖f‖² − rho + the mean of (rho − f(x))₊ / nu, solved to convergence.
 *
 * With the margin scaled to 1 it is an SVM of one class whose cost C bounds every multiplier; coordinate descent in its
 * dual solves that. The C is searched by halving (of its logarithm) at which the multipliers sum to nu n C, as they do
 * at the solution; each search step starts from the multipliers before it, the first one from those of a part of the rows.
 * @param rng decides the order of the rows
 * Source: Schölkopf et al. 2001, Estimating the support of a high-dimensional distribution, Neural Computation 13(7);
 * Hsieh et al. 2008, A dual coordinate descent method for large-scale linear SVM, ICML.
 */
export function kernelOneClass(X: KernelRows, nu: number, rng: Rng): Region {
  const { rows } = X;
  const descent = new Descent(X, rng);
  let cost = 1 / (nu * Math.min(rows, FEW));
  if (rows > 2 * FEW) {
    cost = descent.search(cost, nu, FEW, COARSE);
    cost *= FEW / rows;
    descent.spread(cost);
  }
  cost = descent.search(cost, nu, rows, FINE);
  const total = descent.total();
  return {
    weights: descent.weights.map((each) => each / total),
    rho: 1 / total,
    outside: total / (rows * cost),
    passes: descent.passes,
  };
}

class Descent {
  /** metric · Σ multiplier × kernel. */
  readonly weights: Float64Array;
  passes = 0;
  private readonly width: number;
  private readonly alpha: Float64Array;
  private readonly order: Int32Array;
  /** Of a row: what its multiplier adds to the weights. Most rows never need it. */
  private readonly directions: (Float64Array | undefined)[];
  private readonly squares: Float64Array;

  constructor(
    private readonly X: KernelRows,
    private readonly rng: Rng,
  ) {
    const { rows } = X;
    this.weights = X.kernel.vector;
    this.width = this.weights.length;
    this.alpha = new Float64Array(rows);
    this.squares = new Float64Array(rows);
    this.directions = new Array(rows);
    this.order = Int32Array.from({ length: rows }, (_, i) => i);
    rng.shuffle(this.order);
  }

  total(): number {
    return this.alpha.reduce((sum, each) => sum + each, 0);
  }

  /** The C at which a share nu of the first `count` rows of the order is outside, with its multipliers. */
  search(start: number, nu: number, count: number, accuracy: Accuracy): number {
    let cost = start;
    let [low, high] = [0, Number.POSITIVE_INFINITY];
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.solve(cost, count, accuracy.tolerance);
      const outside = this.total() / (count * cost);
      if (Math.abs(outside - nu) <= accuracy.near * nu || high - low <= 1e-6 * low) break;
      if (outside > nu) low = cost;
      else high = cost;
      // The share falls about as 1 / C while few rows are inside, hence the step by its ratio first.
      const guess = cost * Math.min(Math.max(outside / nu, 0.25), 4);
      cost = guess > low && guess < high ? guess : low === 0 ? high / 2 : Math.sqrt(low * high);
    }
    return cost;
  }

  /** Multipliers of all rows from the weights of a part: those outside have the highest. */
  spread(cost: number): void {
    for (let i = 0; i < this.alpha.length; i++) this.alpha[i] = this.X.kernel.product(i) < 1 ? cost : 0;
  }

  /** Until no multiplier violates 0 ≤ alpha ≤ C by more than the tolerance; rows at rest are passed over meanwhile. */
  private solve(cost: number, count: number, tolerance: number): void {
    this.restart(cost);
    let active = count;
    for (let pass = 0; pass < MOST_PASSES; pass++) {
      const whole = active === count;
      const { worst, left } = this.pass(cost, active);
      active = left;
      if (worst > tolerance) continue;
      if (whole) return;
      active = count;
    }
  }

  /** Multipliers of another C: those at the old bound go to the new one. */
  private restart(cost: number): void {
    const { alpha, weights, width, X } = this;
    const old = alpha.reduce((most, each) => Math.max(most, each), 0);
    const scale = old > 0 ? cost / old : 1;
    const sum = new Float64Array(width);
    for (let i = 0; i < alpha.length; i++) {
      if (alpha[i] === 0) continue;
      alpha[i] = Math.min(alpha[i] * scale, cost);
      for (let c = 0, at = i * width; c < width; c++, at++) sum[c] += alpha[i] * X.kernel.doubles[at];
    }
    this.turn(sum, 0, weights);
  }

  /** Rows of `order` before `active`, in a new order. @returns the worst violation, and how many stay active */
  private pass(cost: number, active: number): { worst: number; left: number } {
    this.passes++;
    const { order, alpha, weights, squares } = this;
    this.rng.shuffle(order.subarray(0, active));
    let worst = 0;
    let left = active;
    for (let at = 0; at < left; at++) {
      const i = order[at];
      const gradient = this.X.kernel.product(i) - 1;
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
      const direction = this.directionOf(i);
      if (!(squares[i] > 0)) continue;
      worst = Math.max(worst, violation);
      alpha[i] = Math.min(Math.max(old - gradient / squares[i], 0), cost);
      const by = alpha[i] - old;
      for (let c = 0; c < weights.length; c++) weights[c] += by * direction[c];
    }
    return { worst, left };
  }

  private directionOf(row: number): Float64Array {
    const known = this.directions[row];
    if (known !== undefined) return known;
    const direction = new Float64Array(this.width);
    const { doubles } = this.X.kernel;
    this.turn(doubles, row * this.width, direction);
    this.directions[row] = direction;
    this.squares[row] = dot(doubles, row * this.width, direction, 0, this.width);
    return direction;
  }

  /** metric · the numbers from `from` on. */
  private turn(numbers: Float64Array, from: number, out: Float64Array): void {
    const { width } = this;
    const { metric } = this.X;
    for (let c = 0; c < width; c++) out[c] = dot(metric, c * width, numbers, from, width);
  }
}

/** In four sums: one would wait for each addition before it. */
function dot(a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let j = 0;
  for (; j + 3 < n; j += 4) {
    s0 += a[aFrom + j] * b[bFrom + j];
    s1 += a[aFrom + j + 1] * b[bFrom + j + 1];
    s2 += a[aFrom + j + 2] * b[bFrom + j + 2];
    s3 += a[aFrom + j + 3] * b[bFrom + j + 3];
  }
  for (; j < n; j++) s0 += a[aFrom + j] * b[bFrom + j];
  return s0 + s1 + (s2 + s3);
}

import type { SparseRows } from "./sparse.js";

/**
 * What every model of the linear shelf minimises: the sum over rows of weight · loss, plus l2/2 · |weights|², plus
 * l1 · (sum of |weights|). Intercepts are free, but for `interceptL2`.
 */
export interface LinearProblem {
  readonly X: SparseRows;
  /** Class of each row, 0 … classes-1; every class occurs. */
  readonly y: Int32Array;
  readonly classes: number;
  /** Weight of each row. */
  readonly weights: Float64Array;
  readonly l1: number;
  readonly l2: number;
  /** Half of it times the squared intercept is a penalty too; the intercept of the columns before their shift. */
  readonly interceptL2: number;
}

/** One vector per linear predictor. */
export type Vectors = readonly Float64Array[];

/** The loss of a row as a function of its linear predictors: one for two classes, or one a class. */
export interface Loss {
  /** The sum over rows of weight · loss. */
  value(problem: LinearProblem, eta: Vectors): number;
  /** What the derivatives are made of: the share of each class, or what a row lacks to its margin. */
  state(problem: LinearProblem, eta: Vectors, out: Vectors): void;
  /** Derivative by each linear predictor. */
  slopes(problem: LinearProblem, state: Vectors, out: Vectors): void;
  /** Second derivative by predictors a and b. */
  curvature(
    problem: LinearProblem,
    state: Vectors,
    [a, b]: readonly [number, number],
    out: Float64Array,
  ): void;
  /** Replace directions u of the linear predictors by the second derivatives times u. */
  curve(problem: LinearProblem, state: Vectors, u: Vectors): void;
}

/** Half of l2 times the squared weights and of interceptL2 times the squared intercepts. */
export function smoothPenalty(problem: LinearProblem, coefficients: Vectors): number {
  let [sum, intercepts] = [0, 0];
  for (const c of coefficients) {
    for (let j = 0; j < c.length - 1; j++) sum += c[j] * c[j];
    intercepts += problem.interceptL2 === 0 ? 0 : unshifted(problem, c) ** 2;
  }
  return (problem.l2 / 2) * sum + (problem.interceptL2 / 2) * intercepts;
}

/** target += the derivative of the smooth penalty at `c`, which is also its second derivative times `c`. */
export function addPenaltySlope(problem: LinearProblem, target: Float64Array, c: Float64Array): void {
  const last = c.length - 1;
  for (let j = 0; j < last; j++) target[j] += problem.l2 * c[j];
  if (problem.interceptL2 === 0) return;
  const pull = problem.interceptL2 * unshifted(problem, c);
  const { shift } = problem.X;
  for (let j = 0; j < last; j++) target[j] -= pull * shift[j];
  target[last] += pull;
}

/** The intercept of the columns before their shift. */
export function unshifted({ X }: Pick<LinearProblem, "X">, c: Float64Array): number {
  let intercept = c[X.columns];
  for (let j = 0; j < X.columns; j++) intercept -= c[j] * X.shift[j];
  return intercept;
}

/** Sum of |weights|, intercepts left out. */
export function absoluteWeights(coefficients: Vectors): number {
  let sum = 0;
  for (const c of coefficients) for (let j = 0; j < c.length - 1; j++) sum += Math.abs(c[j]);
  return sum;
}

/** How far a smooth derivative is from what l1 allows at a weight: 0 at the minimum. The intercept has no l1. */
export function steepness(slope: number, weight: number, l1: number): number {
  if (weight !== 0) return Math.abs(slope + Math.sign(weight) * l1);
  return Math.max(0, Math.abs(slope) - l1);
}

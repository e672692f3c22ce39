import { type HessianSolver, hessianSolver } from "./hessian.js";
import { binary, type LogisticProblem, multinomial, type Vectors } from "./links.js";
import { times, transposedTimes } from "./sparse.js";

/** Where the search stopped. */
export interface LogisticSolution {
  /**
   * One vector per linear predictor, each columns + 1 long with the intercept (of the shifted columns) last: one for
   * class 1 against class 0, or one a class with more than two classes.
   */
  readonly coefficients: readonly Float64Array[];
  readonly iterations: number;
  /** Largest |derivative| divided by the sum of the row weights. */
  readonly gradient: number;
  readonly converged: boolean;
  readonly loss: number;
}

/**
 * Minimise by Newton's method: each step solves the Newton equation by conjugate gradients, preconditioned with a
 * Cholesky factor of (nearly) the Hessian so that a few iterations are enough, then halves the step until the loss
 * falls.
 * @param tolerance the search ends when the largest |derivative| / sum of weights is at most this
 * Works badly above about a thousand dense columns (see hessianSolver).
 * Source: Nocedal and Wright 2006, Numerical Optimization, algorithms 5.3, 7.1 and 3.1.
 */
export function solveLogistic(
  problem: LogisticProblem,
  tolerance: number,
  maxIterations: number,
): LogisticSolution {
  const { X, l2 } = problem;
  const predictors = problem.classes === 2 ? 1 : problem.classes;
  const vectors = (length: number): Float64Array[] =>
    Array.from({ length: predictors }, () => new Float64Array(length));
  const total = problem.weights.reduce((sum, weight) => sum + weight, 0);
  const link = predictors === 1 ? binary : multinomial;

  const coefficients = vectors(X.columns + 1);
  const eta = vectors(X.rows);
  const moved = vectors(X.rows);
  const shares = vectors(X.rows);
  const rowTerms = vectors(X.rows);
  const trial = vectors(X.columns + 1);
  const gradient = vectors(X.columns + 1);
  const hessian = hessianSolver(problem, predictors);

  let loss = link.loss(problem, eta) + penalty(coefficients, l2);
  for (let iteration = 0; ; iteration++) {
    link.shares(eta, shares);
    link.residuals(problem, shares, rowTerms);
    gradient.forEach((g, c) => {
      transposedTimes(X, rowTerms[c], g);
      addPenalty(g, coefficients[c], l2);
    });
    const steepest =
      gradient.reduce((most, g) => g.reduce((a, x) => Math.max(a, Math.abs(x)), most), 0) / total;
    const converged = steepest <= tolerance;
    if (converged || iteration === maxIterations) {
      return { coefficients, iterations: iteration, gradient: steepest, converged, loss };
    }

    hessian.factor(shares);
    const hessianTimes = (v: Vectors, out: Vectors): void => {
      v.forEach((vector, c) => {
        times(X, vector, rowTerms[c]);
      });
      link.curve(problem, shares, rowTerms);
      out.forEach((o, c) => {
        transposedTimes(X, rowTerms[c], o);
        addPenalty(o, v[c], l2);
      });
    };
    const step = solveNewton(hessianTimes, hessian, gradient, Math.min(0.1, Math.sqrt(steepest)));
    step.forEach((s, c) => {
      times(X, s, moved[c]);
    });
    const descent = dot(gradient, step);

    let t = 1;
    let next = Number.POSITIVE_INFINITY;
    // The last term lets steps pass whose gain is below the rounding of the loss itself.
    const enough = (): boolean => next <= loss + 1e-4 * t * descent + 1e-14 * Math.abs(loss);
    for (let halvings = 0; halvings < 40; halvings++) {
      moveBy(t, coefficients, step, trial);
      moveBy(t, eta, moved, rowTerms);
      next = link.loss(problem, rowTerms) + penalty(trial, l2);
      if (enough()) break;
      t /= 2;
    }
    if (!enough()) return { coefficients, iterations: iteration, gradient: steepest, converged: false, loss };
    loss = next;
    coefficients.forEach((c, i) => {
      c.set(trial[i]);
    });
    eta.forEach((e, i) => {
      e.set(rowTerms[i]);
    });
  }
}

function penalty(coefficients: Vectors, l2: number): number {
  let sum = 0;
  for (const c of coefficients) for (let j = 0; j < c.length - 1; j++) sum += c[j] * c[j];
  return (l2 / 2) * sum;
}

/** target += l2 · weights, the intercept left alone. */
function addPenalty(target: Float64Array, weights: Float64Array, l2: number): void {
  for (let j = 0; j < target.length - 1; j++) target[j] += l2 * weights[j];
}

/** Solve Hessian · step = −gradient until the residual has shrunk by `forcing`, by preconditioned conjugate gradients. */
function solveNewton(
  hessianTimes: (v: Vectors, out: Vectors) => void,
  hessian: HessianSolver,
  gradient: Vectors,
  forcing: number,
): Vectors {
  const copy = (v: Vectors): Float64Array[] => v.map((x) => x.slice());
  const step = gradient.map((g) => new Float64Array(g.length));
  const residual = gradient.map((g) => g.map((x) => -x));
  const curved = copy(residual);
  let z = hessian.solve(residual);
  const direction = copy(z);
  let rz = dot(residual, z);
  const enough = forcing * forcing * rz;
  for (let iteration = 0; iteration < 250 && rz > enough; iteration++) {
    hessianTimes(direction, curved);
    const bend = dot(direction, curved);
    if (!(bend > 0)) break;
    axpy(step, rz / bend, direction);
    axpy(residual, -rz / bend, curved);
    z = hessian.solve(residual);
    const before = rz;
    rz = dot(residual, z);
    direction.forEach((d, c) => {
      for (let j = 0; j < d.length; j++) d[j] = z[c][j] + (rz / before) * d[j];
    });
  }
  return step;
}

function dot(a: Vectors, b: Vectors): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) for (let j = 0; j < a[c].length; j++) sum += a[c][j] * b[c][j];
  return sum;
}

/** target += factor · v */
function axpy(target: Vectors, factor: number, v: Vectors): void {
  target.forEach((t, c) => {
    for (let j = 0; j < t.length; j++) t[j] += factor * v[c][j];
  });
}

/** out = from + t · step */
function moveBy(t: number, from: Vectors, step: Vectors, out: Vectors): void {
  out.forEach((o, c) => {
    for (let i = 0; i < o.length; i++) o[i] = from[c][i] + t * step[c][i];
  });
}

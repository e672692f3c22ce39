import { type Hessian, hessianOf } from "./hessian.js";
import { binary, multinomial } from "./losses.js";
import {
  absoluteWeights,
  addPenaltySlope,
  type LinearProblem,
  type Loss,
  smoothPenalty,
  steepness,
  type Vectors,
} from "./problem.js";
import { proximalStep } from "./proximal.js";
import { times, transposedTimes } from "./sparse.js";

/** Where the search stopped. */
export interface LinearSolution {
  /**
   * One vector per linear predictor, each columns + 1 long with the intercept (of the shifted columns) last: one for
   * class 1 against class 0, or one a class with more than two classes.
   */
  readonly coefficients: readonly Float64Array[];
  readonly iterations: number;
  /** Largest |derivative| (beyond what l1 allows) divided by the sum of the row weights. */
  readonly gradient: number;
  readonly converged: boolean;
  readonly loss: number;
}

/** When the search ends: at a largest |derivative| / sum of weights of at most `tolerance`, or after so many steps. */
export interface Patience {
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Logistic regression: one predictor for two classes, else one a class. */
export function solveLogistic(problem: LinearProblem, patience: Patience): LinearSolution {
  return problem.classes === 2
    ? minimise(problem, binary, 1, patience)
    : minimise(problem, multinomial, problem.classes, patience);
}

/**
 * Minimise by Newton's method. Without l1 each step solves the Newton equation by conjugate gradients, preconditioned with
 * a Cholesky factor of (nearly) the Hessian so that a few iterations are enough; with l1 it is the proximal step
 * (proximal.ts). The step is halved until the penalised loss falls.
 * Works badly above about a thousand dense columns (see hessianOf).
 * Source: Nocedal and Wright 2006, Numerical Optimization, algorithms 5.3, 7.1 and 3.1; for the squared hinge: Keerthi and
 * DeCoste 2005, A modified finite Newton method for fast solution of large scale linear SVMs.
 */
export function minimise(
  problem: LinearProblem,
  loss: Loss,
  predictors: number,
  { tolerance, maxIterations }: Patience,
): LinearSolution {
  const { X, l1 } = problem;
  const vectors = (length: number): Float64Array[] =>
    Array.from({ length: predictors }, () => new Float64Array(length));
  const total = problem.weights.reduce((sum, weight) => sum + weight, 0);

  const coefficients = vectors(X.columns + 1);
  const eta = vectors(X.rows);
  const moved = vectors(X.rows);
  const state = vectors(X.rows);
  const rowTerms = vectors(X.rows);
  const trial = vectors(X.columns + 1);
  const gradient = vectors(X.columns + 1);
  const hessian = hessianOf(problem, loss, predictors);
  const valueAt = (point: Vectors, own: Vectors): number =>
    loss.value(problem, own) + smoothPenalty(problem, point) + (l1 === 0 ? 0 : l1 * absoluteWeights(point));

  let value = valueAt(coefficients, eta);
  for (let iteration = 0; ; iteration++) {
    loss.state(problem, eta, state);
    loss.slopes(problem, state, rowTerms);
    gradient.forEach((g, c) => {
      transposedTimes(X, rowTerms[c], g);
      addPenaltySlope(problem, g, coefficients[c]);
    });
    const steepest = steepestOf(gradient, coefficients, l1) / total;
    const converged = steepest <= tolerance;
    if (converged || iteration === maxIterations) {
      return { coefficients, iterations: iteration, gradient: steepest, converged, loss: value };
    }

    hessian.at(state);
    const forcing = Math.min(0.1, Math.sqrt(steepest));
    let step: Vectors;
    let descent: number;
    if (l1 > 0) {
      step = proximalStep(hessian, gradient, coefficients, l1, forcing * steepest * total);
      moveBy(1, coefficients, step, trial);
      descent = dot(gradient, step) + l1 * (absoluteWeights(trial) - absoluteWeights(coefficients));
    } else {
      const damping = hessian.factor();
      const hessianTimes = (v: Vectors, out: Vectors): void => {
        v.forEach((vector, c) => {
          times(X, vector, rowTerms[c]);
        });
        loss.curve(problem, state, rowTerms);
        out.forEach((o, c) => {
          transposedTimes(X, rowTerms[c], o);
          addPenaltySlope(problem, o, v[c]);
          for (let j = 0; j < o.length; j++) o[j] += damping * v[c][j];
        });
      };
      step = solveNewton(hessianTimes, hessian, gradient, forcing);
      descent = dot(gradient, step);
    }
    step.forEach((s, c) => {
      times(X, s, moved[c]);
    });

    let t = 1;
    let next = Number.POSITIVE_INFINITY;
    // The last term lets steps pass whose gain is below the rounding of the loss itself.
    const enough = (): boolean => next <= value + 1e-4 * t * descent + 1e-14 * Math.abs(value);
    for (let halvings = 0; halvings < 40; halvings++) {
      moveBy(t, coefficients, step, trial);
      moveBy(t, eta, moved, rowTerms);
      next = valueAt(trial, rowTerms);
      if (enough()) break;
      t /= 2;
    }
    if (!enough()) {
      return { coefficients, iterations: iteration, gradient: steepest, converged: false, loss: value };
    }
    value = next;
    coefficients.forEach((c, i) => {
      c.set(trial[i]);
    });
    eta.forEach((e, i) => {
      e.set(rowTerms[i]);
    });
  }
}

function steepestOf(gradient: Vectors, coefficients: Vectors, l1: number): number {
  let most = 0;
  gradient.forEach((g, c) => {
    const last = g.length - 1;
    for (let j = 0; j <= last; j++) {
      most = Math.max(most, steepness(g[j], coefficients[c][j], j === last ? 0 : l1));
    }
  });
  return most;
}

/** Solve Hessian · step = −gradient until the residual has shrunk by `forcing`, by preconditioned conjugate gradients. */
function solveNewton(
  hessianTimes: (v: Vectors, out: Vectors) => void,
  hessian: Pick<Hessian, "solve">,
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

import { choleskyInPlace, choleskySolve } from "../../numeric/cholesky.js";
import type { LogisticProblem, Vectors } from "./links.js";
import { squaredNorms, weightedGram } from "./sparse.js";

/** Unknowns up to which the whole Hessian is factored; above, only its blocks of one linear predictor each. */
const WHOLE = 2000;

/** Solves systems with (nearly) the Hessian of a logistic problem: the preconditioner of the Newton steps. */
export interface HessianSolver {
  /** Take the Hessian at these class shares. */
  factor(shares: Vectors): void;
  solve(v: Vectors): Float64Array[];
}

/**
 * The Hessian's block of predictors a and b is the sum over rows of weight · share_a (δ_ab − share_b) · x xᵀ, plus the
 * penalty. Rows whose share of a block is too small to matter beside the penalty are left out: where the classes are
 * well separated that is most of them. Cost: rows × entries² a block, unknowns³ / 6 for the factor.
 */
export function hessianSolver(problem: LogisticProblem, predictors: number): HessianSolver {
  const { X, weights, l2 } = problem;
  const size = X.columns + 1;
  const whole = predictors * size <= WHOLE;
  const matrices = whole
    ? [new Float64Array((predictors * size) ** 2)]
    : Array.from({ length: predictors }, () => new Float64Array(size * size));
  const width = whole ? predictors * size : size;
  const block = new Float64Array(size * size);
  const factors = new Float64Array(X.rows);
  const norms = squaredNorms(X);
  // All rows that are left out add up to less than a quarter of the penalty.
  const negligible = l2 / (4 * X.rows * predictors);

  const addBlock = (shares: Vectors, a: number, b: number): void => {
    const [pa, pb] = [shares[a], shares[b]];
    for (let i = 0; i < factors.length; i++) {
      const factor = weights[i] * pa[i] * ((a === b ? 1 : 0) - pb[i]);
      factors[i] = Math.abs(factor) * norms[i] > negligible ? factor : 0;
    }
    weightedGram(X, factors, block);
    const target = whole ? matrices[0] : matrices[a];
    const [top, left] = whole ? [a * size, b * size] : [0, 0];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        target[(top + i) * width + left + j] = block[i * size + j];
        target[(top + j) * width + left + i] = block[i * size + j];
      }
    }
    if (a !== b) return;
    for (let j = 0; j < X.columns; j++) target[(top + j) * width + left + j] += l2;
    // With a predictor a class, one number added to every intercept changes nothing: the Hessian is singular there.
    if (predictors > 1) target[(top + X.columns) * width + left + X.columns] += l2;
  };

  return {
    factor(shares) {
      for (let a = 0; a < predictors; a++) {
        for (let b = whole ? 0 : a; b <= a; b++) addBlock(shares, a, b);
      }
      for (const matrix of matrices) choleskyInPlace(matrix, width);
    },
    solve(v) {
      const joined = new Float64Array(predictors * size);
      v.forEach((vector, c) => {
        joined.set(vector, c * size);
      });
      matrices.forEach((matrix, m) => {
        choleskySolve(matrix, width, joined.subarray(m * width, (m + 1) * width));
      });
      return v.map((_, c) => joined.slice(c * size, (c + 1) * size));
    },
  };
}

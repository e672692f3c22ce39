import { choleskyInPlace, choleskySolve } from "../../numeric/cholesky.js";
import type { LinearProblem, Loss, Vectors } from "./problem.js";
import { squaredNorms, weightedGram } from "./sparse.js";

/** Unknowns up to which the whole Hessian is kept; above, only its blocks of one linear predictor each. */
const WHOLE = 2000;

/**
 * Without a penalty the diagonal is raised by this share of its largest number: columns that depend on one another but for
 * the rounding of their numbers would else get enormous weights that fit this rounding.
 */
const DAMPING = 1e-10;

/** (Nearly) the Hessian of the smooth part of a linear problem. */
export interface Hessian {
  /** One matrix of all unknowns, or one of each predictor's; rows of `width` numbers, both triangles. */
  readonly matrices: Vectors;
  readonly width: number;
  /** Take the Hessian at this state of the loss. */
  at(state: Vectors): void;
  /**
   * Put the Cholesky factors in place of the matrices: the preconditioner of Newton's steps.
   * @returns what was added to the diagonal to damp the step
   */
  factor(): number;
  /** After `factor`. */
  solve(v: Vectors): Float64Array[];
}

/**
 * The Hessian's block of predictors a and b is the sum over rows of the loss's second derivative · x xᵀ, plus the
 * penalty. Where the Hessian is only a preconditioner, rows whose second derivative is too small to matter beside the
 * penalty are left out: where the classes are well separated that is most of them. Cost: rows × entries² a block,
 * unknowns³ / 6 for the factor.
 */
export function hessianOf(problem: LinearProblem, loss: Loss, predictors: number): Hessian {
  const { X, l1, l2, interceptL2 } = problem;
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
  const negligible = l1 > 0 ? 0 : l2 / (4 * X.rows * predictors);

  const addBlock = (state: Vectors, a: number, b: number): void => {
    loss.curvature(problem, state, [a, b], factors);
    for (let i = 0; i < factors.length; i++) {
      if (Math.abs(factors[i]) * norms[i] <= negligible) factors[i] = 0;
    }
    weightedGram(X, factors, block);
    const target = whole ? matrices[0] : matrices[a];
    const [top, left] = whole ? [a * size, b * size] : [0, 0];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const value = block[i * size + j];
        target[(top + i) * width + left + j] = value;
        target[(top + j) * width + left + i] = value;
        target[(left + i) * width + top + j] = value;
        target[(left + j) * width + top + i] = value;
      }
    }
    if (a === b) addPenalty(target, top);
  };

  const addPenalty = (target: Float64Array, top: number): void => {
    for (let j = 0; j < X.columns; j++) target[(top + j) * width + top + j] += l2;
    if (interceptL2 === 0) return;
    const along = (j: number): number => (j === X.columns ? 1 : -X.shift[j]);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        target[(top + i) * width + top + j] += interceptL2 * along(i) * along(j);
      }
    }
  };

  /**
   * With a predictor a class, one number added to every intercept changes nothing: the Hessian is singular there. Without
   * a penalty it may be (nearly) so anywhere.
   */
  const makePositive = (): number => {
    if (l2 > 0) {
      if (predictors === 1) return 0;
      for (const matrix of matrices)
        for (let j = X.columns; j < width; j += size) matrix[j * width + j] += l2;
      return 0;
    }
    let largest = 0;
    for (const matrix of matrices)
      for (let j = 0; j < width; j++) largest = Math.max(largest, matrix[j * width + j]);
    for (const matrix of matrices) for (let j = 0; j < width; j++) matrix[j * width + j] += DAMPING * largest;
    return DAMPING * largest;
  };

  return {
    matrices,
    width,
    at(state) {
      for (let a = 0; a < predictors; a++) {
        for (let b = whole ? 0 : a; b <= a; b++) addBlock(state, a, b);
      }
    },
    factor() {
      const damping = makePositive();
      for (const matrix of matrices) choleskyInPlace(matrix, width);
      return damping;
    },
    solve(v) {
      const joined = joinedVectors(v);
      matrices.forEach((matrix, m) => {
        choleskySolve(matrix, width, joined.subarray(m * width, (m + 1) * width));
      });
      return v.map((_, c) => joined.slice(c * size, (c + 1) * size));
    },
  };
}

/** Vectors of equal length one after the other. */
export function joinedVectors(v: Vectors): Float64Array {
  const size = v[0].length;
  const joined = new Float64Array(v.length * size);
  v.forEach((vector, c) => {
    joined.set(vector, c * size);
  });
  return joined;
}

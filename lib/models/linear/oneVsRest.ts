import { type ClassWeight, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier } from "../contract.js";
import { NEVER } from "../softmax.js";
import { squaredHinge } from "./losses.js";
import { minimise } from "./newton.js";
import { unshifted } from "./problem.js";
import type { SparseRows } from "./sparse.js";

/** Rows and the class of each. */
export interface SvmRows {
  readonly X: SparseRows;
  readonly y: Int32Array;
}

/** One margin a predictor: of the second of two classes, or of each class against the rest. */
export interface OneVsRest {
  readonly weights: readonly Float64Array[];
  /** Of the columns as they are. */
  readonly intercepts: readonly number[];
  readonly converged: boolean;
  readonly iterations: number;
  readonly gradient: number;
}

export interface OneVsRestParams {
  readonly l2: number;
  readonly intercept: "penalised" | "free";
  readonly tolerance: number;
  readonly max_iterations: number;
  readonly class_weight: ClassWeight;
}

/**
 * Fit a linear SVM for the second of two classes, or one for each class of more against the rest. A row weighs what its
 * class does, among the rest too (LIBLINEAR weighs the rest as 1).
 */
export function fitOneVsRest(params: OneVsRestParams, rows: SvmRows, classes: number): OneVsRest {
  const { l2, tolerance, max_iterations: maxIterations } = params;
  const { X, y } = rows;
  const counts = new Float64Array(classes);
  for (const c of y) counts[c]++;
  const byClass = classWeights(counts, params.class_weight);
  const weights = Float64Array.from(y, (c) => byClass[c]);
  const targets = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  const fits = targets.map((target) => {
    const side = y.map((c) => (c === target ? 1 : 0));
    if (!side.includes(1)) return null;
    const interceptL2 = params.intercept === "penalised" ? l2 : 0;
    const problem = { X, y: side, classes: 2, weights, l1: 0, l2, interceptL2 };
    return minimise(problem, squaredHinge, 1, { tolerance, maxIterations });
  });
  const there = fits.filter((fit) => fit !== null);
  return {
    weights: fits.map((fit) => fit?.coefficients[0].slice(0, -1) ?? new Float64Array(X.columns)),
    intercepts: fits.map((fit) => (fit === null ? NEVER : unshifted(rows, fit.coefficients[0]))),
    converged: there.every(({ converged }) => converged),
    iterations: Math.max(...there.map(({ iterations }) => iterations)),
    gradient: Math.max(...there.map(({ gradient }) => gradient)),
  };
}

/** Say so in the log when a model has not converged. */
export function warn(
  { converged, gradient }: OneVsRest,
  { tolerance }: OneVsRestParams,
  context: FitContext,
): void {
  if (converged) return;
  context.log(
    `linear-svm: not converged (gradient ${gradient.toExponential(2)}, tolerance ${tolerance}); raise max_iterations or l2.`,
  );
}

/** For model.json: of several models the most steps, the largest gradient. */
export function summaryOf(models: readonly OneVsRest[]): FittedClassifier["summary"] {
  return {
    converged: models.every(({ converged }) => converged),
    iterations: Math.max(...models.map(({ iterations }) => iterations)),
    gradient: Math.max(...models.map(({ gradient }) => gradient)),
  };
}

import { choleskyInPlace, choleskySolve } from "../../numeric/cholesky.js";
import { type Hessian, joinedVectors } from "./hessian.js";
import { steepness, type Vectors } from "./problem.js";

const SWEEPS = 1000;
/** After so many sweeps the weights that are not zero are solved for together. */
const TOGETHER = 8;

/**
 * The step of a proximal Newton method: where gradientᵀ s + sᵀ H s / 2 + l1 · |weights + s| is least. By coordinate descent,
 * and now and then by solving for all weights that are not zero at once, up to the first that changes its sign:
 * coordinate descent finds which weights are zero, the solution finds the others however much columns depend on one another.
 * @param gradient of the smooth part at `coefficients`
 * @param enough the search ends when no derivative is farther than this from what l1 allows
 * Source: Lee, Sun and Saunders 2014, Proximal Newton-type methods for minimizing composite functions; Friedman, Hastie and
 * Tibshirani 2010, Regularization paths for generalized linear models via coordinate descent.
 */
export function proximalStep(
  { matrices, width }: Pick<Hessian, "matrices" | "width">,
  gradient: Vectors,
  coefficients: Vectors,
  l1: number,
  enough: number,
): Float64Array[] {
  const size = coefficients[0].length;
  const slopes = joinedVectors(gradient);
  const before = joinedVectors(coefficients);
  const after = before.slice();
  matrices.forEach((H, m) => {
    const part = (v: Float64Array): Float64Array => v.subarray(m * width, (m + 1) * width);
    descend({ H, width, size, l1, slopes: part(slopes), weights: part(after) }, enough);
  });
  return coefficients.map((_, c) =>
    Float64Array.from({ length: size }, (_, j) => after[c * size + j] - before[c * size + j]),
  );
}

/** A quadratic of `weights` with l1; `slopes` are its derivatives at them and follow them. */
interface Quadratic {
  readonly H: Float64Array;
  readonly width: number;
  /** Every size-th weight is an intercept, which l1 leaves alone. */
  readonly size: number;
  readonly l1: number;
  readonly slopes: Float64Array;
  readonly weights: Float64Array;
}

function descend(model: Quadratic, enough: number): void {
  const all = Int32Array.from({ length: model.width }, (_, j) => j);
  for (let sweep = 0; sweep < SWEEPS; ) {
    if (moveEach(model, all) <= enough) return;
    sweep++;
    const active = all.filter((j) => model.weights[j] !== 0 || isIntercept(model, j));
    for (let inner = 0; inner < TOGETHER && moveEach(model, active) > enough; inner++) sweep++;
    moveTogether(model, active);
  }
}

const isIntercept = ({ size }: Quadratic, j: number): boolean => (j + 1) % size === 0;
const penaltyOf = (model: Quadratic, j: number): number => (isIntercept(model, j) ? 0 : model.l1);

/** One sweep; the largest steepness met on the way. */
function moveEach(model: Quadratic, which: Int32Array): number {
  const { H, width, slopes, weights } = model;
  let most = 0;
  for (const j of which) {
    const bend = H[j * width + j];
    if (bend <= 0) continue;
    const l1 = penaltyOf(model, j);
    most = Math.max(most, steepness(slopes[j], weights[j], l1));
    const free = weights[j] - slopes[j] / bend;
    const next = Math.sign(free) * Math.max(0, Math.abs(free) - l1 / bend);
    const by = next - weights[j];
    if (by === 0) continue;
    weights[j] = next;
    for (let i = 0, at = j * width; i < width; i++, at++) slopes[i] += by * H[at];
  }
  return most;
}

/** Go to the least of the quadratic among weights of these signs, or to the first weight that reaches zero. */
function moveTogether(model: Quadratic, candidates: Int32Array): void {
  const { H, width, slopes, weights } = model;
  const which = candidates.filter((j) => weights[j] !== 0 || isIntercept(model, j));
  const n = which.length;
  const part = new Float64Array(n * n);
  const uphill = new Float64Array(n);
  which.forEach((j, a) => {
    for (let b = 0; b <= a; b++) part[a * n + b] = H[j * width + which[b]];
    uphill[a] = slopes[j] + Math.sign(weights[j]) * penaltyOf(model, j);
  });
  const step = uphill.map((x) => -x);
  choleskyInPlace(part, n);
  choleskySolve(part, n, step);
  const curved = new Float64Array(width);
  which.forEach((j, a) => {
    for (let i = 0, at = j * width; i < width; i++, at++) curved[i] += step[a] * H[at];
  });
  let [descent, bend] = [0, 0];
  which.forEach((j, a) => {
    descent += uphill[a] * step[a];
    bend += curved[j] * step[a];
  });
  if (!(descent < 0) || !(bend > 0)) return;
  let length = -descent / bend;
  let stopped = -1;
  which.forEach((j, a) => {
    if (isIntercept(model, j) || weights[j] * step[a] >= 0) return;
    const room = -weights[j] / step[a];
    if (room < length) [length, stopped] = [room, j];
  });
  which.forEach((j, a) => {
    weights[j] = j === stopped ? 0 : weights[j] + length * step[a];
  });
  for (let i = 0; i < width; i++) slopes[i] += length * curved[i];
}

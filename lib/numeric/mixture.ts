import { choleskyInPlace } from "./cholesky.js";
import type { DenseRows } from "./covariance.js";
import { compressRows, majorityValues, type SparseRows } from "./sparseRows.js";
import { invertLower } from "./triangular.js";

/** How a mixture is fitted. */
export interface MixtureOptions {
  readonly components: number;
  /** A variance a column, or a matrix of all of them. */
  readonly covariance: "diag" | "full";
  /** Added to each variance; above 0. */
  readonly ridge: number;
  /** EM ends when the mean log-likelihood changes by less. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** A mixture of k Gaussians in d columns. */
export interface Mixture {
  readonly covariance: "diag" | "full";
  readonly columns: number;
  /** k numbers with sum 1. */
  readonly weights: Float64Array;
  /** k × d */
  readonly means: Float64Array;
  /** k × d variances, or k × d × d. */
  readonly covariances: Float64Array;
  /** Roots of the precisions: k × d numbers 1 / sd, or k × d × d inverses of the lower Cholesky factors. */
  readonly roots: Float64Array;
  /** log weight + log density at the mean, of each component. */
  readonly peaks: Float64Array;
  /** A value of each column that most of the fitted rows had, where there was one: sums leave it out. */
  readonly shift: Float64Array;
}

/** A mixture after EM. */
export interface FittedMixture extends Mixture {
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean log-likelihood of the rows at the last expectation step. */
  readonly logLikelihood: number;
}

/** Rows that are compressed at a time. */
const BLOCK = 4096;
/** Responsibilities below this count for nothing: far less than what a component without rows is given. */
const NONE = 1e-25;

/**
 * Fit a Gaussian mixture by expectation and maximisation from the components that `start` puts each row in.
 *
 * The same steps as scikit-learn's GaussianMixture after its start, so that the same start gives the same mixture;
 * values that most rows share are left out of the sums (sparseRows.ts). Columns of very different sizes should be
 * scaled before. One thread, sums in a fixed order: the same bytes on every machine.
 * @param X n × d, finite, n ≥ components
 * @param start of each row: 0 … components − 1, as of k-means
 * Source: Dempster, Laird and Rubin 1977, Maximum likelihood from incomplete data via the EM algorithm.
 */
export function fitMixture(X: DenseRows, start: ArrayLike<number>, options: MixtureOptions): FittedMixture {
  const { components: k, tolerance, maxIterations } = options;
  const shift = majorityValues(X);
  const responsibility = new Float64Array(k);
  const first = new Sums(X.columns, options);
  eachBlock(X, shift, (S, from) => {
    for (let i = 0; i < S.rows; i++) {
      responsibility.fill(0);
      responsibility[start[from + i]] = 1;
      first.add(S, i, responsibility);
    }
  });
  let mixture = first.mixture(shift);
  let before = Number.NEGATIVE_INFINITY;
  for (let iterations = 1; ; iterations++) {
    const sums = new Sums(X.columns, options);
    const density = jointDensity(mixture);
    let total = 0;
    eachBlock(X, shift, (S) => {
      let own = 0;
      for (let i = 0; i < S.rows; i++) {
        density(S, i, responsibility);
        own += normalise(responsibility);
        sums.add(S, i, responsibility);
      }
      total += own;
    });
    const logLikelihood = total / X.rows;
    mixture = sums.mixture(shift);
    const converged = Math.abs(logLikelihood - before) < tolerance;
    if (converged || iterations >= maxIterations) return { ...mixture, iterations, converged, logLikelihood };
    before = logLikelihood;
  }
}

/** log of the mixture's density at each row. */
export function logDensities(mixture: Mixture, X: DenseRows): Float64Array {
  const out = new Float64Array(X.rows);
  eachRow(mixture, X, (row, joint) => {
    out[row] = normalise(joint);
  });
  return out;
}

/** n × k: the share of each component in each row; rows sum to 1. */
export function responsibilities(mixture: Mixture, X: DenseRows): Float64Array {
  const k = mixture.weights.length;
  const out = new Float64Array(X.rows * k);
  eachRow(mixture, X, (row, joint) => {
    normalise(joint);
    out.set(joint, row * k);
  });
  return out;
}

/** The component with the largest share in each row, of equal ones the first. */
export function likeliestComponents(mixture: Mixture, X: DenseRows): Int32Array {
  const out = new Int32Array(X.rows);
  eachRow(mixture, X, (row, joint) => {
    let best = 0;
    for (let c = 1; c < joint.length; c++) if (joint[c] > joint[best]) best = c;
    out[row] = best;
  });
  return out;
}

function eachRow(mixture: Mixture, X: DenseRows, visit: (row: number, joint: Float64Array) => void): void {
  const density = jointDensity(mixture);
  const joint = new Float64Array(mixture.weights.length);
  eachBlock(X, mixture.shift, (S, from) => {
    for (let i = 0; i < S.rows; i++) {
      density(S, i, joint);
      visit(from + i, joint);
    }
  });
}

function eachBlock(X: DenseRows, shift: Float64Array, visit: (S: SparseRows, from: number) => void): void {
  for (let from = 0; from < X.rows; from += BLOCK)
    visit(compressRows(X, shift, [from, Math.min(from + BLOCK, X.rows)]), from);
}

/** log joint densities become shares that sum to 1. @returns the log of their sum */
function normalise(joint: Float64Array): number {
  let most = joint[0];
  for (let c = 1; c < joint.length; c++) if (joint[c] > most) most = joint[c];
  let sum = 0;
  for (let c = 0; c < joint.length; c++) {
    joint[c] = Math.exp(joint[c] - most);
    sum += joint[c];
  }
  for (let c = 0; c < joint.length; c++) joint[c] /= sum;
  return most + Math.log(sum);
}

type JointDensity = (S: SparseRows, row: number, out: Float64Array) => void;

/** log(weight · density) of each component at a row that is given as differences from the shift. */
function jointDensity(mixture: Mixture): JointDensity {
  return mixture.covariance === "diag" ? diagonal(mixture) : complete(mixture);
}

/** log(weight · density) of component c at shift + v: constant[c] + the sum over j of v (linear − half v), both d × k. */
export interface DiagonalTerms {
  readonly constant: Float64Array;
  readonly linear: Float64Array;
  readonly half: Float64Array;
}

/** −½ ((v + shift − mean) root)² as a polynomial of v, which is 0 for most columns. */
export function diagonalTerms({ columns, means, roots, peaks, shift }: Mixture): DiagonalTerms {
  const k = peaks.length;
  const constant = peaks.slice();
  const linear = new Float64Array(columns * k);
  const half = new Float64Array(columns * k);
  for (let c = 0; c < k; c++) {
    for (let j = 0; j < columns; j++) {
      const precision = roots[c * columns + j] ** 2;
      const away = means[c * columns + j] - shift[j];
      constant[c] -= 0.5 * away * away * precision;
      linear[j * k + c] = away * precision;
      half[j * k + c] = 0.5 * precision;
    }
  }
  return { constant, linear, half };
}

function diagonal(mixture: Mixture): JointDensity {
  const { constant, linear, half } = diagonalTerms(mixture);
  const k = constant.length;
  return ({ start, column, value }, row, out) => {
    out.set(constant);
    for (let p = start[row], end = start[row + 1]; p < end; p++) {
      const v = value[p];
      for (let c = 0, at = column[p] * k; c < k; c++, at++) out[c] += v * (linear[at] - half[at] * v);
    }
  };
}

/** −½ |R (v + s − m)|², R lower triangular. */
function complete({ columns: d, means, roots, peaks, shift }: Mixture): JointDensity {
  const k = peaks.length;
  const turned = new Float64Array(roots.length); // R by columns: an entry of v adds one of them
  const offset = new Float64Array(k * d);
  for (let c = 0; c < k; c++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const root = roots[(c * d + i) * d + j];
        turned[(c * d + j) * d + i] = root;
        offset[c * d + i] += root * (shift[j] - means[c * d + j]);
      }
    }
  }
  const y = new Float64Array(d);
  return ({ start, column, value }, row, out) => {
    const [from, end] = [start[row], start[row + 1]];
    for (let c = 0; c < k; c++) {
      for (let i = 0, at = c * d; i < d; i++, at++) y[i] = offset[at];
      for (let p = from; p < end; p++) {
        const v = value[p];
        const j = column[p];
        for (let i = j, at = (c * d + j) * d + j; i < d; i++, at++) y[i] += v * turned[at];
      }
      let squares = 0;
      for (let i = 0; i < d; i++) squares += y[i] * y[i];
      out[c] = peaks[c] - 0.5 * squares;
    }
  };
}

/** What a maximisation step needs: weighted first and second moments of every component, from `shift`. */
class Sums {
  private readonly weight: Float64Array;
  private readonly mean: Float64Array;
  private readonly second: Float64Array;

  constructor(
    private readonly columns: number,
    private readonly options: MixtureOptions,
  ) {
    const { components, covariance } = options;
    this.weight = new Float64Array(components);
    this.mean = new Float64Array(components * columns);
    this.second = new Float64Array(components * columns * (covariance === "diag" ? 1 : columns));
  }

  add({ start, column, value }: SparseRows, row: number, responsibility: Float64Array): void {
    const { columns: d, weight, mean, second } = this;
    const isDiagonal = this.options.covariance === "diag";
    const [from, end] = [start[row], start[row + 1]];
    for (let c = 0; c < responsibility.length; c++) {
      const r = responsibility[c];
      if (r < NONE) continue;
      weight[c] += r;
      const own = c * d;
      for (let p = from; p < end; p++) {
        const weighted = r * value[p];
        mean[own + column[p]] += weighted;
        if (isDiagonal) second[own + column[p]] += weighted * value[p];
        else {
          const line = (own + column[p]) * d;
          for (let q = from; q <= p; q++) second[line + column[q]] += weighted * value[q];
        }
      }
    }
  }

  mixture(shift: Float64Array): Mixture {
    const { columns, mean, second: covariances } = this;
    const { covariance, ridge, components: k } = this.options;
    const weight = this.weight.map((sum) => sum + 10 * Number.EPSILON);
    const means = mean.map((sum, at) => sum / weight[Math.floor(at / columns)]); // from shift for now
    const roots = new Float64Array(covariances.length);
    const peaks = new Float64Array(k);
    const all = weight.reduce((a, b) => a + b, 0);
    for (let c = 0; c < k; c++) {
      peaks[c] = Math.log(weight[c] / all) - 0.5 * columns * Math.log(2 * Math.PI);
      const size = covariances.length / k;
      const own = covariances.subarray(c * size, (c + 1) * size);
      const centre = means.subarray(c * columns, (c + 1) * columns);
      const root = roots.subarray(c * size, (c + 1) * size);
      peaks[c] += (covariance === "diag" ? variances : matrices)(own, centre, weight[c], ridge, root);
    }
    const weights = weight.map((sum) => sum / all);
    return {
      covariance,
      columns,
      weights,
      means: means.map((away, at) => away + shift[at % columns]),
      covariances,
      roots,
      peaks,
      shift,
    };
  }
}

/** Second moments become variances. @returns the log of the product of the roots of the precisions */
function variances(
  own: Float64Array,
  centre: Float64Array,
  weight: number,
  ridge: number,
  root: Float64Array,
): number {
  let logDeterminant = 0;
  for (let j = 0; j < own.length; j++) {
    own[j] = Math.max(own[j] / weight - centre[j] ** 2, 0) + ridge;
    root[j] = 1 / Math.sqrt(own[j]);
    logDeterminant += Math.log(root[j]);
  }
  return logDeterminant;
}

function matrices(
  own: Float64Array,
  centre: Float64Array,
  weight: number,
  ridge: number,
  root: Float64Array,
): number {
  const d = centre.length;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = own[i * d + j] / weight - centre[i] * centre[j] + (i === j ? ridge : 0);
      own[i * d + j] = entry;
      own[j * d + i] = entry;
    }
  }
  const L = own.slice();
  choleskyInPlace(L, d);
  invertLower(L, d, root);
  let logDeterminant = 0;
  for (let j = 0; j < d; j++) logDeterminant += Math.log(root[j * d + j]);
  return logDeterminant;
}

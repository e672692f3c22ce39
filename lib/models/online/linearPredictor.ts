import type { ReadRows } from "./readRows.js";
import type { Scaling } from "./runningScaler.js";

/** How a linear model moves on one row. */
export interface UpdateRule {
  /**
   * What of the row is added to the weights, and to the intercept.
   * @param margin weights · row + intercept
   * @param side +1 for the class in work, -1 for the others
   * @param t rows so far, this one counted
   * @param squares gives the row's squared length
   */
  step(margin: number, side: 1 | -1, t: number, squares: () => number): number;
  /** What the row costs before the step. */
  loss(margin: number, side: 1 | -1): number;
  /** Weight of half the sum of squared weights, and of the sum of absolute ones, in what is minimised; none when absent. */
  readonly penalty?: { readonly l2: number; readonly l1: number };
  /** What the weights are multiplied with before the step (L2); 1 when absent. */
  shrink?(t: number): number;
  /** What each weight is drawn to 0 by, at most (L1); no such penalty when absent. */
  pull?(t: number): number;
}

/** max(0, 1 − margin · side), the loss of SGD's linear SVM and of passive-aggressive learning. */
export function hinge(margin: number, side: 1 | -1): number {
  return Math.max(0, 1 - margin * side);
}

/** When a pass over the rows was the last: as scikit-learn's SGDClassifier without early_stopping. */
export interface Stopping {
  /** What is minimised (loss and penalty, mean over a pass) has to fall below its lowest by this; null: never stop. */
  readonly tol: number | null;
  /** After so many passes in a row without that. */
  readonly n_iter_no_change: number;
}

/** What a predictor needs to know of its model. */
interface Setting {
  readonly rule: UpdateRule;
  /** Weight of a row of each class. */
  readonly classWeights: Float64Array;
  readonly stopping: Stopping;
}

/** Below this the common factor of the weights is multiplied out. */
const SMALL = 1e-9;

/**
 * One linear predictor: a class against the others (the second class, of two), learned a row at a time. It stops by
 * itself: of several classes each stops when its own loss has settled.
 * With an L1 penalty what a weight still has to be drawn by is forgotten between batches, as in scikit-learn.
 */
export class LinearPredictor {
  readonly weights: Float64Array;
  intercept: number;
  private stopped = false;
  /** Sum over the rows of the pass that runs, and their number. */
  private objective = 0;
  private rows = 0;
  private best = Number.POSITIVE_INFINITY;
  private unchanged = 0;

  constructor(
    private readonly setting: Setting,
    private readonly own: number,
    start: { readonly weights: ArrayLike<number>; readonly intercept: number },
  ) {
    this.weights = Float64Array.from(start.weights);
    this.intercept = start.intercept;
  }

  /**
   * Learn rows one after the other.
   * @param rows as the model sees them
   * @param before rows that were learned in earlier batches
   */
  learn(rows: ReadRows, y: Int32Array, before: number): void {
    if (this.stopped) return;
    const { classWeights, rule } = this.setting;
    const { own } = this;
    const weights = rows.vector;
    weights.set(this.weights);
    const pull = rule.pull === undefined ? undefined : new Pull(weights);
    let i = 0;
    const squares = (): number => rows.squaredLength(i);
    // The weights are `size` times what the array holds, so that an L2 penalty costs one multiplication.
    let size = 1;
    let norms = normsOf(weights);
    for (; i < y.length; i++) {
      const t = before + i + 1;
      const side = y[i] === own ? 1 : -1;
      const product = size * rows.product(i);
      const margin = product + this.intercept;
      this.objective += rule.loss(margin, side);
      if (rule.penalty !== undefined)
        this.objective += (rule.penalty.l2 / 2) * norms.squares + rule.penalty.l1 * norms.absolute;
      const step = rule.step(margin, side, t, squares) * classWeights[y[i]];
      const shrink = rule.shrink?.(t) ?? 1;
      size *= shrink;
      norms.squares *= shrink * shrink;
      if (size < SMALL || (pull !== undefined && size !== 1)) {
        multiply(weights, size);
        size = 1;
      }
      if (step !== 0) {
        const length = rows.add(i, step / size);
        norms.squares += step * (2 * shrink * product + step * length);
        this.intercept += step;
      }
      if (pull !== undefined) {
        pull.draw(rule.pull?.(t) ?? 0);
        norms = normsOf(weights);
      }
    }
    multiply(weights, size);
    this.weights.set(weights);
    this.rows += y.length;
  }

  /** weights · scaled row + intercept, of every row. */
  margins(rows: ReadRows, { mean, scale }: Scaling): Float64Array {
    const { vector } = rows;
    let start = this.intercept;
    for (let j = 0; j < mean.length; j++) {
      vector[j] = this.weights[j] / scale[j];
      start -= vector[j] * mean[j];
    }
    return rows.products(start);
  }

  /** @returns whether a further pass would bring something */
  endEpoch(): boolean {
    const { tol, n_iter_no_change } = this.setting.stopping;
    if (this.stopped) return false;
    const mean = this.objective / this.rows;
    if (tol !== null && mean > this.best - tol) this.unchanged++;
    else this.unchanged = 0;
    this.best = Math.min(this.best, mean);
    this.objective = 0;
    this.rows = 0;
    this.stopped = this.unchanged >= n_iter_no_change;
    return !this.stopped;
  }
}

function normsOf(weights: Float64Array): { squares: number; readonly absolute: number } {
  let squares = 0;
  let absolute = 0;
  for (let j = 0; j < weights.length; j++) {
    squares += weights[j] * weights[j];
    absolute += Math.abs(weights[j]);
  }
  return { squares, absolute };
}

function multiply(weights: Float64Array, by: number): void {
  if (by !== 1) for (let j = 0; j < weights.length; j++) weights[j] *= by;
}

/**
 * Draws weights to 0 by a penalty that adds up, never past 0.
 * Source: Tsuruoka, Tsujii and Ananiadou 2009, cumulative penalty.
 */
class Pull {
  private due = 0;
  /** What each weight was drawn by. */
  private readonly done: Float64Array;

  constructor(private readonly weights: Float64Array) {
    this.done = new Float64Array(weights.length);
  }

  draw(more: number): void {
    this.due += more;
    const { done, due, weights } = this;
    for (let j = 0; j < weights.length; j++) {
      const before = weights[j];
      if (before > 0) weights[j] = Math.max(0, before - (due + done[j]));
      else if (before < 0) weights[j] = Math.min(0, before + (due - done[j]));
      done[j] += weights[j] - before;
    }
  }
}

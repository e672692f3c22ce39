import type { FeatureInfo, LabelledBatch, OnlineSession } from "../contract.js";
import { checkFinite } from "../finite.js";
import { type FittedLinear, fittedLinear, type Link } from "./fittedLinear.js";
import { type OnlineState, onlineState } from "./onlineState.js";
import { RunningScaler, type Scaling } from "./runningScaler.js";

/** How a linear model moves on one row. */
export interface UpdateRule {
  /**
   * What of the row is added to the weights, and to the intercept.
   * @param margin weights · row + intercept
   * @param side +1 for the class in work, -1 for the others
   * @param t rows so far, this one counted
   */
  step(margin: number, side: 1 | -1, row: Float64Array, t: number): number;
  /** What the weights are multiplied with before the step (L2); 1 when absent. */
  shrink?(t: number): number;
  /** What each weight is drawn to 0 by, at most (L1); no such penalty when absent. */
  pull?(t: number): number;
}

export interface LinearSetting {
  /** For messages: the model's type. */
  readonly model: string;
  readonly classes: readonly string[];
  readonly features: readonly FeatureInfo[];
  readonly rule: UpdateRule;
  readonly link: Link;
  /** Weight of a row of each class. */
  readonly classWeights: Float64Array;
  /** Whether a running standard scaler stands before the model. */
  readonly scaled: boolean;
  /** `state()` of an earlier session to go on from. */
  readonly from?: unknown;
}

/** One linear predictor: a class against the others (the second class, of two). */
interface Predictor {
  readonly class: number;
  readonly weights: Float64Array;
  intercept: number;
}

/**
 * A linear classifier that learns a row at a time, one predictor a class (one against the others), or one for two classes.
 * Each batch first moves the running scaler, then the weights: partial_fit of scikit-learn's StandardScaler and
 * SGDClassifier in turn. With an L1 penalty what a weight still has to be drawn by is forgotten between batches, as there.
 * Source: Bottou 2012, Stochastic gradient descent tricks; L1: Tsuruoka, Tsujii and Ananiadou 2009, cumulative penalty.
 */
export class LinearSession implements OnlineSession {
  private readonly scaler: RunningScaler;
  private readonly predictors: readonly Predictor[];
  /** Passes over training rows that are done: counted by whoever gives the batches. */
  epochs: number;
  private rows: number;

  constructor(private readonly setting: LinearSetting) {
    const columns = setting.features.length;
    const classes = setting.classes.length === 2 ? [1] : setting.classes.map((_, c) => c);
    const { from, model, scaled } = setting;
    const earlier =
      from === undefined
        ? undefined
        : onlineState(model, from, { predictors: classes.length, columns, scaled });
    this.epochs = earlier?.epochs ?? 0;
    this.rows = earlier?.rows ?? 0;
    this.scaler = new RunningScaler(columns, earlier?.scaler ?? undefined);
    this.predictors = classes.map((each, p) => ({
      class: each,
      weights: Float64Array.from(earlier?.predictors[p].weights ?? new Float64Array(columns)),
      intercept: earlier?.predictors[p].intercept ?? 0,
    }));
  }

  state(): OnlineState {
    return {
      epochs: this.epochs,
      rows: this.rows,
      scaler: this.setting.scaled ? this.scaler.state() : null,
      predictors: this.predictors.map(({ weights, intercept }) => ({ weights: [...weights], intercept })),
    };
  }

  partialFit({ X, y }: LabelledBatch): void {
    checkFinite(this.setting.model, X, this.setting.features);
    if (this.setting.scaled) this.scaler.add(X);
    const scaling = this.scaling();
    const row = new Float64Array(X.columns);
    for (const predictor of this.predictors) {
      const pull = this.setting.rule.pull === undefined ? undefined : new Pull(predictor.weights);
      for (let i = 0; i < X.rows; i++) {
        for (let j = 0; j < row.length; j++) {
          row[j] = (X.data[i * row.length + j] - scaling.mean[j]) / scaling.scale[j];
        }
        this.learn(predictor, row, y[i], this.rows + i + 1, pull);
      }
    }
    this.rows += X.rows;
  }

  freeze(): FittedLinear {
    const { classes, link, model } = this.setting;
    return fittedLinear({
      model,
      classes,
      link,
      ...this.scaling(),
      weights: this.predictors.map(({ weights }) => weights.slice()),
      intercepts: this.predictors.map(({ intercept }) => intercept),
      summary: { rows_learned: this.rows },
    });
  }

  private learn(predictor: Predictor, row: Float64Array, y: number, t: number, pull: Pull | undefined): void {
    const { classWeights, rule } = this.setting;
    const { weights } = predictor;
    let margin = predictor.intercept;
    for (let j = 0; j < row.length; j++) margin += weights[j] * row[j];
    const step = rule.step(margin, y === predictor.class ? 1 : -1, row, t) * classWeights[y];
    const shrink = rule.shrink?.(t) ?? 1;
    if (shrink !== 1) for (let j = 0; j < weights.length; j++) weights[j] *= shrink;
    if (step !== 0) {
      for (let j = 0; j < weights.length; j++) weights[j] += step * row[j];
      predictor.intercept += step;
    }
    pull?.draw(rule.pull?.(t) ?? 0);
  }

  private scaling(): Scaling {
    if (this.setting.scaled) return this.scaler.scaling();
    const columns = this.setting.features.length;
    return { mean: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  }
}

/** Draws weights to 0 by a penalty that adds up, never past 0. */
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

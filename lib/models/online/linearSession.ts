import type { FeatureInfo, LabelledBatch, Matrix, OnlineSession } from "../contract.js";
import { checkFinite } from "../finite.js";
import { type FittedLinear, fittedLinear, type Link } from "./fittedLinear.js";
import { LinearPredictor, type Stopping, type UpdateRule } from "./linearPredictor.js";
import { type OnlineState, onlineState } from "./onlineState.js";
import { RunningScaler, type Scaling } from "./runningScaler.js";

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
  readonly stopping: Stopping;
  /** `state()` of an earlier session to go on from. */
  readonly from?: unknown;
}

/**
 * A linear classifier that learns a row at a time, one predictor a class (one against the others), or one for two classes.
 * Each batch first moves the running scaler, then the weights: partial_fit of scikit-learn's StandardScaler and
 * SGDClassifier in turn.
 * Source: Bottou 2012, Stochastic gradient descent tricks.
 */
export class LinearSession implements OnlineSession {
  private readonly scaler: RunningScaler;
  private readonly predictors: readonly LinearPredictor[];
  private passes: number;
  private rows: number;

  constructor(private readonly setting: LinearSetting) {
    const columns = setting.features.length;
    const classes = setting.classes.length === 2 ? [1] : setting.classes.map((_, c) => c);
    const { from, model, scaled } = setting;
    const earlier =
      from === undefined
        ? undefined
        : onlineState(model, from, { predictors: classes.length, columns, scaled });
    this.passes = earlier?.epochs ?? 0;
    this.rows = earlier?.rows ?? 0;
    this.scaler = new RunningScaler(columns, earlier?.scaler ?? undefined);
    this.predictors = classes.map((each, p) => {
      const start = earlier?.predictors[p] ?? { weights: new Float64Array(columns), intercept: 0 };
      return new LinearPredictor(setting, each, start);
    });
  }

  get epochs(): number {
    return this.passes;
  }

  state(): OnlineState {
    return {
      epochs: this.passes,
      rows: this.rows,
      scaler: this.setting.scaled ? this.scaler.state() : null,
      predictors: this.predictors.map(({ weights, intercept }) => ({ weights: [...weights], intercept })),
    };
  }

  partialFit({ X, y }: LabelledBatch): void {
    checkFinite(this.setting.model, X, this.setting.features);
    if (this.setting.scaled) this.scaler.add(X);
    const rows = this.setting.scaled ? scaled(X, this.scaler.scaling()) : X.data;
    for (const predictor of this.predictors) predictor.learn(rows, y, this.rows);
    this.rows += X.rows;
  }

  wrong({ X, y }: LabelledBatch): number {
    const scaling = this.scaling();
    const margins = this.predictors.map((predictor) => predictor.margins(X, scaling));
    let wrong = 0;
    for (let i = 0; i < y.length; i++) {
      let best = margins.length === 1 && margins[0][i] > 0 ? 1 : 0;
      for (let c = 1; c < margins.length; c++) if (margins[c][i] > margins[best][i]) best = c;
      if (best !== y[i]) wrong++;
    }
    return wrong;
  }

  endEpoch(): boolean {
    this.passes++;
    return this.predictors.filter((predictor) => predictor.endEpoch()).length > 0;
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

  private scaling(): Scaling {
    if (this.setting.scaled) return this.scaler.scaling();
    const columns = this.setting.features.length;
    return { mean: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  }
}

function scaled({ columns, data }: Matrix, { mean, scale }: Scaling): Float64Array {
  const perUnit = scale.map((each) => 1 / each);
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; )
    for (let j = 0; j < columns; j++, at++) out[at] = (data[at] - mean[j]) * perUnit[j];
  return out;
}

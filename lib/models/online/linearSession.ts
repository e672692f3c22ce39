import { isPackable, PackedRows } from "../../numeric/packedRows.js";
import { copyRows } from "../../table/matrixRows.js";
import type { FeatureInfo, LabelledBatch, Matrix, OnlineSession } from "../contract.js";
import { allFinite, checkFinite } from "../finite.js";
import { type FittedLinear, fittedLinear, type Link } from "./fittedLinear.js";
import { LinearPredictor, type Stopping, type UpdateRule } from "./linearPredictor.js";
import { type OnlineState, onlineState } from "./onlineState.js";
import { DenseBatch, PackedBatch, type ReadRows } from "./readRows.js";
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
  /** Matrices that batches are rows of. */
  private readonly packed = new WeakMap<Matrix, PackedRows>();
  private readonly dense: DenseBatch;
  /** Memory of the batch at hand, as it is and scaled. */
  private gathered = new Float32Array(0);
  private doubles = new Float64Array(0);

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
    this.dense = new DenseBatch(columns);
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

  partialFit(batch: LabelledBatch): number {
    const { model, features, scaled } = this.setting;
    const y = labelsOf(batch);
    const packed = this.packedBatch(batch);
    const X = packed === undefined ? this.copied(batch) : batch.X;
    const rows = packed ?? this.dense.read(X.data);
    const margins = this.margins(rows);
    // What is missing or infinite in a row is so in its margins.
    if (!margins.every(allFinite)) checkFinite(model, this.copied(batch), features);
    const wrong = countWrong(margins, y);
    const learned = scaled ? this.scale(X) : rows;
    for (const predictor of this.predictors) predictor.learn(learned, y, this.rows);
    this.rows += y.length;
    return wrong;
  }

  wrong(batch: LabelledBatch): number {
    const rows = this.packedBatch(batch) ?? this.dense.read(this.copied(batch).data);
    return countWrong(this.margins(rows), labelsOf(batch));
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

  /** Of each predictor the margin of each row. */
  private margins(rows: ReadRows): Float64Array[] {
    const scaling = this.scaling();
    return this.predictors.map((predictor) => predictor.margins(rows, scaling));
  }

  /** Rows of a matrix, which is packed once. Where rows are scaled they are not zero any more, and are copied anyway. */
  private packedBatch({ X, rows }: LabelledBatch): PackedBatch | undefined {
    if (rows === undefined || this.setting.scaled || !isPackable(X)) return undefined;
    const packed = this.packed.get(X) ?? new PackedRows(X);
    this.packed.set(X, packed);
    return new PackedBatch(packed, rows);
  }

  /** The rows of a batch one after the other; good until the next ones are copied. */
  private copied({ X, rows }: LabelledBatch): Matrix {
    if (rows === undefined) return X;
    const numbers = rows.length * X.columns;
    if (this.gathered.length < numbers) this.gathered = new Float32Array(numbers);
    copyRows(X, rows, this.gathered);
    return { rows: rows.length, columns: X.columns, data: this.gathered.subarray(0, numbers) };
  }

  /** Move the running scaler by rows, and scale them. */
  private scale(X: Matrix): ReadRows {
    const { columns, data } = X;
    this.scaler.add(X);
    const { mean, scale } = this.scaler.scaling();
    const perUnit = scale.map((each) => 1 / each);
    if (this.doubles.length < data.length) this.doubles = new Float64Array(data.length);
    const out = this.doubles.subarray(0, data.length);
    for (let at = 0; at < data.length; )
      for (let j = 0; j < columns; j++, at++) out[at] = (data[at] - mean[j]) * perUnit[j];
    return this.dense.read(out);
  }

  private scaling(): Scaling {
    if (this.setting.scaled) return this.scaler.scaling();
    const columns = this.setting.features.length;
    return { mean: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  }
}

/** Rows whose highest margin is not that of their class; a single margin is that of the second of two. */
function countWrong(margins: readonly Float64Array[], y: Int32Array): number {
  let wrong = 0;
  for (let i = 0; i < y.length; i++) {
    let best = margins.length === 1 && margins[0][i] > 0 ? 1 : 0;
    for (let c = 1; c < margins.length; c++) if (margins[c][i] > margins[best][i]) best = c;
    if (best !== y[i]) wrong++;
  }
  return wrong;
}

/** Class index of each row of a batch. */
function labelsOf({ y, rows }: LabelledBatch): Int32Array {
  if (rows === undefined) return y;
  const own = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) own[i] = y[rows[i]];
  return own;
}

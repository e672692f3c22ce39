import type { Matrix } from "../contract.js";
import type { OnlineState } from "./onlineState.js";

type ScalerState = NonNullable<OnlineState["scaler"]>;

/** A standard scaler as it stands: (x − mean) / scale, a number a column each. */
export interface Scaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Mean and standard deviation of each column over all rows so far, a batch at a time: scikit-learn's
 * StandardScaler.partial_fit. A column that was constant so far has the scale 1.
 * Source: Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance, The American Statistician 37.
 */
export class RunningScaler {
  private rows: number;
  private readonly mean: Float64Array;
  /** Sum of squared differences from the mean. */
  private readonly squares: Float64Array;

  constructor(
    private readonly columns: number,
    from?: ScalerState,
  ) {
    this.rows = from?.rows ?? 0;
    this.mean = Float64Array.from(from?.mean ?? new Float64Array(columns));
    this.squares = Float64Array.from(from?.squares ?? new Float64Array(columns));
  }

  state(): ScalerState {
    return { rows: this.rows, mean: [...this.mean], squares: [...this.squares] };
  }

  add({ rows, columns, data }: Matrix): void {
    if (rows === 0) return;
    const total = this.rows + rows;
    for (let j = 0; j < columns; j++) {
      let mean = 0;
      for (let at = j; at < data.length; at += columns) mean += data[at];
      mean /= rows;
      let squares = 0;
      for (let at = j; at < data.length; at += columns) squares += (data[at] - mean) ** 2;
      const apart = mean - this.mean[j];
      this.mean[j] += (apart * rows) / total;
      this.squares[j] += squares + (apart * apart * this.rows * rows) / total;
    }
    this.rows = total;
  }

  scaling(): Scaling {
    const scale = Float64Array.from({ length: this.columns }, (_, j) => {
      const variance = this.squares[j] / Math.max(1, this.rows);
      return isConstant(variance, this.mean[j], this.rows) ? 1 : Math.sqrt(variance);
    });
    return { mean: this.mean.slice(), scale };
  }
}

/** Whether a variance is no more than the rounding of its computation, as scikit-learn decides it. */
function isConstant(variance: number, mean: number, rows: number): boolean {
  const eps = Number.EPSILON;
  return variance <= rows * eps * variance + (rows * mean * eps) ** 2;
}

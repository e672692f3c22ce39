import { roomFor } from "./keyTable.js";

/** Of a key and lambda: weight, mean, weighted squares around the mean. */
const WIDTH = 3;

/**
 * Damped mean and variance of a value by key: what was seen t seconds ago weighs 2^(-lambda t).
 * Source: Mirsky, Doitshman, Elovici and Shabtai 2018, "Kitsune", arXiv:1802.09089, table I; computed around the mean, as
 * sums of squares lose the small variances of large values.
 */
export class Damped {
  private state = new Float64Array(0);

  /** By lambda, of the key that was read: weight, mean and standard deviation of its past. NaN without a past. */
  readonly weight: Float64Array;
  readonly mean: Float64Array;
  readonly sd: Float64Array;

  constructor(private readonly lambda: readonly number[]) {
    this.weight = new Float64Array(lambda.length);
    this.mean = new Float64Array(lambda.length);
    this.sd = new Float64Array(lambda.length);
  }

  /**
   * Let the past of a key fade for `pauseUs` and read it, then add `value`; a NaN is not added.
   * @param pauseUs NaN for a key without a past: its slot starts anew
   */
  add(slot: number, pauseUs: number, value: number, capacity: number): void {
    const { length } = this.lambda;
    this.state = roomFor(this.state, WIDTH * length * capacity);
    const { state } = this;
    for (let l = 0, at = WIDTH * length * slot; l < length; l++, at += WIDTH) {
      const fade = Number.isNaN(pauseUs) ? 0 : 2 ** ((-this.lambda[l] * pauseUs) / 1e6);
      const weight = state[at] * fade;
      const squares = state[at + 2] * fade;
      this.weight[l] = weight;
      this.mean[l] = weight > 0 ? state[at + 1] : Number.NaN;
      this.sd[l] = weight > 0 ? Math.sqrt(squares / weight) : Number.NaN;
      state[at] = weight;
      state[at + 2] = squares;
      if (Number.isNaN(value)) continue;
      const away = value - (weight > 0 ? state[at + 1] : 0);
      const mean = (weight > 0 ? state[at + 1] : 0) + away / (weight + 1);
      state[at] = weight + 1;
      state[at + 1] = mean;
      state[at + 2] = squares + away * (value - mean);
    }
  }
}

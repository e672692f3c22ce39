import { roomFor } from "./keyTable.js";

/** Values that are remembered of a key. */
const MOST = 16;
/** Below this many a spread says nothing. */
const LEAST = 3;

/** Mean and spread of the last 16 values of each key. */
export class LastValues {
  private values = new Float64Array(0);
  private counts = new Int32Array(0);

  /** Of the key that was read: the mean, NaN without a value. */
  mean = Number.NaN;
  /** The coefficient of variation (standard deviation over mean), NaN below three values or where all are 0. */
  cv = Number.NaN;

  /** A slot was given to a new key. */
  startAnew(slot: number, capacity: number): void {
    this.values = roomFor(this.values, MOST * capacity);
    this.counts = roomFor(this.counts, capacity);
    this.counts[slot] = 0;
  }

  add(slot: number, value: number): void {
    this.values[MOST * slot + (this.counts[slot]++ % MOST)] = value;
  }

  read(slot: number): void {
    const first = MOST * slot;
    const n = Math.min(MOST, this.counts[slot]);
    let sum = 0;
    for (let i = first; i < first + n; i++) sum += this.values[i];
    this.mean = sum / n;
    this.cv = Number.NaN;
    if (n < LEAST || this.mean === 0) return;
    let squares = 0;
    for (let i = first; i < first + n; i++) squares += (this.values[i] - this.mean) ** 2;
    this.cv = Math.sqrt(squares / n) / this.mean;
  }
}

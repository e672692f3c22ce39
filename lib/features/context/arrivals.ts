import { roomFor } from "./keyTable.js";

/** Pauses that are remembered of a pair. */
const MOST = 16;
/** Below this many a spread says nothing. */
const LEAST = 3;

/** The last 16 pauses between the flows of each pair, in microseconds. */
export class Arrivals {
  private pauses = new Float64Array(0);
  private counts = new Int32Array(0);

  /** Mean of the last 16 pauses of the slot that was added to; NaN without any. */
  meanUs = Number.NaN;
  /** Their coefficient of variation (standard deviation over mean); NaN below three pauses or where all are 0. */
  cv = Number.NaN;

  /** A flow of a pair comes `pauseUs` after the one before; NaN for the first one, which starts anew. */
  add(slot: number, pauseUs: number, capacity: number): void {
    this.pauses = roomFor(this.pauses, MOST * capacity);
    this.counts = roomFor(this.counts, capacity);
    this.meanUs = Number.NaN;
    this.cv = Number.NaN;
    if (Number.isNaN(pauseUs)) {
      this.counts[slot] = 0;
      return;
    }
    const first = MOST * slot;
    this.pauses[first + (this.counts[slot]++ % MOST)] = pauseUs;
    const n = Math.min(MOST, this.counts[slot]);
    let sum = 0;
    for (let i = first; i < first + n; i++) sum += this.pauses[i];
    const mean = sum / n;
    this.meanUs = mean;
    if (n < LEAST || mean === 0) return;
    let squares = 0;
    for (let i = first; i < first + n; i++) squares += (this.pauses[i] - mean) ** 2;
    this.cv = Math.sqrt(squares / n) / mean;
  }
}

import { growTo, KERNEL_OWN, type KernelMemory, loadKernel, type Shared } from "../../base/kernel.js";

/** wasm/profile.ts; values, kinds and bins are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  readonly missing: Shared;
  readonly min: Shared;
  readonly max: Shared;
  profile(values: number, n: number, kinds: number, bins: number, shift: bigint): void;
}

/** Sign, exponent and the two highest bits of the mantissa: four bins an octave. */
export const BIN_BITS = 14;
export const BINS = 1 << BIN_BITS;
/** Counters of a bin, one a class. */
export const CLASSES = 4;
const SHIFT = BigInt(64 - BIN_BITS);
const BINS_BYTES = 4 * CLASSES * BINS;

/** What is known of the values of a column. */
export interface ValueCounts {
  missing: number;
  /** Infinity and -Infinity when there is no value. */
  min: number;
  max: number;
}

/** Counts numbers in bins of their leading bits, for many columns: constant memory and one look at each value. */
export class ProfileKernel {
  private readonly exports = loadKernel<Exports>("table/profile");
  /** Rows that there is room for: their classes, then the values of a column. */
  private capacity = 1 << 14;
  private columns = 0;

  /** Forget all columns, and make room for `columns` at once: whenever its memory grows, V8 counts all of it as new. */
  clear(columns: number): void {
    this.columns = 0;
    growTo(this.exports.memory, this.binsAt(columns));
  }

  /** One column more; @returns its number */
  column(): number {
    growTo(this.exports.memory, this.binsAt(this.columns + 1));
    this.bins(this.columns).fill(0);
    return this.columns++;
  }

  /** The class of each row that comes next, from 0 to 3. */
  rows(kinds: Uint8Array): void {
    if (kinds.length > this.capacity) this.grow(kinds.length);
    new Uint8Array(this.exports.memory.buffer, KERNEL_OWN, kinds.length).set(kinds);
  }

  /** Count the values of those rows. NaN is missing. */
  add(column: number, values: Float32Array | Float64Array, counts: ValueCounts): void {
    const { exports } = this;
    const at = KERNEL_OWN + this.capacity;
    new Float64Array(exports.memory.buffer, at, values.length).set(values);
    exports.missing.value = counts.missing;
    exports.min.value = counts.min;
    exports.max.value = counts.max;
    exports.profile(at, values.length, KERNEL_OWN, this.binsAt(column), SHIFT);
    counts.missing = exports.missing.value;
    counts.min = exports.min.value;
    counts.max = exports.max.value;
  }

  /** Values by bin and class: zero first, then the least positive numbers; from the middle on negative ones, downwards. */
  bins(column: number): Uint32Array {
    return new Uint32Array(this.exports.memory.buffer, this.binsAt(column), CLASSES * BINS);
  }

  private binsAt(column: number): number {
    return KERNEL_OWN + 9 * this.capacity + column * BINS_BYTES;
  }

  /** Room for more rows, in front of the bins. */
  private grow(rows: number): void {
    const from = this.binsAt(0);
    this.capacity = Math.ceil(Math.max(rows, 2 * this.capacity) / 64) * 64;
    growTo(this.exports.memory, this.binsAt(this.columns));
    new Uint8Array(this.exports.memory.buffer).copyWithin(
      this.binsAt(0),
      from,
      from + this.columns * BINS_BYTES,
    );
  }
}

import { growTo, KERNEL_OWN, type KernelMemory, loadKernel, type Shared } from "../../base/kernel.js";
import { type Column, lengthOf } from "../table.js";

/** wasm/probe.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  readonly cells: Shared;
  readonly majority: Shared;
  readonly confusion: Shared;
  countNumbers(
    values: number,
    n: number,
    keys: number,
    rows: number,
    otherKeys: number,
    otherRows: number,
    digits: number,
    distinct: number,
    counts: number,
  ): number;
  countCodes(codes: number, n: number, size: number, counts: number): void;
  decide(size: number, distinct: number, counts: number): void;
}

export const FOLDS = 5;
const DIGITS = 4 * 6 * 2048;
/** Counters of a value. */
const COUNTERS = 4 * (2 * FOLDS + 2);

/** Rows by truth and decision, both 0 or 1: 00, 01, 10, 11. */
export type Confusion = readonly [number, number, number, number];

/**
 * Decides the class of each row by one column and the rows of the other folds, as `ShortcutProbe` says
 * (explain/audit/shortcuts.ts). Keeps its memory from column to column.
 */
export class ProbeKernel {
  private readonly exports = loadKernel<Exports>("table/probe");
  private readonly confusion = KERNEL_OWN;
  private readonly digits = KERNEL_OWN + 64;
  private readonly cells = KERNEL_OWN + 64 + DIGITS;
  /** What is of the column at hand. */
  private readonly column: number;

  /**
   * @param cells of each row twice its fold, and one more for class 1
   * @param majority of each fold, which class is the larger one outside it
   */
  constructor(cells: Uint8Array, majority: ArrayLike<number>) {
    const { exports } = this;
    this.column = this.cells + 64 * Math.ceil(cells.length / 64);
    growTo(exports.memory, this.column);
    new Uint8Array(exports.memory.buffer, this.cells, cells.length).set(cells);
    new Int32Array(exports.memory.buffer, this.confusion + 16, FOLDS).set(majority);
    exports.cells.value = this.cells;
    exports.confusion.value = this.confusion;
    exports.majority.value = this.confusion + 16;
  }

  /** @param column of as many rows as there are cells */
  decide(column: Column): Confusion {
    const { exports } = this;
    const n = lengthOf(column);
    if (column.kind === "number") {
      const [values, keys, otherKeys, distinct, rows, otherRows, counts] = this.regions(
        ...[8 * n, 8 * n, 8 * n, 8 * (n + 1), 4 * n, 4 * n, COUNTERS * (n + 1)],
      );
      new Float64Array(exports.memory.buffer, values, n).set(column.values);
      const { digits } = this;
      const size = exports.countNumbers(
        values,
        n,
        keys,
        rows,
        otherKeys,
        otherRows,
        digits,
        distinct,
        counts,
      );
      exports.decide(size, distinct, counts);
    } else {
      const size = column.dictionary.length + 1;
      const [codes, counts] = this.regions(4 * n, COUNTERS * size);
      new Int32Array(exports.memory.buffer, codes, n).set(column.codes);
      exports.countCodes(codes, n, size, counts);
      exports.decide(size, 0, counts);
    }
    const [a, b, c, d] = new Int32Array(exports.memory.buffer, this.confusion, 4);
    return [a, b, c, d];
  }

  /** Places for so many bytes each. */
  private regions(...sizes: readonly number[]): number[] {
    let end = this.column;
    const places = sizes.map((size) => {
      const at = end;
      end += 8 * Math.ceil(size / 8);
      return at;
    });
    growTo(this.exports.memory, end);
    return places;
  }
}

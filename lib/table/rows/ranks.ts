import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../../base/kernel.js";

/** wasm/ranks.ts; all numbers but `n` are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  ranks(
    values: number,
    n: number,
    keys: number,
    rows: number,
    otherKeys: number,
    otherRows: number,
    counts: number,
    codes: number,
    distinct: number,
  ): number;
}

const COUNTS = 4 * 6 * 2048;

/** The ranks of a column's values; they change with the kernel. */
export interface Ranks {
  /** Of each row: 1 for the least value, equal values have one; 0 is missing. */
  readonly codes: Int32Array;
  /** The value of each rank, ascending; that of 0 is NaN. */
  readonly distinct: Float64Array;
}

/** Ranks numbers: NaN is missing, 0 is -0. Keeps its memory from column to column. */
export class RankKernel {
  private readonly exports = loadKernel<Exports>("table/ranks");

  ranks(values: Float32Array | Float64Array): Ranks {
    const { memory, ranks } = this.exports;
    const n = values.length;
    const counts = KERNEL_OWN;
    const at = (part: number): number => KERNEL_OWN + COUNTS + 4 * part * n;
    growTo(memory, at(11) + 8);
    new Float64Array(memory.buffer, at(0), n).set(values);
    const [keys, otherKeys, distinct, rows, otherRows, codes] = [
      at(2),
      at(4),
      at(6),
      at(8) + 8,
      at(9) + 8,
      at(10) + 8,
    ];
    const highest = ranks(at(0), n, keys, rows, otherKeys, otherRows, counts, codes, distinct);
    const found = new Float64Array(memory.buffer, distinct, highest + 1);
    found[0] = Number.NaN;
    return { codes: new Int32Array(memory.buffer, codes, n), distinct: found };
  }
}

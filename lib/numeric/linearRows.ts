import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../base/kernel.js";

/** wasm/linearRows.ts; vectors and rows are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  products(
    vector: number,
    rows: number,
    count: number,
    size: number,
    single: boolean,
    start: number,
    out: number,
  ): void;
  product(vector: number, row: number, size: number, single: boolean): number;
  addRow(vector: number, row: number, size: number, single: boolean, by: number): number;
  addDoubles(vector: number, row: number, size: number, by: number): void;
}

type Numbers = Float32Array | Float64Array;

/** Bytes of rows that are held at once: they stay in the processor's near memory. */
const HELD = 131_072;

/** A vector beside rows that come a few at a time, and what is done with both. */
export class LinearRows {
  /** `size` numbers; what is written here counts. */
  readonly vector: Float64Array;
  /** Rows that are held, where they are doubles. */
  readonly doubles: Float64Array;
  private readonly kernel: Exports;
  private readonly floats: Float32Array;
  private readonly out: Float64Array;
  private single = false;

  /** @param most rows that can be held at once; by default few */
  constructor(
    private readonly size: number,
    readonly most = Math.max(1, Math.floor(HELD / 8 / Math.max(1, size))),
  ) {
    const numbers = this.most * size;
    this.kernel = loadKernel<Exports>("numeric/linearRows");
    growTo(this.kernel.memory, KERNEL_OWN + (size + this.most + numbers) * 8);
    const { buffer } = this.kernel.memory;
    this.vector = new Float64Array(buffer, KERNEL_OWN, size);
    this.out = new Float64Array(buffer, KERNEL_OWN + size * 8, this.most);
    const rows = KERNEL_OWN + (size + this.most) * 8;
    this.doubles = new Float64Array(buffer, rows, numbers);
    this.floats = new Float32Array(buffer, rows, numbers);
  }

  /** Hold rows, one after the other in `rows`; `most` at most. */
  hold(rows: Numbers): void {
    this.single = rows instanceof Float32Array;
    if (this.single) this.floats.set(rows);
    else this.doubles.set(rows);
  }

  /** vector · row `i` of those held. */
  product(i: number): number {
    return this.kernel.product(this.vector.byteOffset, this.at(i), this.size, this.single);
  }

  /** start + vector · row of the first `count` rows; valid until the next call. */
  products(count: number, start: number): Float64Array {
    const { kernel, vector, out, size, single } = this;
    kernel.products(vector.byteOffset, this.at(0), count, size, single, start, out.byteOffset);
    return out.subarray(0, count);
  }

  /** Add a multiple of row `i` to the vector. @returns the row's squared length */
  add(i: number, by: number): number {
    return this.kernel.addRow(this.vector.byteOffset, this.at(i), this.size, this.single, by);
  }

  /** The same for rows that are doubles, and no more than that. */
  addDoubles(i: number, by: number): void {
    this.kernel.addDoubles(
      this.vector.byteOffset,
      this.doubles.byteOffset + i * this.size * 8,
      this.size,
      by,
    );
  }

  private at(i: number): number {
    return this.doubles.byteOffset + i * this.size * (this.single ? 4 : 8);
  }
}

import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../base/kernel.js";
import type { DenseRows } from "./covariance.js";

/** wasm/rowScan.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  sum(rows: number, count: number, size: number, single: boolean, sums: number): void;
  vote(rows: number, count: number, size: number, single: boolean, candidate: number, lead: number): void;
  matches(
    rows: number,
    count: number,
    size: number,
    single: boolean,
    candidate: number,
    counts: number,
  ): void;
  compress(
    rows: number,
    count: number,
    size: number,
    single: boolean,
    value: number,
    column: number,
    apart: number,
    ends: number,
  ): void;
  multiply(
    rows: number,
    count: number,
    size: number,
    single: boolean,
    value: number,
    column: number,
    apart: number,
    sums: number,
    products: number,
  ): void;
}

/** Bytes of rows that are looked at at once: they stay in the processor's near memory. */
const HELD = 131_072;

/** Entries of rows less a constant a column, zeros left out; valid until the next call. */
export interface Entries {
  readonly column: Int32Array;
  readonly value: Float64Array;
  /** Of each row, how many entries there are up to its end. */
  readonly ends: Int32Array;
}

/** Passes over rows, some at a time; each column, and each pair of columns, is summed in the order of the rows. */
export class RowScan {
  /** columns; what `sum` and `multiply` add to. */
  readonly sums: Float64Array;
  /** columns; what `multiply` and `compress` take off. */
  readonly value: Float64Array;
  /** columns × columns, or nothing; `multiply` adds to the lower triangle. */
  readonly products: Float64Array;
  private readonly kernel: Exports;
  /** Rows that are looked at at once. */
  private readonly most: number;
  private readonly held: Float32Array | Float64Array;
  private readonly candidate: Float32Array | Float64Array;
  private readonly counts: Int32Array;
  private readonly column: Int32Array;
  private readonly apart: Float64Array;
  private readonly ends: Int32Array;

  /** @param pairs whether `multiply` will be called */
  constructor(
    private readonly X: DenseRows,
    pairs = false,
  ) {
    const { rows, columns, data } = X;
    const wide = data.BYTES_PER_ELEMENT;
    this.most = Math.max(1, Math.min(rows, Math.floor(HELD / wide / Math.max(1, columns))));
    const numbers = this.most * columns;
    const squares = pairs ? columns * columns : 0;
    this.kernel = loadKernel<Exports>("numeric/rowScan");
    growTo(this.kernel.memory, KERNEL_OWN + columns * 32 + squares * 8 + (numbers + 1) * 20 + this.most * 4);
    const { buffer } = this.kernel.memory;
    let end = KERNEL_OWN;
    const place = (length: number, bytes: number): [ArrayBuffer, number, number] => {
      const at = end;
      end += length * bytes;
      return [buffer, at, length];
    };
    const Numbers = wide === 4 ? Float32Array : Float64Array;
    this.sums = new Float64Array(...place(columns, 8));
    this.value = new Float64Array(...place(columns, 8));
    this.products = new Float64Array(...place(squares, 8));
    this.apart = new Float64Array(...place(numbers + 1, 8));
    this.held = new Numbers(...place(numbers, wide));
    this.candidate = new Numbers(...place(columns, wide));
    this.counts = new Int32Array(...place(columns * (wide / 4), 4));
    this.column = new Int32Array(...place(numbers + 1, 4));
    this.ends = new Int32Array(...place(this.most, 4));
  }

  /** Add rows to `sums`. */
  sum(first: number, end: number): void {
    this.each(first, end, (...held) => this.kernel.sum(...held, this.sums.byteOffset));
  }

  /**
   * Of each column the value that more than half of the rows have where there is one, else some value; 0 where none is
   * finite (Boyer and Moore's vote).
   */
  vote(): Float64Array {
    const { candidate, counts, kernel, X } = this;
    candidate.fill(0);
    counts.fill(0);
    this.each(0, X.rows, (...held) => kernel.vote(...held, candidate.byteOffset, counts.byteOffset));
    return Float64Array.from(candidate);
  }

  /** How many rows have what `vote` gave last. */
  votes(): Int32Array {
    const { candidate, counts, kernel, X } = this;
    counts.fill(0);
    this.each(0, X.rows, (...held) => kernel.matches(...held, candidate.byteOffset, counts.byteOffset));
    return counts.slice(0, X.columns);
  }

  /** Add rows less `value` to `sums`, and the products of each two columns of that to `products`. */
  multiply(first: number, end: number): void {
    const { value, column, apart, sums, products, kernel } = this;
    const places = [value, column, apart, sums, products].map(({ byteOffset }) => byteOffset);
    const [v, c, a, s, p] = places;
    this.each(first, end, (...held) => kernel.multiply(...held, v, c, a, s, p));
  }

  /** Rows less `value`, some at a time. */
  compress(first: number, end: number, visit: (entries: Entries) => void): void {
    const { value, column, apart, ends, kernel } = this;
    const [v, c, a, e] = [value, column, apart, ends].map(({ byteOffset }) => byteOffset);
    this.each(first, end, (rows, count, size, single) => {
      kernel.compress(rows, count, size, single, v, c, a, e);
      const found = ends[count - 1];
      visit({
        column: column.subarray(0, found),
        value: apart.subarray(0, found),
        ends: ends.subarray(0, count),
      });
    });
  }

  private each(
    first: number,
    end: number,
    visit: (rows: number, count: number, size: number, single: boolean) => void,
  ): void {
    const { held, most, X } = this;
    const single = X.data instanceof Float32Array;
    for (let from = first; from < end; from += most) {
      const to = Math.min(end, from + most);
      held.set(X.data.subarray(from * X.columns, to * X.columns));
      visit(held.byteOffset, to - from, X.columns, single);
    }
  }
}

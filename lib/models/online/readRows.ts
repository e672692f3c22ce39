import { LinearRows } from "../../numeric/linearRows.js";
import type { PackedRows } from "../../numeric/packedRows.js";

/** Rows of a batch beside one vector, as a predictor reads them; `i` counts them from 0. */
export interface ReadRows {
  /** What is written here counts. */
  readonly vector: Float64Array;
  /** vector · row. */
  product(i: number): number;
  /** start + vector · row, of every row. */
  products(start: number): Float64Array;
  /** Add a multiple of a row to the vector. @returns the row's squared length */
  add(i: number, by: number): number;
  squaredLength(i: number): number;
}

/** Rows one after the other, floats or doubles. */
export class DenseBatch implements ReadRows {
  readonly vector: Float64Array;
  private readonly held: LinearRows;
  private data: Float32Array | Float64Array = new Float32Array(0);
  private first = 0;
  private end = 0;

  constructor(private readonly columns: number) {
    this.held = new LinearRows(columns);
    this.vector = this.held.vector;
  }

  private get count(): number {
    return this.data.length / this.columns;
  }

  /** Read these from now on. */
  read(data: Float32Array | Float64Array): this {
    this.data = data;
    this.end = 0;
    this.first = 0;
    return this;
  }

  product(i: number): number {
    return this.held.product(this.place(i));
  }

  products(start: number): Float64Array {
    const out = new Float64Array(this.count);
    for (let i = 0; i < out.length; i = this.end) {
      this.place(i);
      out.set(this.held.products(this.end - i, start), i);
    }
    return out;
  }

  add(i: number, by: number): number {
    return this.held.add(this.place(i), by);
  }

  squaredLength(i: number): number {
    const { columns, data } = this;
    let squares = 0;
    for (let at = i * columns, end = at + columns; at < end; at++) squares += data[at] * data[at];
    return squares;
  }

  /** Where a row is held: a few are, from one on. */
  private place(i: number): number {
    if (i < this.first || i >= this.end) {
      this.first = i;
      this.end = Math.min(this.count, i + this.held.most);
      this.held.hold(this.data.subarray(i * this.columns, this.end * this.columns));
    }
    return i - this.first;
  }
}

/** Some rows of those that are packed. */
export class PackedBatch implements ReadRows {
  constructor(
    private readonly packed: PackedRows,
    private readonly rows: Int32Array,
  ) {}

  get vector(): Float64Array {
    return this.packed.vector;
  }

  product(i: number): number {
    return this.packed.product(this.rows[i]);
  }

  products(start: number): Float64Array {
    return this.packed.products(this.rows, start);
  }

  add(i: number, by: number): number {
    return this.packed.add(this.rows[i], by);
  }

  squaredLength(i: number): number {
    return this.packed.squaredLength(this.rows[i]);
  }
}

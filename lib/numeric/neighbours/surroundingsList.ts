import type { Surroundings } from "./points.js";

/** Puts what was found around point after point into one list, each with its rows ascending. */
export class SurroundingsList {
  private rows = new Int32Array(1024);
  private distances = new Float64Array(1024);
  private readonly starts: number[] = [0];
  /** Squared distance of each row found last. */
  private squareOf = new Float64Array(0);

  add({ rows, squares }: { readonly rows: Int32Array; readonly squares: Float64Array }): void {
    const start = this.starts[this.starts.length - 1];
    const end = start + rows.length;
    this.starts.push(end);
    if (end > this.rows.length) this.grow(end);
    const own = this.rows.subarray(start, end);
    own.set(rows);
    own.sort();
    if (rows.length === 0) return;
    if (own[own.length - 1] >= this.squareOf.length)
      this.squareOf = new Float64Array(2 * own[own.length - 1] + 2);
    for (let i = 0; i < rows.length; i++) this.squareOf[rows[i]] = squares[i];
    for (let i = start; i < end; i++) this.distances[i] = Math.sqrt(this.squareOf[this.rows[i]]);
  }

  finish(): Surroundings {
    const end = this.starts[this.starts.length - 1];
    return {
      starts: Float64Array.from(this.starts),
      rows: this.rows.slice(0, end),
      distances: this.distances.slice(0, end),
    };
  }

  private grow(needed: number): void {
    const size = Math.max(needed, 2 * this.rows.length);
    const [rows, distances] = [this.rows, this.distances];
    this.rows = new Int32Array(size);
    this.distances = new Float64Array(size);
    this.rows.set(rows);
    this.distances.set(distances);
  }
}

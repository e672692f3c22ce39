import { growTo, loadSharedKernel, type Shared } from "../../base/kernel.js";
import type { Layout } from "./layout.js";
import type { Points } from "./points.js";

/** Where the tree lies: of wasm/neighbours.ts; all numbers but counts are positions in memory. */
export interface SearchExports {
  readonly nodes: Shared;
  readonly boxes: Shared;
  readonly blocks: Shared;
  readonly starts: Shared;
  readonly members: Shared;
  readonly columns: Shared;
  readonly single: Shared;
}

interface Exports extends SearchExports {
  nearest(query: number, k: number, squares: number, rows: number, scratch: number): void;
  within(query: number, limit: number, squares: number, rows: number, room: number, scratch: number): number;
}

/** One thread's way to search a tree; its area of the memory is its own. */
export class Searcher {
  private readonly exports: Exports;
  private readonly query: Float64Array;
  private readonly squares: Float64Array;
  private readonly rows: Int32Array;
  private readonly at: { query: number; squares: number; rows: number; scratch: number };

  /** @param member number of the thread, from 0 */
  constructor(
    private readonly layout: Layout,
    member: number,
  ) {
    reserve(layout, member + 1);
    const { memory, areaParts: parts } = layout;
    this.exports = loadSharedKernel<Exports>("numeric/neighbours", memory);
    shareTree(this.exports, layout);
    const area = layout.areas + member * layout.area;
    this.at = {
      query: area,
      squares: area + parts.squares,
      rows: area + parts.rows,
      scratch: area + parts.scratch,
    };
    this.query = new Float64Array(memory.buffer, this.at.query, layout.width);
    this.squares = new Float64Array(memory.buffer, this.at.squares, layout.rows);
    this.rows = new Int32Array(memory.buffer, this.at.rows, layout.rows);
  }

  /** The k nearest of row i of Q go to `rows` and `distances` from `to` on. */
  nearest(Q: Points, i: number, k: number, rows: Int32Array, distances: Float64Array, to: number): void {
    this.ask(Q, i);
    const { query, squares, rows: list, scratch } = this.at;
    this.exports.nearest(query, k, squares, list, scratch);
    for (let j = 0; j < k; j++) {
      rows[to + j] = this.rows[j];
      distances[to + j] = Math.sqrt(this.squares[j]);
    }
  }

  /** Rows within a radius of row i of Q, in no order; views of memory that the next search writes to. */
  within(Q: Points, i: number, radius: number): { rows: Int32Array; squares: Float64Array } {
    this.ask(Q, i);
    const { query, squares, rows, scratch } = this.at;
    const { rows: room } = this.layout;
    const count = this.exports.within(query, radius * radius, squares, rows, room, scratch);
    return { rows: this.rows.subarray(0, count), squares: this.squares.subarray(0, count) };
  }

  private ask({ columns, data }: Points, i: number): void {
    const { order } = this.layout;
    const from = i * columns;
    for (let j = 0; j < columns; j++) this.query[j] = data[from + order[j]];
  }
}

/** Tell a kernel where the tree lies. */
export function shareTree(kernel: SearchExports, layout: Layout): void {
  for (const name of ["nodes", "boxes", "blocks", "starts", "members"] as const)
    kernel[name].value = layout[name];
  kernel.columns.value = layout.width;
  kernel.single.value = layout.single ? 1 : 0;
}

/** Make the memory hold the areas of so many threads. */
export function reserve({ memory, areas, area }: Layout, threads: number): void {
  growTo(memory, areas + threads * area);
}

import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../base/kernel.js";

/** wasm/distances.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  distances(query: number, tile: number, count: number, columns: number, into: number): void;
}

/** Rows of a tile: those of one stay in the processor's nearest memory. */
export const TILE = 64;

/** Euclidean distances of rows to those of a tile, as squaredDistance sums them up. */
export class DistanceTile {
  /** Distances that `ask` has found, one a row of the tile. */
  readonly found: Float64Array;
  private readonly kernel: Exports;
  private readonly query: Float64Array;
  private readonly tile: Float64Array;

  /** @param data rows × columns, which tiles are taken of */
  constructor(
    private readonly data: Float64Array,
    private readonly columns: number,
  ) {
    this.kernel = loadKernel<Exports>("numeric/distances");
    growTo(this.kernel.memory, KERNEL_OWN + (columns + TILE + TILE * columns) * 8);
    const { buffer } = this.kernel.memory;
    this.found = new Float64Array(buffer, KERNEL_OWN, TILE);
    this.tile = new Float64Array(buffer, this.found.byteOffset + TILE * 8, TILE * columns);
    this.query = new Float64Array(buffer, this.tile.byteOffset + TILE * columns * 8, columns);
  }

  /** Take the rows from `first` up to `last`, TILE at most. */
  take(first: number, last: number): void {
    const { data, columns, tile } = this;
    for (let i = 0; i < last - first; i++)
      for (let j = 0; j < columns; j++) tile[j * TILE + i] = data[(first + i) * columns + j];
  }

  /** Find the distances of a row to those of the tile. */
  ask(row: number): void {
    const { query, tile, found, columns } = this;
    query.set(this.data.subarray(row * columns, (row + 1) * columns));
    this.kernel.distances(query.byteOffset, tile.byteOffset, TILE, columns, found.byteOffset);
  }
}

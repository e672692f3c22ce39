import { growTo, KERNEL_OWN, type KernelMemory, loadKernel } from "../base/kernel.js";

/** wasm/packedRows.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  pack(rows: number, count: number, size: number, to: number, starts: number): number;
  products(
    vector: number,
    starts: number,
    places: number,
    count: number,
    size: number,
    start: number,
    out: number,
  ): void;
  product(vector: number, row: number, size: number): number;
  add(vector: number, row: number, by: number): number;
  squares(row: number): number;
}

/** rows × columns floats, one row after the other. */
interface FloatRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Bytes of rows that are packed at once, and rows that are multiplied at once. */
const PACKED = 131_072;
const MULTIPLIED = 4096;

/** Bytes that packed rows may need at most: a kernel holds four times as much. */
const MOST = 2 ** 30;

/** Bytes of a packed row of which nothing is left out; of few columns more than they have unpacked. */
function rowBytes(columns: number): number {
  return Math.ceil(columns / 4) * 18 + 6;
}

/** Whether rows can be packed: they are not too many, and fours of columns have numbers of 16 bits. */
export function isPackable({ rows, columns }: Pick<FloatRows, "rows" | "columns">): boolean {
  return rows * rowBytes(columns) <= MOST && columns <= 4 * 0xffff;
}

/**
 * Rows of floats in memory, without fours of columns that are all zero in a row (0/1 columns of categories mostly are),
 * beside one vector. What is summed up are the numbers of ./linearRows.ts, in their order.
 */
export class PackedRows {
  /** As many numbers as there are columns; what is written here counts. */
  readonly vector: Float64Array;
  private readonly kernel: Exports;
  private readonly size: number;
  /** Where each row stands. */
  private readonly starts: Uint32Array;
  private readonly places: Int32Array;
  private readonly out: Float64Array;

  /** @param X rows that `isPackable` takes */
  constructor({ rows, columns, data }: FloatRows) {
    this.size = columns;
    this.kernel = loadKernel<Exports>("numeric/packedRows");
    const { memory } = this.kernel;
    const most = Math.max(1, Math.floor(PACKED / 4 / Math.max(1, columns)));
    const fours = Math.ceil(columns / 4);
    const vector = KERNEL_OWN;
    const out = vector + fours * 32;
    const starts = out + MULTIPLIED * 8;
    const places = starts + (rows + 1) * 4;
    const held = places + MULTIPLIED * 4;
    const first = held + Math.ceil((most * columns) / 4) * 16;
    let end = first;
    for (let row = 0; row < rows; row += most) {
      const count = Math.min(most, rows - row);
      const room = end + count * rowBytes(columns);
      // Rows are much alike: what the rest will take is known from those that are packed.
      if (room > memory.buffer.byteLength)
        growTo(memory, room + 1.1 * (rows - row) * ((end - first) / Math.max(1, row)));
      new Float32Array(memory.buffer, held).set(data.subarray(row * columns, (row + count) * columns));
      end = this.kernel.pack(held, count, columns, end, starts + row * 4);
    }
    growTo(memory, end);
    const { buffer } = memory;
    this.vector = new Float64Array(buffer, vector, columns);
    this.out = new Float64Array(buffer, out, MULTIPLIED);
    this.starts = new Uint32Array(buffer, starts, rows + 1);
    this.places = new Int32Array(buffer, places, MULTIPLIED);
  }

  /** start + vector · row for each of `rows`. */
  products(rows: Int32Array, start: number): Float64Array {
    const { kernel, vector, starts, places, out, size } = this;
    const found = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i += MULTIPLIED) {
      const count = Math.min(MULTIPLIED, rows.length - i);
      places.set(rows.subarray(i, i + count));
      kernel.products(
        vector.byteOffset,
        starts.byteOffset,
        places.byteOffset,
        count,
        size,
        start,
        out.byteOffset,
      );
      found.set(out.subarray(0, count), i);
    }
    return found;
  }

  /** vector · row. */
  product(row: number): number {
    return this.kernel.product(this.vector.byteOffset, this.starts[row], this.size);
  }

  /** Add a multiple of a row to the vector. @returns the row's squared length */
  add(row: number, by: number): number {
    return this.kernel.add(this.vector.byteOffset, this.starts[row], by);
  }

  squaredLength(row: number): number {
    return this.kernel.squares(this.starts[row]);
  }
}

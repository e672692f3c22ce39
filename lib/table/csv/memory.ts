import { KERNEL_OWN, type SharedMemory, sharedMemory } from "../../base/kernel.js";

export const FIELD_BYTES = 32;
export const FIRST_LINES = 5;
/** What kernels read beyond the end, and then leave. */
export const BEYOND = 32;

/** Where things are in the memory of a block. */
export interface BlockPlaces {
  /** Of the first rows that end with CR LF, their lines. */
  readonly crlf: number;
  /** The block's bytes. */
  readonly start: number;
  /** Of each row its line, and its number. */
  readonly lines: number;
  readonly inputRows: number;
  /** The columns one after the other, eight bytes a value: numbers, or the codes of texts in the first half. */
  readonly columns: number;
  /** Rows that a column has room for. */
  readonly capacity: number;
  readonly end: number;
}

/** @param bytes most bytes of a block, of rows that have a byte for each field at least, and two */
export function blockPlaces(fields: number, columns: number, bytes: number): BlockPlaces {
  // An odd number of cache lines a column, so that a row's cells do not fall on the same places of the cache.
  const capacity = Math.ceil((Math.ceil(bytes / Math.max(fields, 2)) + 1) / 16) * 16 + 8;
  const crlf = KERNEL_OWN + fields * FIELD_BYTES;
  const start = crlf + 4 * FIRST_LINES;
  const lines = Math.ceil((start + bytes + BEYOND) / 64) * 64;
  const inputRows = lines + 8 * capacity;
  const first = inputRows + 8 * capacity;
  return {
    crlf,
    start,
    lines,
    inputRows,
    columns: first,
    capacity,
    end: first + 8 * capacity * columns + BEYOND,
  };
}

let made = 0;

/**
 * Memory of one block, which threads share: the file is read into it, the kernel parses it in place, and the columns are
 * views of it. What no row reaches is never touched.
 */
export class BlockMemory {
  /** Tells it from others of this process. */
  readonly id: number;
  readonly kernel: SharedMemory;
  /** Room for the block. */
  readonly bytes: Buffer;
  readonly places: BlockPlaces;

  /** @param size bytes of the block */
  constructor(
    private readonly fields: number,
    private readonly columns: number,
    size: number,
  ) {
    this.id = made++;
    this.places = blockPlaces(fields, columns, size);
    this.kernel = sharedMemory(this.places.end);
    this.bytes = Buffer.from(this.kernel.buffer, this.places.start, size);
  }

  /** Whether it is what the constructor would make of these. */
  is(fields: number, columns: number, size: number): boolean {
    return this.fields === fields && this.columns === columns && this.bytes.length === size;
  }
}

/** What a record holds: so many doubles, of which the first `keys` say where it comes, and so many floats. */
export interface RecordLayout {
  readonly keys: number;
  readonly doubles: number;
  readonly floats: number;
}

/** Bytes of one record. */
export function bytesOfRecord({ doubles, floats }: RecordLayout): number {
  return 8 * doubles + 4 * floats;
}

/** A block of records of one layout in one piece of memory: doubles column by column, then floats row by row. */
export class Records {
  readonly bytes: Uint8Array;
  readonly doubles: readonly Float64Array[];
  /** Those of row i from i × `layout.floats` on. */
  readonly floats: Float32Array;

  constructor(
    readonly layout: RecordLayout,
    readonly rows: number,
  ) {
    const buffer = new ArrayBuffer(bytesOfRecord(layout) * rows);
    this.bytes = new Uint8Array(buffer);
    this.doubles = Array.from(
      { length: layout.doubles },
      (_, j) => new Float64Array(buffer, 8 * j * rows, rows),
    );
    this.floats = new Float32Array(buffer, 8 * layout.doubles * rows);
  }

  /** The keys of a record. */
  key(row: number): Float64Array {
    return Float64Array.from({ length: this.layout.keys }, (_, k) => this.doubles[k][row]);
  }

  /** A copy of the first records. */
  first(rows: number): Records {
    const part = new Records(this.layout, rows);
    for (let row = 0; row < rows; row++) part.copy(this, row, row);
    return part;
  }

  /** Copy record `from` of a block to place `to` of this one. */
  copy(block: Records, from: number, to: number): void {
    for (let j = 0; j < this.doubles.length; j++) this.doubles[j][to] = block.doubles[j][from];
    this.copyFloats(block, from, to);
  }

  /** Fill this block with the records at `order[first]`, `order[first + 1]`, … of another. */
  gather(block: Records, order: Int32Array, first: number): void {
    this.doubles.forEach((column, j) => {
      const from = block.doubles[j];
      for (let i = 0; i < column.length; i++) column[i] = from[order[first + i]];
    });
    for (let i = 0; i < this.rows; i++) this.copyFloats(block, order[first + i], i);
  }

  private copyFloats(block: Records, from: number, to: number): void {
    const { floats } = this.layout;
    for (let j = 0; j < floats; j++) this.floats[floats * to + j] = block.floats[floats * from + j];
  }
}

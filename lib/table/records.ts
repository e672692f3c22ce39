/** What a record holds: so many doubles, of which the first `keys` say where it comes, and so many words of four bytes. */
export interface RecordLayout {
  readonly keys: number;
  readonly doubles: number;
  readonly words: number;
}

/** Bytes of one record. */
export function bytesOfRecord({ doubles, words }: RecordLayout): number {
  return 8 * doubles + 4 * words;
}

/** A block of records of one layout, column by column, in one piece of memory. */
export class Records {
  readonly bytes: Uint8Array;
  readonly doubles: readonly Float64Array[];
  /** The words as integers, and the same words as numbers of single precision. */
  readonly words: readonly Int32Array[];
  readonly floats: readonly Float32Array[];

  constructor(
    private readonly layout: RecordLayout,
    readonly rows: number,
  ) {
    const { doubles, words } = layout;
    const buffer = new ArrayBuffer(bytesOfRecord(layout) * rows);
    const wordAt = (j: number): number => (8 * doubles + 4 * j) * rows;
    this.bytes = new Uint8Array(buffer);
    this.doubles = Array.from({ length: doubles }, (_, j) => new Float64Array(buffer, 8 * j * rows, rows));
    this.words = Array.from({ length: words }, (_, j) => new Int32Array(buffer, wordAt(j), rows));
    this.floats = Array.from({ length: words }, (_, j) => new Float32Array(buffer, wordAt(j), rows));
  }

  /** The keys of a record. */
  key(row: number): Float64Array {
    return Float64Array.from({ length: this.layout.keys }, (_, k) => this.doubles[k][row]);
  }

  /** A copy of the first records. */
  first(rows: number): Records {
    const part = new Records(this.layout, rows);
    part.gather(
      this,
      Int32Array.from({ length: rows }, (_, row) => row),
      0,
    );
    return part;
  }

  /** Copy record `from` of a block to place `to` of this one. */
  copy(block: Records, from: number, to: number): void {
    for (let j = 0; j < this.doubles.length; j++) this.doubles[j][to] = block.doubles[j][from];
    for (let j = 0; j < this.words.length; j++) this.words[j][to] = block.words[j][from];
  }

  /** Fill this block with the records at `order[first]`, `order[first + 1]`, … of another. */
  gather(block: Records, order: Int32Array, first: number): void {
    gatherColumns(this.doubles, block.doubles, order, first);
    gatherColumns(this.words, block.words, order, first);
  }
}

function gatherColumns<A extends Float64Array | Int32Array>(
  to: readonly A[],
  from: readonly A[],
  order: Int32Array,
  first: number,
): void {
  to.forEach((column, j) => {
    const source = from[j];
    for (let i = 0; i < column.length; i++) column[i] = source[order[first + i]];
  });
}

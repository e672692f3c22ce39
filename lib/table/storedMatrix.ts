import type { Matrix } from "./matrix.js";
import { ScratchFile } from "./scratchFile.js";

/** Bytes of a matrix up to which it is held in memory. */
export const IN_MEMORY = 2 ** 28;

/** Bytes of the rows that are read ahead of their turn. */
const AHEAD = 2 ** 26;
/** Most rows that are sorted together: a row's number and its place fit in a double. */
const MOST = 2 ** 20;
/** Most bytes of one read, and of what is read in vain between two rows. */
const [SPAN, GAP] = [2 ** 20, 2 ** 15];
/** Bytes of a block of rows. */
const BLOCK = 2 ** 22;

/** Files of rows that a stage needs while it lasts. */
export class Scratch {
  private readonly files: ScratchFile[] = [];

  /**
   * @param folder on a disk with room for them; made when it is needed
   * @param ahead bytes of the rows that a matrix reads ahead of their turn
   */
  constructor(
    readonly folder: string,
    readonly ahead = AHEAD,
  ) {}

  /** A file for rows of so many numbers. */
  writer(columns: number): RowWriter {
    return new RowWriter(this, this.file(), columns);
  }

  /** A file for whatever bytes. */
  file(): ScratchFile {
    const file = ScratchFile.open(this.folder);
    this.files.push(file);
    return file;
  }

  /** How many files there are: `close` leaves those alone. */
  get open(): number {
    return this.files.length;
  }

  /** Let go of all files but the first so many; matrices in them cannot be read any more. */
  close(but = 0): void {
    for (const file of this.files.splice(but)) file.close();
  }
}

/** Rows that are written one after another. */
export class RowWriter {
  private rows = 0;

  constructor(
    private readonly scratch: Scratch,
    private readonly file: ScratchFile,
    private readonly columns: number,
  ) {}

  /** @throws DataError when the disk is full */
  add({ rows, data }: Matrix): void {
    this.file.append(data);
    this.rows += rows;
  }

  finish(): StoredMatrix {
    return new StoredMatrix(this.scratch, this.file, this.rows, this.columns, null);
  }
}

/** Rows whose turn comes next, and what has been read of them. */
interface Coming {
  readonly order: Int32Array;
  readonly data: Float32Array;
  next: number;
  begin: number;
  end: number;
}

/** A matrix whose numbers lie in a file, or some rows of it. */
export class StoredMatrix implements Matrix {
  private coming: Coming | null = null;
  private whole: Float32Array | null = null;
  private buffer: Float32Array | null = null;

  constructor(
    readonly scratch: Scratch,
    private readonly file: ScratchFile,
    readonly rows: number,
    readonly columns: number,
    /** Of each row the place in the file; null: its own. */
    private readonly places: Int32Array | null,
  ) {}

  /** All of them, in memory from then on. What can take rows a few at a time reads them so. */
  get data(): Float32Array {
    if (this.whole === null) {
      const whole = new Float32Array(this.rows * this.columns);
      let at = 0;
      for (const { data } of this.blocks()) {
        whole.set(data, at);
        at += data.length;
      }
      this.whole = whole;
    }
    return this.whole;
  }

  /** Some of the rows, in that order; nothing is copied. */
  pick(rows: Int32Array): StoredMatrix {
    const { places } = this;
    const own = places === null ? rows : rows.map((row) => places[row]);
    return new StoredMatrix(this.scratch, this.file, rows.length, this.columns, own);
  }

  /** All rows in order, a few megabytes at a time; a block is good until the next one. */
  *blocks(): Generator<Matrix, void> {
    const { rows, columns } = this;
    const most = Math.min(MOST, Math.max(1, Math.floor(BLOCK / (4 * columns))));
    const data = new Float32Array(Math.min(most, rows) * columns);
    for (let start = 0; start < rows; start += most) {
      const count = Math.min(most, rows - start);
      this.gather(count, (i) => start + i, data);
      yield { rows: count, columns, data: data.subarray(0, count * columns) };
    }
  }

  /** What `make` makes of the rows, block by block: as many rows, in a file again. */
  map(make: (block: Matrix) => Matrix): StoredMatrix {
    let writer: RowWriter | undefined;
    for (const block of this.blocks()) {
      const made = make(block);
      writer ??= this.scratch.writer(made.columns);
      writer.add(made);
    }
    return (writer ?? this.scratch.writer(this.columns)).finish();
  }

  /**
   * Rows will be read in this order from now on, from the first to the last. Many of them are then read together, in the
   * order of the file. What is read is the same with it and without.
   */
  expect(order: Int32Array): void {
    const most = Math.min(
      MOST,
      order.length,
      Math.max(1, Math.floor(this.scratch.ahead / (4 * this.columns))),
    );
    const room = most * this.columns;
    const data = this.coming?.data.length === room ? this.coming.data : new Float32Array(room);
    this.coming = { order, data, next: 0, begin: 0, end: 0 };
  }

  /** Some rows, one after another. */
  read(rows: ArrayLike<number>, into: Float32Array): void {
    const { coming, columns } = this;
    if (coming === null || rows.length * columns > coming.data.length || !isNext(coming, rows)) {
      for (let start = 0; start < rows.length; start += MOST)
        this.gather(
          Math.min(MOST, rows.length - start),
          (i) => rows[start + i],
          into.subarray(start * columns),
        );
      return;
    }
    const end = coming.next + rows.length;
    if (end > coming.end) {
      coming.begin = coming.next;
      coming.end = Math.min(coming.begin + coming.data.length / columns, coming.order.length);
      this.gather(coming.end - coming.begin, (i) => coming.order[coming.begin + i], coming.data);
    }
    const from = (coming.next - coming.begin) * columns;
    into.set(coming.data.subarray(from, from + rows.length * columns));
    coming.next = end;
  }

  /** Rows in the order of the file, each put in its place; rows that lie close together are read at once. */
  private gather(count: number, rowAt: (i: number) => number, into: Float32Array): void {
    const { columns, places } = this;
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      keys[i] = (places === null ? row : places[row]) * MOST + i;
    }
    keys.sort();
    const placeOf = (k: number): number => Math.floor(keys[k] / MOST);
    const [most, far] = [SPAN, GAP].map((bytes) => Math.max(1, Math.floor(bytes / (4 * columns))));
    this.buffer ??= new Float32Array(most * columns);
    const { buffer } = this;
    for (let k = 0; k < count; ) {
      const first = placeOf(k);
      let [last, end] = [first, k + 1];
      for (; end < count; end++) {
        const place = placeOf(end);
        if (place - last > far || place - first >= most) break;
        last = place;
      }
      this.file.read(buffer.subarray(0, (last - first + 1) * columns), 4 * first * columns);
      for (; k < end; k++) {
        const from = (placeOf(k) - first) * columns;
        const to = (keys[k] % MOST) * columns;
        for (let j = 0; j < columns; j++) into[to + j] = buffer[from + j];
      }
    }
  }
}

function isNext({ order, next }: Coming, rows: ArrayLike<number>): boolean {
  if (next + rows.length > order.length) return false;
  for (let i = 0; i < rows.length; i++) if (order[next + i] !== rows[i]) return false;
  return true;
}

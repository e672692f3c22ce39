import { bytesOfRecord, type RecordLayout, Records } from "./records.js";
import type { ScratchFile } from "./scratchFile.js";

/** Sorted records, read from the first to the last, a block at a time and none before it is needed. */
export class SortedRun {
  /** Where the present record lies in `block`. */
  row = 0;
  private next = 0;
  private loaded: Records | null = null;

  /**
   * @param head the keys of the first record
   * @param order of two runs with the same keys the one of the lower number comes first
   * @param blockAt the block that begins with a record; asked for when the one before has been read
   */
  constructor(
    readonly head: Float64Array,
    readonly order: number,
    private readonly rows: number,
    private readonly blockAt: (record: number) => Records,
  ) {}

  /** The block of the present record. */
  get block(): Records {
    return this.loaded ?? this.load();
  }

  /** Go on to the next record. @returns whether there is one */
  advance(): boolean {
    let { block } = this;
    if (++this.row === block.rows) {
      if (this.next === this.rows) return false;
      block = this.load();
    }
    const { doubles } = block;
    for (let k = 0; k < this.head.length; k++) this.head[k] = doubles[k][this.row];
    return true;
  }

  private load(): Records {
    const block = this.blockAt(this.next);
    this.loaded = block;
    this.next += block.rows;
    this.row = 0;
    return block;
  }
}

/** Writes a run to the end of a file. */
export class RunWriter {
  private place = 0;
  private rows = 0;
  private first: Float64Array = new Float64Array(0);

  constructor(
    private readonly file: ScratchFile,
    private readonly layout: RecordLayout,
    private readonly blockRows: number,
  ) {}

  /** @param block the next records; `blockRows` of them but for the last block */
  add(block: Records): void {
    const place = this.file.append(block.bytes);
    if (this.rows === 0) {
      this.place = place;
      this.first = block.key(0);
    }
    this.rows += block.rows;
  }

  finish(order: number): SortedRun {
    const { file, layout, place, rows, blockRows } = this;
    const bytes = bytesOfRecord(layout);
    let block: Records | undefined;
    return new SortedRun(this.first, order, rows, (record) => {
      const count = Math.min(blockRows, rows - record);
      // The same memory again: when the next block is read, nobody looks at this one any more.
      if (block?.rows !== count) block = new Records(layout, count);
      file.read(block.bytes, place + bytes * record);
      return block;
    });
  }
}

/** Several runs as one: a heap by the keys of their present records. */
export class MergedRuns {
  private started = false;

  constructor(private readonly runs: SortedRun[]) {
    for (let at = (runs.length >> 1) - 1; at >= 0; at--) this.settle(at);
  }

  /** Go on to the next record (at first: to the first). @returns whether there is one */
  next(): boolean {
    const { runs } = this;
    if (runs.length === 0) return false;
    if (!this.started) {
      this.started = true;
      return true;
    }
    if (!runs[0].advance()) {
      const last = runs.pop() as SortedRun;
      if (runs.length === 0) return false;
      runs[0] = last;
    }
    this.settle(0);
    return true;
  }

  /** Where the present record lies: good until `next`. */
  get block(): Records {
    return this.runs[0].block;
  }

  get row(): number {
    return this.runs[0].row;
  }

  private settle(start: number): void {
    const { runs } = this;
    const run = runs[start];
    let at = start;
    for (let child = 2 * at + 1; child < runs.length; child = 2 * at + 1) {
      if (child + 1 < runs.length && isBefore(runs[child + 1], runs[child])) child++;
      if (!isBefore(runs[child], run)) break;
      runs[at] = runs[child];
      at = child;
    }
    runs[at] = run;
  }
}

function isBefore(a: SortedRun, b: SortedRun): boolean {
  for (let k = 0; k < a.head.length; k++) if (a.head[k] !== b.head[k]) return a.head[k] < b.head[k];
  return a.order < b.order;
}

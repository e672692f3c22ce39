import { sortedBy } from "./order.js";
import { bytesOfRecord, type RecordLayout, Records } from "./records.js";
import type { ScratchFile } from "./scratchFile.js";
import { MergedRuns, RunWriter, SortedRun } from "./sortedRun.js";
import type { Scratch } from "./storedMatrix.js";

/** How much memory a sort takes. */
export interface SortRoom {
  /** Bytes that are sorted in memory, and bytes of each such run that are read at once. */
  readonly run: number;
  readonly block: number;
  /** Most runs that are read side by side. */
  readonly fan: number;
}

const usual: SortRoom = { run: 2 ** 25, block: 2 ** 16, fan: 2 ** 9 };

/**
 * Records in the order of their keys (whole numbers below 2^53 in size; of equal keys the earlier record first), however
 * many there are: runs that fit in memory are sorted and written, then read side by side, a block of each. Up to one run
 * no file is written. Memory: twice `run`, and `block` for each run that overlaps others, at most `fan` of them a level.
 * Time: linear in the records, times the logarithm of the runs that overlap.
 * Source: Knuth 1998, The Art of Computer Programming 3, 5.4.
 */
export class ExternalSort {
  /** Where records are put in: at the row that `next` gave. */
  readonly pending: Records;
  private rows = 0;
  private made = 0;
  private file: ScratchFile | undefined;
  /** Runs that are written; each of a level was merged from `fan` of the level before. */
  private readonly levels: SortedRun[][] = [];
  private readonly blockRows: number;

  constructor(
    private readonly scratch: Scratch,
    private readonly layout: RecordLayout,
    private readonly room = usual,
  ) {
    const bytes = bytesOfRecord(layout);
    this.pending = new Records(layout, Math.max(1, Math.floor(room.run / bytes)));
    this.blockRows = Math.max(1, Math.floor(room.block / bytes));
  }

  /** The row of `pending` that the next record goes to. */
  next(): number {
    if (this.rows === this.pending.rows) this.spill();
    return this.rows++;
  }

  /** All records in order; none can be added any more. */
  sorted(): MergedRuns {
    const last = new Records(this.layout, this.rows);
    last.gather(this.pending, this.order(), 0);
    const runs = [...this.levels].reverse().flat();
    return new MergedRuns(
      this.rows === 0 ? runs : [...runs, new SortedRun(last.key(0), this.made, this.rows, () => last)],
    );
  }

  private order(): Int32Array {
    const rows = Int32Array.from({ length: this.rows }, (_, row) => row);
    return this.pending.doubles.slice(0, this.layout.keys).reduceRight(sortedBy, rows);
  }

  /** Write what is pending, sorted. */
  private spill(): void {
    const order = this.order();
    const run = this.writer();
    for (let at = 0; at < this.rows; at += this.blockRows) {
      const block = new Records(this.layout, Math.min(this.blockRows, this.rows - at));
      block.gather(this.pending, order, at);
      run.add(block);
    }
    this.rows = 0;
    this.keep(run.finish(this.made++), 0);
  }

  private keep(run: SortedRun, level: number): void {
    this.levels[level] ??= [];
    const runs = this.levels[level];
    runs.push(run);
    if (runs.length < this.room.fan) return;
    this.levels[level] = [];
    this.keep(this.merged(runs), level + 1);
  }

  private merged(runs: SortedRun[]): SortedRun {
    const { order } = runs[0];
    const all = new MergedRuns(runs);
    const writer = this.writer();
    const block = new Records(this.layout, this.blockRows);
    let rows = 0;
    while (all.next()) {
      block.copy(all.block, all.row, rows++);
      if (rows < block.rows) continue;
      writer.add(block);
      rows = 0;
    }
    if (rows > 0) writer.add(block.first(rows));
    return writer.finish(order);
  }

  private writer(): RunWriter {
    this.file ??= this.scratch.file();
    return new RunWriter(this.file, this.layout, this.blockRows);
  }
}

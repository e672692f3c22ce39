import { concatTables, Table } from "../../table/table.js";

/** Pieces of few rows are joined when there are more of them. */
const MOST_BATCHES = 256;

/**
 * Evenly spread rows of a stream of unknown length, in order, the same for the same rows however they are divided into
 * batches: every row until there are more than `limit`; then every second one, every fourth, and so on, so that at most
 * `kept` are left, and at least half as many.
 */
export class RowSample {
  private batches: Table[] = [];
  private held = 0;
  private step = 1;
  private seen = 0;

  constructor(
    private readonly limit: number,
    private readonly kept: number = limit,
  ) {}

  add(table: Table): void {
    const offset = (this.step - (this.seen % this.step)) % this.step;
    this.seen += table.rows;
    const chosen = every(this.step, offset, table.rows);
    if (chosen.length === 0) return;
    this.batches.push(chosen.length === table.rows ? table : table.take(chosen));
    this.held += chosen.length;
    if (this.held > (this.step === 1 ? this.limit : this.kept)) this.thin();
    else if (this.step > 1 && this.batches.length > MOST_BATCHES) this.batches = [concatTables(this.batches)];
  }

  private thin(): void {
    let factor = 2;
    while (Math.ceil(this.held / factor) > this.kept) factor *= 2;
    // Rows are held from the first on, each `step` behind the one before.
    let before = 0;
    const thinned = this.batches.map((table) => {
      const offset = (factor - (before % factor)) % factor;
      before += table.rows;
      return table.take(every(factor, offset, table.rows));
    });
    this.batches = [concatTables(thinned.filter(({ rows }) => rows > 0))];
    this.held = this.batches[0].rows;
    this.step *= factor;
  }

  /** The rows; an empty table when none came. */
  table(): Table {
    return this.batches.length === 0 ? Table.of({}) : concatTables(this.batches);
  }
}

/** Every `step`-th number from `from` on, below `end`. */
function every(step: number, from: number, end: number): Int32Array {
  const rows = new Int32Array(Math.max(0, Math.ceil((end - from) / step)));
  for (let i = 0; i < rows.length; i++) rows[i] = from + i * step;
  return rows;
}

import { concatTables, Table } from "../../table/table.js";

/**
 * Evenly spread rows of a stream of unknown length, in order, the same for the same rows: every row until there are
 * more than `limit`, then every second one, every fourth, and so on. Between limit / 2 and limit rows are kept.
 */
export class RowSample {
  private batches: Table[] = [];
  private kept = 0;
  private step = 1;
  private seen = 0;

  constructor(private readonly limit: number) {}

  add(table: Table): void {
    const offset = (this.step - (this.seen % this.step)) % this.step;
    const chosen: number[] = [];
    for (let row = offset; row < table.rows; row += this.step) chosen.push(row);
    this.seen += table.rows;
    if (chosen.length === 0) return;
    this.batches.push(chosen.length === table.rows ? table : table.take(chosen));
    this.kept += chosen.length;
    while (this.kept > this.limit) this.thin();
  }

  private thin(): void {
    const all = concatTables(this.batches);
    const half = Int32Array.from({ length: Math.ceil(all.rows / 2) }, (_, i) => i * 2);
    this.batches = [all.take(half)];
    this.kept = half.length;
    this.step *= 2;
  }

  /** The rows; an empty table when none came. */
  table(): Table {
    return this.batches.length === 0 ? Table.of({}) : concatTables(this.batches);
  }
}

/**
 * The last rows of each host, one row after the other: gives each row the window that windowsOf and gatherWindows give it
 * among all rows. Rows of a host come in the order in which they ended. Memory: length − 1 rows of each host; above
 * `hosts` of them the one that was silent longest is forgotten.
 */
export class WindowPast {
  private readonly known = new Map<string, Float32Array[]>();

  /** @param columns of a row */
  constructor(
    readonly length: number,
    private readonly columns: number,
    private readonly hosts = 100_000,
  ) {}

  /**
   * Take the next row in.
   * @param host with its source; null: a row without a host or a time, which is alone in its window
   * @param row its values, `columns` of them
   * @param into where its window goes: length × columns, oldest first, NaN where there is no row
   */
  push(host: string | null, row: Float32Array, into: Float32Array): void {
    const { length, columns, known } = this;
    const past = host === null ? [] : (known.get(host) ?? []);
    into.fill(Number.NaN);
    into.set(row, (length - 1) * columns);
    past.forEach((each, i) => {
      into.set(each, (length - 1 - past.length + i) * columns);
    });
    if (host === null) return;
    past.push(row.slice());
    if (past.length === length) past.shift();
    known.delete(host);
    known.set(host, past);
    if (known.size > this.hosts) known.delete(known.keys().next().value!);
  }
}

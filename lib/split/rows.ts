/** Row numbers as typed arrays: a split of millions of rows holds no object a row. */

/** Row numbers 0…n-1, or those of them that pass a test, ascending. */
export function rowsWhere(n: number, test: (row: number) => boolean = () => true): Int32Array {
  const rows = new Int32Array(n);
  let count = 0;
  for (let row = 0; row < n; row++) if (test(row)) rows[count++] = row;
  return count === n ? rows : rows.slice(0, count);
}

/** Those of some rows that pass a test, in their order. (The method filter of typed arrays first makes a list of them.) */
export function keep(rows: Int32Array, test: (row: number) => boolean): Int32Array {
  const kept = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (test(rows[i])) kept[count++] = rows[i];
  return count === rows.length ? kept : kept.slice(0, count);
}

/** How many of some rows pass a test. */
export function countWhere(rows: Int32Array, test: (row: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (test(rows[i])) count++;
  return count;
}

/** Rows grouped by a code. */
export interface RowsByCode {
  /** Rows of code c, in the order in which they were given. */
  of(code: number): Int32Array;
  /** Number of rows of each code. */
  readonly sizes: Int32Array;
}

/** Group rows by their code, 0…count-1; rows of code -1 are left out. One counting sort, no lists. */
export function groupRows(codes: Int32Array, rows: Int32Array, count: number): RowsByCode {
  const starts = new Int32Array(count + 1);
  for (const row of rows) if (codes[row] >= 0) starts[codes[row] + 1]++;
  for (let c = 0; c < count; c++) starts[c + 1] += starts[c];
  const grouped = new Int32Array(starts[count]);
  const next = starts.slice(0, count);
  for (const row of rows) if (codes[row] >= 0) grouped[next[codes[row]]++] = row;
  return {
    of: (code) => grouped.subarray(starts[code], starts[code + 1]),
    sizes: next.map((end, c) => end - starts[c]),
  };
}

/** Rows by reason, or nothing where there are none: what `unused` is made of. */
export function counted(reason: string, rows: number): Record<string, number> {
  return rows > 0 ? { [reason]: rows } : {};
}

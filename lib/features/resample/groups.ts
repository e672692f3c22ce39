/** Rows by some column (class, family, source, …): code of each row, -1 for none, and what the codes mean. */
export interface Groups {
  readonly codes: Int32Array;
  readonly names: readonly string[];
}

/** Row numbers of each group, ascending. */
export function rowsOfGroups({ codes, names }: Groups): Int32Array[] {
  const counts = new Int32Array(names.length);
  for (const code of codes) if (code >= 0) counts[code]++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code >= 0) rows[code][counts[code]++] = row;
  }
  return rows;
}

/** How many of the given rows each group has, by name; groups without any are left out. */
export function countRows({ codes, names }: Groups, rows: Int32Array): Record<string, number> {
  const counts = new Float64Array(names.length);
  for (const row of rows) if (codes[row] >= 0) counts[codes[row]]++;
  return Object.fromEntries(names.flatMap((name, g) => (counts[g] > 0 ? [[name, counts[g]]] : [])));
}

/** 0, 1, … rows-1. */
export function rowNumbers(rows: number): Int32Array {
  const numbers = new Int32Array(rows);
  for (let row = 0; row < rows; row++) numbers[row] = row;
  return numbers;
}

/** One list after the other. */
export function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

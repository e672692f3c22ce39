import type { Matrix } from "../contract.js";

/** Rows [from, to) of a table. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Columns whose value differs between the rows, ascending. */
  readonly columns: Int32Array;
  /** What the other columns have in all the rows; 0 in those that differ. */
  readonly same: Float32Array;
}

/**
 * The columns that vary, in an order, and what the others have in all rows.
 * @param order of the columns; those that do not vary are its last ones
 */
export function varyingFirst(
  { rows, columns: d, data }: Matrix,
  order: Int32Array,
): { readonly varying: Matrix; readonly same: Float32Array } {
  const differs = differing({ rows, columns: d, data }, 0, rows);
  let width = d;
  while (width > 1 && differs[order[width - 1]] === 0) width--;
  const own = new Float32Array(rows * width);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < width; j++, at++) own[at] = data[i * d + order[j]];
  return {
    varying: { rows, columns: width, data: own },
    same: Float32Array.from(order.subarray(width), (j) => data[j]),
  };
}

/** Up to `most` rows each, whole blocks of `block` rows but for less than a block at the end. */
export function partsOf(table: Matrix, most: number, block: number): Part[] {
  const { rows, columns: d, data } = table;
  const whole = rows - (rows % block);
  const ends = Array.from({ length: Math.ceil(whole / most) }, (_, i) => Math.min(whole, (i + 1) * most));
  if (whole < rows) ends.push(rows);
  return ends.map((to, p) => {
    const from = p === 0 ? 0 : ends[p - 1];
    const differs = differing(table, from, to);
    return {
      from,
      to,
      columns: Int32Array.from(differs.keys()).filter((j) => differs[j] === 1),
      same: Float32Array.from(differs, (each, j) => (each === 1 ? 0 : data[from * d + j])),
    };
  });
}

/** 1 of each column whose value differs between the rows [from, to). */
function differing({ columns: d, data }: Matrix, from: number, to: number): Uint8Array {
  const differs = new Uint8Array(d);
  const first = data.subarray(from * d, (from + 1) * d);
  for (let i = from + 1; i < to; i++)
    for (let j = 0; j < d; j++) if (data[i * d + j] !== first[j]) differs[j] = 1;
  return differs;
}

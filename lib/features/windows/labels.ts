import type { Windows } from "./build.js";

/**
 * The class that most of `rows` in each window have; of equally many, that of the latest row among them. Rows of the
 * window that are not among `rows` (those held out) and rows whose class is not known (-1) do not count; a window
 * without any has -1.
 * @param codes class of each row of the table
 * @param rows whose windows, and whose classes may be looked at
 */
export function majorityLabels(
  { length, rows: of }: Windows,
  codes: ArrayLike<number>,
  rows: Int32Array,
): Int32Array {
  const isOwn = new Uint8Array(codes.length);
  for (const row of rows) isOwn[row] = 1;
  return rows.map((row) => {
    const counts = new Map<number, number>();
    let best = -1;
    // From the latest back, so that of equal counts the latest stays.
    for (let step = length - 1; step >= 0; step--) {
      const from = of[row * length + step];
      if (from >= 0 && isOwn[from] === 1 && codes[from] >= 0)
        counts.set(codes[from], (counts.get(codes[from]) ?? 0) + 1);
    }
    let most = 0;
    for (const [code, count] of counts) {
      if (count > most) [best, most] = [code, count];
    }
    return best;
  });
}

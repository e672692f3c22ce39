import { deal } from "../../base/deal.js";
import type { FitContext, Rows } from "../contract.js";
import { MISSING } from "../rowGroups.js";

/**
 * Fold of each row, 0 … folds − 1: each class evenly, groups of rows together; a group counts for the class of its first
 * row. A class whose rows are all of one group is dealt row by row: else its fold would be predicted without it.
 * @param by names of `train.groups`; a row without a value goes with those of equal content, as all do where there are
 *   fewer groups than folds
 */
export function groupedFolds(
  train: Rows,
  folds: number,
  by: readonly string[],
  { rng, log }: Pick<FitContext, "rng"> & Partial<Pick<FitContext, "log">>,
): Int32Array {
  const { y, classes } = train;
  const stream = rng.fork("folds");
  const { of, sizes } = unitsOf(train, folds, by);
  const kind = new Int32Array(sizes.length);
  for (let row = y.length - 1; row >= 0; row--) kind[of[row]] = y[row];
  const dealt = new Int32Array(sizes.length);
  const totals = new Float64Array(folds);
  classes.forEach((name, c) => {
    const own = Int32Array.from(kind.keys()).filter((unit) => kind[unit] === c);
    deal(stream.fork(name).shuffle(own), sizes, totals, dealt);
  });
  const fold = of.map((unit) => dealt[unit]);
  classes.forEach((name, c) => {
    const rows = Int32Array.from(y.keys()).filter((row) => y[row] === c);
    if (rows.some((row) => fold[row] !== fold[rows[0]])) return;
    log?.(`stacking: all rows of class "${name}" are of one group: they are dealt one by one`);
    const order = stream.fork("single").fork(name).shuffle(rows);
    order.forEach((row, i) => {
      fold[row] = i % folds;
    });
  });
  return fold;
}

/** What stays together: the number of each row's group, and how many rows each has. */
function unitsOf({ X, groups = {} }: Rows, folds: number, by: readonly string[]) {
  const columns = by.flatMap((name) => (name in groups ? [groups[name]] : []));
  const bytes = Buffer.from(X.data.buffer, X.data.byteOffset, X.data.byteLength);
  const content = numbered(
    Array.from({ length: X.rows }, (_, row) =>
      bytes.toString("latin1", row * X.columns * 4, (row + 1) * X.columns * 4),
    ),
  );
  const keys = Array.from(content, (unit, row) => {
    const codes = columns.map(({ codes: own }) => own[row]);
    const isKnown = codes.every((code, c) => code >= 0 && columns[c].names[code] !== MISSING);
    return isKnown ? `group ${codes.join(" ")}` : `content ${unit}`;
  });
  const known = new Set(keys.filter((key) => key.startsWith("group")));
  const joined = columns.length > 0 && known.size >= folds ? numbered(keys) : content;
  const sizes = new Float64Array(joined.reduce((most, unit) => Math.max(most, unit), -1) + 1);
  for (const unit of joined) sizes[unit]++;
  return { of: joined, sizes };
}

/** Numbers in the order of first appearance. */
function numbered(keys: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(keys, (key) => {
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
}

/** How well a column alone tells two classes apart: rows/probe.ts is its other side and says what is computed. */
import { present, sort, sortedKeys, sortedRows } from "./sort";

const FOLDS = 5;
/** Rows of a value, integers of 32 bits: of each fold those of class 0 and of class 1, then of all folds. */
const CELLS = 2 * FOLDS;
const ROWS = 4 * (CELLS + 2);

/** Of each row twice its fold, and one more for class 1: bytes. */
export let cells: i32 = 0;
/** Of each fold, which class is the larger one outside it: integers of 32 bits. */
export let majority: i32 = 0;
/** Rows by truth and decision: 00, 01, 10, 11. */
export let confusion: i32 = 0;

/**
 * Count the rows by value; the missing ones first, then the values, ascending.
 * @param distinct memory for the values, from its second place on
 * @param counts memory for ROWS bytes a value; for the others see `sort`
 * @returns how many values there are, the missing one included
 */
export function countNumbers(
  values: i32,
  n: i32,
  keys: i32,
  rows: i32,
  otherKeys: i32,
  otherRows: i32,
  digits: i32,
  distinct: i32,
  counts: i32,
): i32 {
  sort(values, n, keys, rows, otherKeys, otherRows, digits);
  memory.fill(counts, 0, ROWS);
  if (present < n) {
    for (let row = 0; row < n; row++) if (isNaN(load<f64>(values + (row << 3)))) count(counts, row);
  }
  let size = 1;
  let last: u64 = 0;
  let at = counts;
  for (let i = 0; i < present; i++) {
    const key = load<u64>(sortedKeys + (i << 3));
    const row = load<i32>(sortedRows + (i << 2));
    if (i === 0 || key !== last) {
      at += ROWS;
      memory.fill(at, 0, ROWS);
      store<f64>(distinct + (size << 3), load<f64>(values + (row << 3)));
      size++;
      last = key;
    }
    count(at, row);
  }
  return size;
}

/** Count the rows by code, of which there are `size`; -1, the missing one, comes first. */
export function countCodes(codes: i32, n: i32, size: i32, counts: i32): void {
  memory.fill(counts, 0, ROWS * size);
  for (let row = 0; row < n; row++) count(counts + ROWS * (load<i32>(codes + (row << 2)) + 1), row);
}

function count(at: i32, row: i32): void {
  const cell: i32 = load<u8>(cells + row);
  add(at + (cell << 2), 1);
  add(at + ((CELLS + (cell & 1)) << 2), 1);
}

/** Decide about all rows of `size` values. @param distinct 0: they are texts, and none is near another */
export function decide(size: i32, distinct: i32, counts: i32): void {
  memory.fill(confusion, 0, 16);
  for (let fold = 0; fold < FOLDS; fold++) decideFold(fold, size, distinct, counts);
}

/** Hold `fold` out, and decide for each value by the others. */
function decideFold(fold: i32, size: i32, distinct: i32, counts: i32): void {
  const most = load<i32>(majority + (fold << 2));
  const held = fold << 3;
  let below = 0; // the value that the others have, and which is next; 0: none yet
  let decidedBelow = most;
  for (let value = 0; value < size; value++) {
    const at = counts + ROWS * value;
    const zeros = load<i32>(at, CELLS << 2) - load<i32>(at + held);
    const ones = load<i32>(at, (CELLS + 1) << 2) - load<i32>(at + held, 4);
    if (zeros + ones === 0 && distinct !== 0 && value > 0) continue;
    const decision = ones === zeros ? most : i32(ones > zeros);
    take(at + held, decision);
    if (distinct === 0 || value === 0) continue;
    // Values in between, which the others do not have, take the decision of the nearer one (the lower of two).
    for (let between = below + 1; between < value; between++) {
      const own = load<f64>(distinct + (between << 3));
      const isLower =
        below > 0 && own - load<f64>(distinct + (below << 3)) <= load<f64>(distinct + (value << 3)) - own;
      take(counts + ROWS * between + held, isLower ? decidedBelow : decision);
    }
    below = value;
    decidedBelow = decision;
  }
  if (distinct === 0) return;
  for (let above = below + 1; above < size; above++) take(counts + ROWS * above + held, decidedBelow);
}

/** The rows of a fold with one value, those of class 0 and of class 1, are all decided so. */
function take(rows: i32, decision: i32): void {
  add(confusion + (decision << 2), load<i32>(rows));
  add(confusion + ((2 + decision) << 2), load<i32>(rows, 4));
}

function add(at: i32, rows: i32): void {
  store<i32>(at, load<i32>(at) + rows);
}

import { type Column, lengthOf } from "../../table/table.js";

const FOLDS = 5;

/**
 * How well one column alone tells attacks from benign rows: macro-F1 over five folds of what amounts to a fully grown
 * decision tree on that column. A held-out row gets the class that most training rows of its value have; a number that
 * training did not see, the class at the nearest one that it saw; a text that it did not see, or a tie, the majority.
 * Missing is a value of its own.
 *
 * Rows go to folds by their number in a scattered order, so that rows of one attack are in all of them: the question is
 * whether the column gives the label away in this data, not how well a model of it would do elsewhere.
 * @param isAttack 0 or 1 a row
 * @returns null when there are rows of only one class
 */
export function singleColumnMacroF1(column: Column, isAttack: Uint8Array): number | null {
  const attacks = isAttack.reduce((sum, flag) => sum + flag, 0);
  if (attacks === 0 || attacks === isAttack.length) return null;
  const { codes, count, numeric } = coded(column);
  const counts = new Int32Array(count * FOLDS * 2);
  const totals = new Int32Array(count * 2);
  const whole = new Int32Array(FOLDS * 2);
  for (let row = 0; row < codes.length; row++) {
    const fold = foldOf(row);
    counts[(codes[row] * FOLDS + fold) * 2 + isAttack[row]]++;
    totals[codes[row] * 2 + isAttack[row]]++;
    whole[fold * 2 + isAttack[row]]++;
  }
  // rows by truth (benign, attack) and decision
  const confusion = [0, 0, 0, 0];
  for (let fold = 0; fold < FOLDS; fold++) {
    const decisions = decide(counts, totals, whole, fold, numeric);
    for (let code = 0; code < count; code++) {
      const at = (code * FOLDS + fold) * 2;
      confusion[decisions[code]] += counts[at];
      confusion[2 + decisions[code]] += counts[at + 1];
    }
  }
  const [tn, fp, fn, tp] = confusion;
  return (f1(tp, fp, fn) + f1(tn, fn, fp)) / 2;
}

/** The decision for each value when `fold` is held out. Code 0 is the missing value. */
function decide(
  counts: Int32Array,
  totals: Int32Array,
  whole: Int32Array,
  fold: number,
  numeric: Float64Array | null,
): Uint8Array {
  let balance = 0;
  for (let f = 0; f < FOLDS; f++) if (f !== fold) balance += whole[f * 2 + 1] - whole[f * 2];
  const majority = balance > 0 ? 1 : 0;
  const count = totals.length / 2;
  const decisions = new Uint8Array(count);
  const seen = new Uint8Array(count);
  for (let code = 0; code < count; code++) {
    const held = (code * FOLDS + fold) * 2;
    const benign = totals[code * 2] - counts[held];
    const attack = totals[code * 2 + 1] - counts[held + 1];
    seen[code] = benign + attack > 0 ? 1 : 0;
    decisions[code] = attack === benign ? majority : attack > benign ? 1 : 0;
  }
  if (numeric !== null) borrow(decisions, seen, numeric);
  return decisions;
}

/** Values that training did not see take the decision of the nearest one that it saw (the lower of two). */
function borrow(decisions: Uint8Array, seen: Uint8Array, values: Float64Array): void {
  let below = -1;
  const lower = new Int32Array(values.length);
  for (let code = 1; code < values.length; code++) {
    if (seen[code] === 1) below = code;
    lower[code] = below;
  }
  let above = -1;
  for (let code = values.length - 1; code > 0; code--) {
    if (seen[code] === 1) above = code;
    else if (lower[code] >= 0 || above >= 0) {
      const left = lower[code] < 0 ? Number.POSITIVE_INFINITY : values[code] - values[lower[code]];
      const right = above < 0 ? Number.POSITIVE_INFINITY : values[above] - values[code];
      decisions[code] = decisions[left <= right ? lower[code] : above];
    }
  }
}

/** Values as codes, 0 for missing; of numbers in ascending order, with `numeric[code]` their value. */
function coded(column: Column): { codes: Int32Array; count: number; numeric: Float64Array | null } {
  const rows = lengthOf(column);
  const codes = new Int32Array(rows);
  if (column.kind === "text") {
    for (let row = 0; row < rows; row++) codes[row] = column.codes[row] + 1;
    return { codes, count: column.dictionary.length + 1, numeric: null };
  }
  const { values } = column;
  const { min, max, whole } = rangeOf(values);
  const numeric =
    whole && max - min < 4 * rows ? distinctWhole(values, min, max, codes) : sorted(values, codes);
  return { codes, count: numeric.length, numeric };
}

type Values = Float32Array | Float64Array;

/** Fills `codes` of whole numbers from `min` to `max`; @returns the value of each code */
function distinctWhole(values: Values, min: number, max: number, codes: Int32Array): Float64Array {
  const places = new Int32Array(max - min + 1);
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) places[values[row] - min] = 1;
  const distinct: number[] = [Number.NaN];
  for (let i = 0; i < places.length; i++) if (places[i] === 1) places[i] = distinct.push(min + i) - 1;
  for (let row = 0; row < values.length; row++)
    codes[row] = Number.isNaN(values[row]) ? 0 : places[values[row] - min];
  return Float64Array.from(distinct);
}

/** Fills `codes` of any numbers; @returns the value of each code */
function sorted(values: Values, codes: Int32Array): Float64Array {
  const ascending = new Float64Array(values).sort(); // NaN last
  const distinct = new Float64Array(values.length + 1);
  let count = 1;
  for (let i = 0; i < ascending.length && !Number.isNaN(ascending[i]); i++) {
    if (count === 1 || ascending[i] !== distinct[count - 1]) distinct[count++] = ascending[i];
  }
  for (let row = 0; row < values.length; row++)
    codes[row] = Number.isNaN(values[row]) ? 0 : position(distinct, 1, count, values[row]);
  return distinct.subarray(0, count);
}

/** Least and greatest number, and whether all are whole. */
function rangeOf(values: Values): { min: number; max: number; whole: boolean } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let whole = true;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isSafeInteger(value)) whole = false;
  }
  return { min, max, whole: whole && min <= max };
}

function position(sorted: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Knuth's multiplicative hash of the row's number. */
function foldOf(row: number): number {
  return (Math.imul(row + 1, 0x9e3779b1) >>> 8) % FOLDS;
}

function f1(hits: number, wrong: number, missed: number): number {
  const all = 2 * hits + wrong + missed;
  return all === 0 ? 0 : (2 * hits) / all;
}

import type { Column } from "../../table/table.js";
import { valueCodes } from "./valueCodes.js";

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
  const { codes, count, numeric } = valueCodes(column);
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

/** Knuth's multiplicative hash of the row's number. */
function foldOf(row: number): number {
  return (Math.imul(row + 1, 0x9e3779b1) >>> 8) % FOLDS;
}

function f1(hits: number, wrong: number, missed: number): number {
  const all = 2 * hits + wrong + missed;
  return all === 0 ? 0 : (2 * hits) / all;
}

import { RankKernel } from "../../table/rows/ranks.js";
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
 */
export class ShortcutProbe {
  private readonly kernel = new RankKernel();
  /** Of each row twice its fold, and one more for an attack. */
  private readonly cells: Uint8Array;
  private readonly whole = new Int32Array(FOLDS * 2);
  private readonly oneClass: boolean;

  /** @param isAttack 0 or 1 a row */
  constructor(isAttack: Uint8Array) {
    this.cells = isAttack.map((flag, row) => foldOf(row) * 2 + flag);
    for (const cell of this.cells) this.whole[cell]++;
    const attacks = isAttack.reduce((sum, flag) => sum + flag, 0);
    this.oneClass = attacks === 0 || attacks === isAttack.length;
  }

  /** @returns null when there are rows of only one class */
  macroF1(column: Column): number | null {
    if (this.oneClass) return null;
    const { cells, whole } = this;
    const { codes, count, numeric } = valueCodes(column, this.kernel);
    const counts = new Int32Array(count * FOLDS * 2);
    for (let row = 0; row < codes.length; row++) counts[codes[row] * FOLDS * 2 + cells[row]]++;
    const totals = new Int32Array(count * 2);
    for (let row = 0; row < codes.length; row++) totals[codes[row] * 2 + (cells[row] & 1)]++;
    // rows by truth (benign, attack) and decision
    const confusion = new Int32Array(4);
    for (let fold = 0; fold < FOLDS; fold++) decide({ counts, totals, whole, numeric }, fold, confusion);
    const [tn, fp, fn, tp] = confusion;
    return (f1(tp, fp, fn) + f1(tn, fn, fp)) / 2;
  }
}

/** Rows of a column, benign ones and attacks in turn. */
interface Counts {
  /** By code and fold. */
  readonly counts: Int32Array;
  /** By code. */
  readonly totals: Int32Array;
  /** By fold. */
  readonly whole: Int32Array;
  /** The value of each code of numbers, ascending. */
  readonly numeric: Float64Array | null;
}

/** Hold `fold` out, decide for each value by the others, and add the fold's rows to `confusion`. Code 0 is missing. */
function decide({ counts, totals, whole, numeric }: Counts, fold: number, confusion: Int32Array): void {
  let balance = 0;
  for (let f = 0; f < FOLDS; f++) if (f !== fold) balance += whole[f * 2 + 1] - whole[f * 2];
  const majority = balance > 0 ? 1 : 0;
  const add = (code: number, decision: number): void => {
    const at = (code * FOLDS + fold) * 2;
    confusion[decision] += counts[at];
    confusion[2 + decision] += counts[at + 1];
  };
  const count = totals.length / 2;
  let below = 0; // the value that training saw last; 0: none yet
  let decidedBelow = majority;
  for (let code = 0; code < count; code++) {
    const held = (code * FOLDS + fold) * 2;
    const benign = totals[code * 2] - counts[held];
    const attack = totals[code * 2 + 1] - counts[held + 1];
    const seen = benign + attack > 0;
    if (!seen && numeric !== null && code > 0) continue;
    const decision = attack === benign ? majority : attack > benign ? 1 : 0;
    add(code, decision);
    if (numeric === null || code === 0) continue;
    // Values in between, which training did not see, take the decision of the nearer one (the lower of two).
    for (let between = below + 1; between < code; between++) {
      const isLower = below > 0 && numeric[between] - numeric[below] <= numeric[code] - numeric[between];
      add(between, isLower ? decidedBelow : decision);
    }
    below = code;
    decidedBelow = decision;
  }
  if (numeric !== null) for (let code = below + 1; code < count; code++) add(code, decidedBelow);
}

/** Knuth's multiplicative hash of the row's number. */
function foldOf(row: number): number {
  return (Math.imul(row + 1, 0x9e3779b1) >>> 8) % FOLDS;
}

function f1(hits: number, wrong: number, missed: number): number {
  const all = 2 * hits + wrong + missed;
  return all === 0 ? 0 : (2 * hits) / all;
}

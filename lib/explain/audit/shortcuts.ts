import { FOLDS, ProbeKernel } from "../../table/rows/probe.js";
import type { Column } from "../../table/table.js";

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
  /** Undefined when there are rows of only one class. */
  private readonly kernel: ProbeKernel | undefined;

  /** @param isAttack 0 or 1 a row */
  constructor(isAttack: Uint8Array) {
    const cells = isAttack.map((flag, row) => foldOf(row) * 2 + flag);
    const whole = new Int32Array(FOLDS * 2);
    for (let row = 0; row < cells.length; row++) whole[cells[row]]++;
    const surplus = Array.from({ length: FOLDS }, (_, fold) => whole[2 * fold + 1] - whole[2 * fold]);
    const balance = surplus.reduce((a, b) => a + b, 0);
    if (!isAttack.includes(0) || !isAttack.includes(1)) return;
    this.kernel = new ProbeKernel(
      cells,
      surplus.map((own) => (balance - own > 0 ? 1 : 0)),
    );
  }

  /** @returns null when there are rows of only one class */
  macroF1(column: Column): number | null {
    if (this.kernel === undefined) return null;
    const [tn, fp, fn, tp] = this.kernel.decide(column);
    return (f1(tp, fp, fn) + f1(tn, fn, fp)) / 2;
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

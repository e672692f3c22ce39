import type { Rng } from "../../base/rng.js";
import type { Matrix } from "../../table/matrix.js";
import { type Calibrator, calibrate, fitCalibrator } from "./calibrator.js";

/** Parts that the rows are cut into, each calibrated by what was fitted on the others. */
const FOLDS = 5;

/**
 * P(attack) of each row from a calibrator that did not see the row: the rows of every class are dealt out at random to
 * five folds (fewer where there are fewer attack or benign rows).
 * @param P n × k
 * @param truth n, class of each row; -1: a class that the model does not know
 * @returns null when there are fewer than two attack or two benign rows
 */
export function crossFit(
  method: Calibrator["method"],
  P: Matrix,
  truth: Int32Array,
  classes: readonly string[],
  rng: Rng,
): { readonly folds: number; readonly scores: Float64Array } | null {
  const benign = truth.reduce((sum, y) => sum + (y === 0 ? 1 : 0), 0);
  const folds = Math.min(FOLDS, benign, truth.length - benign);
  if (folds < 2) return null;
  const fold = dealt(truth, folds, rng);
  const k = classes.length;
  const scores = new Float64Array(truth.length);
  for (let f = 0; f < folds; f++) {
    const [inside, outside] = [rowsWhere(fold, (own) => own === f), rowsWhere(fold, (own) => own !== f)];
    const fitted = fitCalibrator(
      method,
      rowsOf(P, outside),
      Int32Array.from(outside, (i) => truth[i]),
      classes,
    );
    const calibrated = calibrate(fitted, rowsOf(P, inside));
    inside.forEach((row, i) => {
      scores[row] = 1 - calibrated[i * k];
    });
  }
  return { folds, scores };
}

/**
 * Fold of each row. Benign rows are dealt out from the first fold on, and so are attacks, class after class: every fold
 * gets both kinds where there are enough.
 */
function dealt(truth: Int32Array, folds: number, rng: Rng): Int32Array {
  const fold = new Int32Array(truth.length);
  const classes = [...new Set(truth)].sort((a, b) => a - b);
  for (const kind of [classes.filter((c) => c === 0), classes.filter((c) => c !== 0)]) {
    let next = 0;
    for (const c of kind) {
      const rows = rowsWhere(truth, (y) => y === c);
      rng.shuffle(rows);
      for (const row of rows) fold[row] = next++ % folds;
    }
  }
  return fold;
}

function rowsWhere(values: Int32Array, keep: (value: number) => boolean): Int32Array {
  return Int32Array.from(values.keys()).filter((row) => keep(values[row]));
}

function rowsOf({ columns, data }: Matrix, rows: Int32Array): Matrix {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    out.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  return { rows: rows.length, columns, data: out };
}

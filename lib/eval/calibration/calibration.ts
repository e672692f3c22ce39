import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import type { CalibrationInfo } from "../../onnx/calibrationInfo.js";
import type { Matrix } from "../../table/matrix.js";
import { probabilityErrors } from "../reliability.js";
import { type Calibrator, fitCalibrator, keepsOrder, parametersOf } from "./calibrator.js";
import { crossFit } from "./crossFit.js";

/** A calibrator, what model.json says of it, and the scores that its threshold is to be chosen on. */
export interface FittedCalibration {
  readonly calibrator: Calibrator;
  readonly info: CalibrationInfo;
  /** P(attack) of each row by calibrators that did not see it; null where the threshold does not need them. */
  readonly outOfFold: Float64Array | null;
}

/**
 * Calibrate a model on validation rows.
 *
 * The calibrator that is kept is fitted on all of them. A threshold that is chosen on probabilities fitted to the same
 * rows is too hopeful, so that it is chosen on out-of-fold probabilities (`outOfFold`; see chooseThreshold for what then
 * holds). Where the calibrator keeps the order of rows that cannot happen: every rule but `half` looks at the order alone,
 * the same rows lie above the threshold with and without calibration, and there is nothing to be chosen out of fold.
 * @param P n × k, the model's own probabilities
 * @param truth n, class of each row; -1: a class that the model does not know (an attack)
 * @throws DataError when there are no attack or no benign rows, or (two classes, Platt) when attacks do not get higher
 * scores than benign rows
 */
export function fitCalibration(
  method: Calibrator["method"],
  P: Matrix,
  truth: Int32Array,
  classes: readonly string[],
  rng: Rng,
): FittedCalibration {
  for (const kind of ["benign", "attack"] as const) {
    if (truth.some((y) => (y === 0) === (kind === "benign"))) continue;
    throw new DataError(
      `decision: calibration ${method} needs ${kind} rows in the validation part, and it has none. ` +
        `Choose another split, a larger splits.*.validation, or calibration: none.`,
    );
  }
  const calibrator = fitCalibrator(method, P, truth, classes);
  const [first] = calibrator.maps;
  if (classes.length === 2 && "unchanged" in first) {
    throw new DataError(
      `decision: calibration ${method} finds that on validation attacks do not get higher scores than benign rows. ` +
        `Set calibration: none, and look at the model or its labels.`,
    );
  }
  const crossed = crossFit(method, P, truth, classes, rng);
  const isAttack = Uint8Array.from(truth, (y) => (y === 0 ? 0 : 1));
  const before = Float64Array.from(truth, (_, i) => 1 - P.data[i * P.columns]);
  return {
    calibrator,
    info: {
      method,
      parameters: parametersOf(calibrator),
      rows: truth.length,
      out_of_fold:
        crossed === null
          ? null
          : {
              folds: crossed.folds,
              before: probabilityErrors(isAttack, before),
              after: probabilityErrors(isAttack, crossed.scores),
            },
    },
    outOfFold: keepsOrder(calibrator) ? null : (crossed?.scores ?? null),
  };
}

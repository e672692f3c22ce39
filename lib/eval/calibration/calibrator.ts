import type { CalibrationInfo, ClassCalibration } from "../../onnx/calibrationInfo.js";
import type { Matrix } from "../../table/matrix.js";
import type { CalibrationMethod } from "../decision.js";
import { fitIsotonic, slopesOf, stepsAt } from "./isotonic.js";
import { LEAST_SHARE, logitOf, sigmoid } from "./logits.js";
import { fitPlatt } from "./platt.js";
import { fitTemperature } from "./temperature.js";

/** Probabilities of a row become others: fitted on validation rows, part of model.onnx. */
export interface Calibrator {
  readonly method: Exclude<CalibrationMethod, "none">;
  readonly classes: readonly string[];
  /** All classes at once: softmax(ln P / temperature). Of two classes it stands in `maps`. */
  readonly temperature: number | null;
  /** Otherwise each class alone, then divided by the sum of the row; of two classes the first, the other is the rest. */
  readonly maps: readonly ClassCalibration[];
}

/** Keeps the sum of a row above 0 where every class was put at 0. */
export const LEAST = 1e-30;

/**
 * Fit a calibrator on rows that the model was not trained on.
 *
 * Of two classes it is a function of P(benign) alone that does not fall: Platt's and temperature's rise, so that they
 * keep the order of rows (up to probabilities within 2^-25 of 0 or 1); isotonic makes rows equal where that fits better.
 * Of more, `platt` and `isotonic` calibrate every class against the rest and divide by the sum of the row, which may
 * change the order. A class of which there are no rows (or only those), or whose rows do not get more of its probability
 * than others (Platt), stays as it is, with the reason.
 * @param P n × k
 * @param truth n, class of each row; -1: a class that the model does not know
 */
export function fitCalibrator(
  method: Calibrator["method"],
  P: Matrix,
  truth: Int32Array,
  classes: readonly string[],
): Calibrator {
  const k = classes.length;
  const base = { method, classes };
  if (method === "temperature") {
    const known = Array.from(truth.keys()).filter((i) => truth[i] >= 0 || k === 2);
    const logits = Float64Array.from(known.flatMap((i) => logitsOf(P, i)));
    const labels = known.map((i) => (truth[i] < 0 ? 1 : truth[i]));
    const temperature = fitTemperature(logits, labels, k);
    if (k > 2) return { ...base, temperature, maps: [] };
    return { ...base, temperature, maps: [{ slope: 1 / temperature, intercept: 0 }] };
  }
  const maps = classes.slice(0, k === 2 ? 1 : k).map((_, c): ClassCalibration => {
    const scores = Float64Array.from(truth, (_, i) => P.data[i * k + c]);
    const positive = Uint8Array.from(truth, (y) => (y === c ? 1 : 0));
    const hits = positive.reduce((sum, one) => sum + one, 0);
    if (hits === 0 || hits === truth.length) {
      return { unchanged: `the validation part has no rows of ${hits === 0 ? "it" : "other classes"}` };
    }
    if (method === "isotonic") return fitIsotonic(scores, positive);
    const line = fitPlatt(scores.map(logitOf), positive);
    return line.slope > 0
      ? line
      : { unchanged: "on validation its rows do not get more of its probability than others" };
  });
  return { ...base, temperature: null, maps };
}

/** Logits of a row: ln P, clipped; of two classes those of P(first) and the rest. */
function logitsOf({ data, columns: k }: Matrix, row: number): number[] {
  const log = (p: number): number => Math.log(Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, p)));
  if (k === 2) return [log(data[row * 2]), log(1 - data[row * 2])];
  return Array.from({ length: k }, (_, c) => log(data[row * k + c]));
}

/** The calibrated probabilities, n × k in doubles: what model.onnx computes and rounds to float32. */
export function calibrate({ maps, temperature }: Calibrator, P: Matrix): Float64Array {
  const { rows, columns: k, data } = P;
  const out = new Float64Array(rows * k);
  const one = maps.map(functionOf);
  for (let i = 0; i < rows; i++) {
    if (k === 2) {
      out[i * 2] = one[0](data[i * 2]);
      out[i * 2 + 1] = 1 - out[i * 2];
      continue;
    }
    const row =
      maps.length > 0
        ? one.map((map, c) => map(data[i * k + c]) + LEAST)
        : logitsOf(P, i).map((logit) => Math.exp(logit / temperature!));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((value, c) => {
      out[i * k + c] = value / sum;
    });
  }
  return out;
}

function functionOf(map: ClassCalibration): (p: number) => number {
  if ("unchanged" in map) return (p) => p;
  if ("slope" in map) return (p) => sigmoid(map.slope * logitOf(p) + map.intercept);
  const slopes = slopesOf(map);
  return (p) => stepsAt(map, slopes, p);
}

/** Whether a calibrator leaves rows in the order of their scores: then a threshold stays where it was among them. */
export function keepsOrder({ method, classes }: Pick<Calibrator, "method" | "classes">): boolean {
  return classes.length === 2 && method !== "isotonic";
}

/** For model.json. */
export function parametersOf({
  temperature,
  maps,
  classes,
}: Calibrator): Extract<CalibrationInfo, { rows: number }>["parameters"] {
  if (temperature !== null) return { temperature };
  return { classes: Object.fromEntries(maps.map((map, c) => [classes[c], map])) };
}

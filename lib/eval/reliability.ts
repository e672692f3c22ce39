import type { ProbabilityErrors } from "../onnx/calibrationInfo.js";
import { ECE_BINS } from "./tally.js";

/** One bin of a reliability curve: rows whose P(attack) lies in [lo, hi). */
export interface ReliabilityBin {
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
  /** Null in an empty bin. */
  readonly mean_p: number | null;
  /** Share of attacks. */
  readonly attacks: number | null;
}

/**
 * Reliability curve over 15 equally wide bins, the last with its right end: how often rows that a model gives P(attack)
 * are attacks. The mean distance of mean_p and attacks, weighted by rows, is the ece of the metrics.
 * Source: DeGroot and Fienberg 1983; Naeini et al. 2015.
 */
export function reliabilityOf(isAttack: Uint8Array, probability: ArrayLike<number>): ReliabilityBin[] {
  const bins = Array.from({ length: ECE_BINS }, () => ({ n: 0, sum: 0, attacks: 0 }));
  isAttack.forEach((attack, i) => {
    const p = Math.min(1, Math.max(0, probability[i]));
    const bin = bins[Math.min(ECE_BINS - 1, Math.floor(p * ECE_BINS))];
    bin.n++;
    bin.sum += p;
    bin.attacks += attack;
  });
  return bins.map(({ n, sum, attacks }, b) => ({
    lo: b / ECE_BINS,
    hi: (b + 1) / ECE_BINS,
    n,
    mean_p: n === 0 ? null : sum / n,
    attacks: n === 0 ? null : attacks / n,
  }));
}

/** Brier score, log loss and expected calibration error of P(attack), as in the metrics (metrics.ts); n > 0. */
export function probabilityErrors(isAttack: Uint8Array, probability: ArrayLike<number>): ProbabilityErrors {
  const n = isAttack.length;
  let [squares, logs] = [0, 0];
  isAttack.forEach((attack, i) => {
    const p = Math.min(1, Math.max(0, probability[i]));
    squares += (p - attack) ** 2;
    logs -= Math.log(Math.max(Number.EPSILON, attack === 1 ? p : 1 - p));
  });
  const distance = reliabilityOf(isAttack, probability).reduce(
    (sum, bin) => sum + bin.n * Math.abs((bin.mean_p ?? 0) - (bin.attacks ?? 0)),
    0,
  );
  return { brier: squares / n, log_loss: logs / n, ece: distance / n };
}

import { sigmoid } from "./logits.js";

/** P = sigmoid(slope · logit + intercept). */
export interface LogitLine {
  readonly slope: number;
  readonly intercept: number;
}

const ITERATIONS = 100;
/** Keeps the matrix of second derivatives invertible where all logits are nearly alike. */
const RIDGE = 1e-12;

/**
 * Platt scaling: the line through the logits with the least log loss, by Newton's method with step halving. As targets
 * stand (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2) for 1 and 0, so that rows that a line parts without error give a finite
 * slope. Logits that are all equal get the slope 1.
 * @param logits n, finite
 * @param positive n: 1 for rows of the class
 * @returns a slope of 0 or less where higher logits do not mean more rows of the class
 * Source: Platt 1999, Probabilistic outputs for support vector machines; Lin, Lin and Weng 2007, a note on it.
 */
export function fitPlatt(logits: Float64Array, positive: Uint8Array): LogitLine {
  const n = logits.length;
  const hits = positive.reduce((sum, one) => sum + one, 0);
  const high = (hits + 1) / (hits + 2);
  const low = 1 / (n - hits + 2);
  const target = Float64Array.from(positive, (one) => (one === 1 ? high : low));
  const prior = Math.log((hits + 1) / (n - hits + 1));
  if (logits.every((logit) => logit === logits[0])) {
    const mean = target.reduce((a, b) => a + b, 0) / n;
    return { slope: 1, intercept: Math.log(mean) - Math.log(1 - mean) - logits[0] };
  }
  let line: LogitLine = { slope: 0, intercept: prior };
  let loss = lossOf(line, logits, target);
  for (let step = 0; step < ITERATIONS; step++) {
    const direction = newtonStep(line, logits, target);
    if (direction === null) break;
    let size = 1;
    let next = moved(line, direction, size);
    let nextLoss = lossOf(next, logits, target);
    // Sufficient decrease (Armijo).
    while (nextLoss > loss - 1e-4 * size * direction.decrease && size > 1e-10) {
      size /= 2;
      next = moved(line, direction, size);
      nextLoss = lossOf(next, logits, target);
    }
    if (size <= 1e-10) break;
    [line, loss] = [next, nextLoss];
  }
  return line;
}

interface Step extends LogitLine {
  /** How fast the loss falls along it. */
  readonly decrease: number;
}

function moved(line: LogitLine, step: LogitLine, size: number): LogitLine {
  return { slope: line.slope + size * step.slope, intercept: line.intercept + size * step.intercept };
}

/** Sum of −t · ln P − (1 − t) · ln(1 − P), without overflow. */
function lossOf({ slope, intercept }: LogitLine, logits: Float64Array, target: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const z = slope * logits[i] + intercept;
    sum += (z > 0 ? z : 0) - target[i] * z + Math.log1p(Math.exp(-Math.abs(z)));
  }
  return sum;
}

/** Null where the gradient vanishes. */
function newtonStep(line: LogitLine, logits: Float64Array, target: Float64Array): Step | null {
  let [h11, h12, h22] = [RIDGE, 0, RIDGE];
  let [g1, g2] = [0, 0];
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i];
    const p = sigmoid(line.slope * x + line.intercept);
    const weight = p * (1 - p);
    h11 += weight * x * x;
    h12 += weight * x;
    h22 += weight;
    g1 += (p - target[i]) * x;
    g2 += p - target[i];
  }
  const tiny = 1e-12 * logits.length;
  if (Math.abs(g1) <= tiny && Math.abs(g2) <= tiny) return null;
  const determinant = h11 * h22 - h12 * h12;
  const slope = -(h22 * g1 - h12 * g2) / determinant;
  const intercept = -(h11 * g2 - h12 * g1) / determinant;
  return { slope, intercept, decrease: -(g1 * slope + g2 * intercept) };
}

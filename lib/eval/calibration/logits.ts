/**
 * Probabilities nearer to 0 or 1 than this are taken as this far from it: half of what a float32 can tell from 1. A
 * forest's share of exactly 0 would else be a logit of minus infinity. Logits lie within ±17.3.
 */
export const LEAST_SHARE = 2 ** -25;

/** ln(p / (1 − p)) of a probability, clipped. */
export function logitOf(p: number): number {
  const clipped = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, p));
  return Math.log(clipped) - Math.log(1 - clipped);
}

/** 1 / (1 + exp(−x)) */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

import type { Rng } from "../base/rng.js";

/**
 * How many of n independent trials succeed, each with probability p: an exact draw, in constant time.
 * Source: Hörmann 1993, "The generation of binomial random variates", algorithm BTRS; waiting times where n · p < 10.
 */
export function binomial(rng: Rng, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(rng, n, 1 - p);
  return n * p < 10 ? byWaiting(rng, n, p) : byRejection(rng, n, p);
}

/** Count successes by the trials that pass before each (geometric). Source: Devroye 1986, chapter X.4.3. */
function byWaiting(rng: Rng, n: number, p: number): number {
  const scale = Math.log1p(-p);
  let successes = -1;
  let trials = 0;
  while (trials <= n) {
    trials += Math.floor(Math.log(1 - rng.uniform()) / scale) + 1;
    successes++;
  }
  return successes;
}

/** Transformed rejection. */
function byRejection(rng: Rng, n: number, p: number): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const safe = 0.92 - 4.2 / b;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = rng.uniform() - 0.5;
    const v = rng.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= safe) return k;
    if (!(k >= 0 && k <= n)) continue;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      (stirling(mode) + stirling(n - mode) - stirling(k) - stirling(n - k));
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

/** What Stirling's formula leaves out of ln k!. */
function stirling(k: number): number {
  if (k < SMALL.length) return SMALL[k];
  const square = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}

const SMALL = [
  0.08106146679532726, 0.0413406959554093, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
  0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.00925546218271273, 0.00833056343336287,
] as const;

import { normalTwoSided } from "../base/normal.js";

/** McNemar's test of two models' decisions about the same rows. */
export interface McNemar {
  /** Discordant rows: only the first model is right, only the second. */
  readonly only_a: number;
  readonly only_b: number;
  readonly test: "exact" | "chi-square";
  readonly p: number;
}

/** Below so many discordant rows the binomial distribution is used itself. */
const EXACT_BELOW = 25;

/**
 * Whether two models are equally often right: under that hypothesis each discordant row favours either with probability
 * one half. Two-sided: exact binomial below 25 discordant rows, else chi-square with one degree of freedom and Edwards'
 * continuity correction. Rows are taken as independent, which flows of one attack are not: read it beside the bootstrap.
 * Source: McNemar 1947; Edwards 1948; Dietterich 1998, "Approximate statistical tests for comparing supervised classification".
 */
export function mcnemar(onlyA: number, onlyB: number): McNemar {
  const n = onlyA + onlyB;
  const discordant = { only_a: onlyA, only_b: onlyB };
  if (n < EXACT_BELOW) return { ...discordant, test: "exact", p: exact(Math.min(onlyA, onlyB), n) };
  const z = Math.max(0, Math.abs(onlyA - onlyB) - 1) / Math.sqrt(n);
  return { ...discordant, test: "chi-square", p: normalTwoSided(z) };
}

/** Twice the chance of at most k of n with probability one half, at most 1. */
function exact(k: number, n: number): number {
  let term = 0.5 ** n;
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += term;
    term *= (n - i) / (i + 1);
  }
  return Math.min(1, 2 * sum);
}

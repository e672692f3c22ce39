import type { Rng } from "../base/rng.js";
import { binomial } from "./binomial.js";

/** Most units of a block: its counts stay in the processor's nearest cache, and two draws come from one random number. */
const BLOCK = 1 << 14;
const randoms = new Uint32Array(BLOCK);

/**
 * One resample: n draws with replacement of n units, as how often each is drawn (written to `counts`, whose length is n).
 *
 * First how many draws fall into each block of units (a multinomial, split off block by block), then where in it: the same
 * distribution as drawing one after the other, without jumping about in memory. The length of every block is a power of
 * two, so random bits say the place, unbiased. A count above 255, which would not fit, has a probability below 1e-500.
 * Source: Efron 1979, Bootstrap methods: another look at the jackknife.
 */
export function drawCounts(rng: Rng, counts: Uint8Array): void {
  counts.fill(0);
  const n = counts.length;
  for (let start = 0, left = n, size = BLOCK; start < n; start += size) {
    while (size > n - start) size /= 2;
    const draws = size === n - start ? left : binomial(rng, left, size / (n - start));
    left -= draws;
    drawInBlock(rng, counts.subarray(start, start + size), draws);
  }
}

function drawInBlock(rng: Rng, block: Uint8Array, draws: number): void {
  const mask = block.length - 1;
  for (let left = draws; left > 0; left -= 2 * randoms.length) {
    const numbers = randoms.subarray(0, Math.min(randoms.length, (left + 1) >> 1));
    rng.fill(numbers);
    const pairs = Math.min(numbers.length, left >> 1);
    for (let i = 0; i < pairs; i++) {
      block[numbers[i] & mask]++;
      block[(numbers[i] >>> 16) & mask]++;
    }
    if (pairs < numbers.length) block[numbers[pairs] & mask]++;
  }
}

import type { Rng } from "../base/rng.js";
import { binomial } from "./binomial.js";

/** Units of a block: its counts stay in the processor's nearest cache, and two draws come from one random number. */
const BLOCK = 1 << 14;
const randoms = new Uint32Array(BLOCK / 2);

/**
 * One resample: n draws with replacement of n units, as how often each is drawn (written to `counts`, whose length is n).
 *
 * First how many draws fall into each block of 16,384 units (a multinomial, split off block by block), then where in it:
 * the same distribution as drawing one after the other, without jumping about in memory. A count above 255, which would
 * not fit, has a probability below 1e-500.
 * Source: Efron 1979, Bootstrap methods: another look at the jackknife.
 */
export function drawCounts(rng: Rng, counts: Uint8Array): void {
  counts.fill(0);
  const n = counts.length;
  for (let start = 0, left = n; start < n; start += BLOCK) {
    const size = Math.min(BLOCK, n - start);
    const draws = size === n - start ? left : binomial(rng, left, size / (n - start));
    left -= draws;
    drawInBlock(rng, counts, start, size, draws);
  }
}

function drawInBlock(rng: Rng, counts: Uint8Array, start: number, size: number, draws: number): void {
  const block = counts.subarray(start, start + size);
  for (let left = draws; left > 0; ) {
    const buffer = randoms.subarray(0, Math.min(randoms.length, (left + 1) >> 1));
    rng.fill(buffer);
    left = size === BLOCK ? addAll(block, buffer, left) : addInside(block, buffer, left);
  }
}

/** Two draws a number, of a whole block. @returns draws that are left */
function addAll(block: Uint8Array, buffer: Uint32Array, draws: number): number {
  const pairs = Math.min(buffer.length, draws >> 1);
  for (let i = 0; i < pairs; i++) {
    const two = buffer[i];
    block[two & (BLOCK - 1)]++;
    block[(two >>> 16) & (BLOCK - 1)]++;
  }
  if (pairs < buffer.length) block[buffer[pairs] & (BLOCK - 1)]++;
  return Math.max(0, draws - 2 * buffer.length);
}

/** The same of a smaller block: what lies behind it is drawn again, so that each unit is as likely as another. */
function addInside(block: Uint8Array, buffer: Uint32Array, draws: number): number {
  const mask = 2 ** Math.ceil(Math.log2(block.length)) - 1;
  let left = draws;
  for (let i = 0; i < 2 * buffer.length && left > 0; i++) {
    const unit = (i & 1 ? buffer[i >> 1] >>> 16 : buffer[i >> 1]) & mask;
    if (unit >= block.length) continue;
    block[unit]++;
    left--;
  }
  return left;
}

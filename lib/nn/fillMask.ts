import type { Rng } from "../base/rng.js";

/**
 * Numbers of a mask (Graph.mask): 0 with probability `rate`, else what keeps the mean. The rate is taken to 8 bits
 * (0.1 is 26 / 256), so that one random number serves four: masks are what a step costs in JavaScript.
 */
export function fillMask(into: Float32Array, rate: number, rng: Rng): void {
  const zeros = Math.min(255, Math.max(1, Math.round(rate * 256)));
  const last = zeros - 1;
  const [kept] = new Int32Array(Float32Array.of(256 / (256 - zeros)).buffer);
  // Bits, and no branch or table: below `zeros` the sign of the difference is that of 0 and nothing is left of `kept`.
  const out = new Int32Array(into.buffer, into.byteOffset, into.length);
  const random = new Uint32Array(Math.min((into.length + 3) >> 2, 16384));
  for (let at = 0; at < out.length; at += 4 * random.length) {
    rng.fill(random);
    const words = Math.min(random.length, (out.length - at) >> 2);
    let k = at;
    for (let i = 0; i < words; i++, k += 4) {
      const word = random[i];
      out[k] = kept & ((last - (word & 255)) >> 31);
      out[k + 1] = kept & ((last - ((word >>> 8) & 255)) >> 31);
      out[k + 2] = kept & ((last - ((word >>> 16) & 255)) >> 31);
      out[k + 3] = kept & ((last - (word >>> 24)) >> 31);
    }
    for (let byte = 0; k < out.length && words < random.length; byte++, k++)
      out[k] = kept & ((last - ((random[words] >>> (8 * byte)) & 255)) >> 31);
  }
}

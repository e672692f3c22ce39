import type { Rng } from "../base/rng.js";

/**
 * Numbers of a mask (Graph.mask): 0 with probability `rate`, else what keeps the mean. The rate is taken to 8 bits
 * (0.1 is 26 / 256), so that one random number serves four: masks are what a step costs in JavaScript.
 */
export function fillMask(into: Float32Array, rate: number, rng: Rng): void {
  const zeros = Math.min(255, Math.max(1, Math.round(rate * 256)));
  const byByte = new Float32Array(256).fill(256 / (256 - zeros), zeros);
  const random = new Uint32Array(Math.min((into.length + 3) >> 2, 16384));
  const bytes = new Uint8Array(random.buffer);
  for (let at = 0; at < into.length; at += bytes.length) {
    rng.fill(random);
    const count = Math.min(bytes.length, into.length - at);
    for (let i = 0; i < count; i++) into[at + i] = byByte[bytes[i]];
  }
}

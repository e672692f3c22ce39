import type { Rng } from "../base/rng.js";

/** Numbers of a mask (Graph.mask): 0 with probability `rate`, to 16 bits, else what keeps the mean. */
export function fillMask(into: Float32Array, rate: number, rng: Rng): void {
  const random = new Uint32Array(Math.min((into.length + 1) >> 1, 32768));
  const halves = new Uint16Array(random.buffer);
  const below = Math.round(rate * 2 ** 16);
  const kept = 1 / (1 - below / 2 ** 16);
  for (let at = 0; at < into.length; at += halves.length) {
    rng.fill(random);
    const count = Math.min(halves.length, into.length - at);
    for (let i = 0; i < count; i++) into[at + i] = halves[i] < below ? 0 : kept;
  }
}

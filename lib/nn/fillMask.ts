import type { Rng } from "../base/rng.js";

/** Numbers of a mask (Graph.mask): 0 with probability `rate`, else 1 / (1 − rate). */
export function fillMask(into: Float32Array, rate: number, rng: Rng): void {
  const random = new Uint32Array(Math.min(into.length, 65536));
  const below = Math.round(rate * 2 ** 32);
  const kept = 1 / (1 - rate);
  for (let at = 0; at < into.length; at += random.length) {
    rng.fill(random);
    const count = Math.min(random.length, into.length - at);
    for (let i = 0; i < count; i++) into[at + i] = random[i] < below ? 0 : kept;
  }
}

import type { Rng } from "../base/rng.js";
import type { Initializer } from "./graph.js";

/** First values of parameters. */

/** Uniform in ±1/√fanIn: PyTorch's for dense, convolution and recurrent layers. */
export function uniformByFanIn(fanIn: number): Initializer {
  return uniform(1 / Math.sqrt(fanIn));
}

/** Uniform in ±`limit`. */
export function uniform(limit: number): Initializer {
  return (rng, size) => Float32Array.from({ length: size }, () => (2 * rng.uniform() - 1) * limit);
}

/** Normal with mean 0, by the polar method. Marsaglia and Bray 1964. */
export function normal(sd: number): Initializer {
  return (rng, size) => {
    const values = new Float32Array(size);
    for (let i = 0; i < size; i += 2) {
      const [a, b] = pair(rng);
      values[i] = a * sd;
      if (i + 1 < size) values[i + 1] = b * sd;
    }
    return values;
  };
}

function pair(rng: Rng): [number, number] {
  for (;;) {
    const [u, v] = [2 * rng.uniform() - 1, 2 * rng.uniform() - 1];
    const s = u * u + v * v;
    if (s >= 1 || s === 0) continue;
    const factor = Math.sqrt((-2 * Math.log(s)) / s);
    return [u * factor, v * factor];
  }
}

export function filled(value: number): Initializer {
  return (_, size) => new Float32Array(size).fill(value);
}

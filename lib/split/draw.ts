import type { Rng } from "../base/rng.js";

/** Items 0…n-1 in random order. */
export function shuffled(n: number, rng: Rng): Int32Array {
  const items = new Int32Array(n);
  for (let i = 0; i < n; i++) items[i] = i;
  return rng.shuffle(items);
}

/**
 * Choose whole items at random whose sizes together come near a share of all: in random order, an item is taken whenever
 * that brings the sum nearer. At least one item is chosen and at least one is left.
 * @param sizes of two items or more
 * @returns 1 for each item that is chosen
 */
export function drawShare(sizes: ArrayLike<number>, share: number, rng: Rng): Uint8Array {
  const n = sizes.length;
  const chosen = new Uint8Array(n);
  let total = 0;
  for (let i = 0; i < n; i++) total += sizes[i];
  const target = share * total;
  const order = shuffled(n, rng);
  let [sum, count, last] = [0, 0, -1];
  for (const i of order) {
    if (Math.abs(sum + sizes[i] - target) >= Math.abs(sum - target)) continue;
    chosen[i] = 1;
    sum += sizes[i];
    count++;
    last = i;
  }
  if (count === 0) chosen[order.reduce((a, b) => (sizes[b] < sizes[a] ? b : a))] = 1;
  if (count === n) chosen[last] = 0;
  return chosen;
}

/**
 * Take items in `order` as long as they fit below `limit`.
 * @returns 1 for each item that is taken
 */
export function takeUpTo(order: Int32Array, sizes: ArrayLike<number>, limit: number): Uint8Array {
  const taken = new Uint8Array(sizes.length);
  let room = limit;
  for (const i of order) {
    if (sizes[i] > room) continue;
    taken[i] = 1;
    room -= sizes[i];
  }
  return taken;
}

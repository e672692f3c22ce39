import { growTo, loadSharedKernel, type Shared } from "../../base/kernel.js";
import type { NeighbourIndex } from "./neighbourIndex.js";
import type { Points } from "./points.js";
import { reserve, type SearchExports, shareTree } from "./searcher.js";

/** wasm/neighbours.ts, its last part. */
interface Exports extends SearchExports {
  readonly parents: Shared;
  readonly cores: Shared;
  readonly common: Shared;
  crowded(query: number, limit: number, enough: number, scratch: number): number;
  root(point: number): number;
  join(a: number, b: number): void;
  joinAround(point: number, query: number, limit: number, scratch: number): void;
  diagonal(node: number): number;
}

const NO_CORE = -1;
const MANY = -2;
/** Diagonals are sums in another order than the distances. */
const SLACK = 1 + 1e-9;

/** Rows of an index by how many are around them. */
export interface Density {
  /** Whether at least `enough` rows, the row itself among them, are at most `radius` away. */
  readonly core: Uint8Array;
  /** Core rows that are linked by steps of at most `radius` between core rows have the same number; -1 of other rows. */
  readonly set: Int32Array;
}

/**
 * Core rows and how they hang together. Of a box whose diagonal is at most the radius all core rows are one set, so that
 * it is looked into only by rows of other sets: no list of neighbours is made.
 * @param X the rows of the index
 */
export function densityOf(index: NeighbourIndex, X: Points, radius: number, enough: number): Density {
  const { layout } = index;
  const { memory, points, nodeCount, order, width } = layout;
  reserve(layout, 1);
  const free = layout.areas + layout.area;
  growTo(memory, free + (2 * points + nodeCount) * 4);
  const kernel = loadSharedKernel<Exports>("numeric/neighbours", memory);
  shareTree(kernel, layout);
  kernel.parents.value = free;
  kernel.cores.value = free + points * 4;
  kernel.common.value = free + 2 * points * 4;
  const ints = new Int32Array(memory.buffer);
  const [starts, members] = [layout.starts / 4, layout.members / 4];
  const parents = ints.subarray(free / 4, free / 4 + points);
  const cores = ints.subarray(free / 4 + points, free / 4 + 2 * points);
  const query = new Float64Array(memory.buffer, layout.areas, width);
  const scratch = layout.areas + layout.areaParts.scratch;
  const limit = radius * radius;
  query.fill(0);
  const ask = (point: number): void => {
    const from = ints[members + ints[starts + point]] * X.columns;
    for (let j = 0; j < X.columns; j++) query[j] = X.data[from + order[j]];
  };
  for (let point = 0; point < points; point++) {
    parents[point] = point;
    ask(point);
    cores[point] = kernel.crowded(layout.areas, limit, enough, scratch);
  }
  joinTight();
  for (let point = 0; point < points; point++) {
    if (cores[point] === 0) continue;
    ask(point);
    kernel.joinAround(point, layout.areas, limit, scratch);
  }
  const core = new Uint8Array(layout.rows);
  const set = new Int32Array(layout.rows).fill(-1);
  for (let point = 0; point < points; point++) {
    if (cores[point] === 0) continue;
    const own = kernel.root(point);
    for (let m = ints[starts + point]; m < ints[starts + point + 1]; m++) {
      core[ints[members + m]] = 1;
      set[ints[members + m]] = own;
    }
  }
  return { core, set };

  /** Join the core points of every box that is small enough; parents come before their parts. */
  function joinTight(): void {
    const tree = layout.nodes / 4;
    const common = ints.subarray(free / 4 + 2 * points, free / 4 + 2 * points + nodeCount);
    const after = (node: number): number => ints[tree + node * 4 + 2] + ints[tree + node * 4 + 3];
    let end = 0;
    let of = NO_CORE;
    for (let node = 0; node < nodeCount; node++) {
      const first = ints[tree + node * 4 + 2];
      if (first >= end) {
        // No part of a box that is joined already.
        if (kernel.diagonal(node) * SLACK > limit) {
          common[node] = MANY;
          continue;
        }
        end = after(node);
        of = NO_CORE;
        for (let point = first; point < end; point++) {
          if (cores[point] === 0) continue;
          if (of === NO_CORE) of = point;
          else kernel.join(of, point);
        }
      }
      common[node] = of;
    }
  }
}

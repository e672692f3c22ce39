import { boundedDistance, squaredDistance } from "../../numeric/squaredDistance.js";
import type { Linkage } from "./linkage.js";
import type { Points } from "./points.js";

/**
 * The single-linkage tree of rows by mutual reachability: the largest of their distance and their two core distances.
 * Prim's algorithm from row 0: n² short looks and memory n; a distance is computed only where it may be the smallest one yet.
 * @param core the core distance of each row
 * Source: Prim 1957; Campello, Moulavi and Sander 2013, Density-based clustering based on hierarchical density estimates
 */
export function reachabilityTree({ rows, columns, data }: Points, core: Float64Array): Linkage {
  const edges = Math.max(0, rows - 1);
  const [a, b, height] = [new Int32Array(edges), new Int32Array(edges), new Float64Array(edges)];
  // Rows that are not in the tree yet, in rising order, with what is known of each, side by side.
  const rest = Int32Array.from({ length: edges }, (_, i) => i + 1);
  const nearest = new Float64Array(edges).fill(Number.POSITIVE_INFINITY);
  const source = new Int32Array(edges);
  const length = pivotDistances(data, rows, columns);
  let current = 0;
  for (let edge = 0, left = edges; edge < edges; edge++, left--) {
    const [ownCore, ownLength, own] = [core[current], length[current], current * columns];
    let [best, at] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < left; i++) {
      const row = rest[i];
      let known = nearest[i];
      const away = ownLength - length[row];
      if (ownCore < known && core[row] < known && (away < 0 ? -away : away) * SAFE < known) {
        const distance = Math.sqrt(boundedDistance(data, own, data, row * columns, columns, known * known));
        if (distance < known) {
          // The core distance is the distance to some row, summed in another order: they are the same number.
          const floor = Math.max(ownCore, core[row]);
          known = distance * SAFE > floor ? distance : floor;
          nearest[i] = known;
          source[i] = current;
        }
      }
      if (known < best) [best, at] = [known, i];
    }
    [a[edge], b[edge], height[edge]] = [source[at], rest[at], best];
    current = rest[at];
    rest.copyWithin(at, at + 1, left);
    nearest.copyWithin(at, at + 1, left);
    source.copyWithin(at, at + 1, left);
  }
  return singleLinkage(rows, a, b, height);
}

/** Bounds hold for exact numbers: a hair off them covers rounding. */
const SAFE = 1 - 1e-12;

/** Distance of each row to the mean: two rows are at least the difference of theirs apart. */
function pivotDistances(data: Float64Array, rows: number, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns] += data[at] / rows;
  return Float64Array.from({ length: rows }, (_, i) =>
    Math.sqrt(squaredDistance(data, i * columns, mean, 0, columns)),
  );
}

/** The edges of a spanning tree by rising length, as mergers; of equal ones the earlier first. */
function singleLinkage(leaves: number, a: Int32Array, b: Int32Array, heights: Float64Array): Linkage {
  const order = Array.from(heights.keys()).sort((x, y) => heights[x] - heights[y] || x - y);
  const parent = Int32Array.from({ length: leaves + order.length }, (_, i) => i);
  const linkage = {
    leaves,
    left: new Int32Array(order.length),
    right: new Int32Array(order.length),
    height: new Float64Array(order.length),
    size: new Int32Array(order.length),
  };
  const root = (node: number): number => {
    let at = node;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const rowsOf = (node: number): number => (node < leaves ? 1 : linkage.size[node - leaves]);
  order.forEach((edge, m) => {
    const [x, y] = [root(a[edge]), root(b[edge])];
    [linkage.left[m], linkage.right[m], linkage.height[m]] = [x, y, heights[edge]];
    linkage.size[m] = rowsOf(x) + rowsOf(y);
    parent[x] = leaves + m;
    parent[y] = leaves + m;
  });
  return linkage;
}

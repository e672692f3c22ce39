/**
 * A tree of mergers, as SciPy's linkage matrix: merger m joins the clusters `left[m]` < `right[m]` at `height[m]`. Numbers
 * below `leaves` are single rows, leaves + m is what merger m has made. Heights rise.
 */
export interface Linkage {
  readonly leaves: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly height: Float64Array;
  /** Rows of what each merger has made. */
  readonly size: Int32Array;
}

/** Clusters that can be merged two by two: numbers 0 … count-1; a merger leaves its result under `into`. */
export interface Mergeable {
  readonly count: number;
  /** Nearest active cluster of `a`, ties to `preferred`, then to the lower number. */
  nearest(
    a: number,
    active: ActiveList,
    preferred: number,
  ): { readonly at: number; readonly distance: number };
  /** The result of a and b is `into`, which is one of the two. */
  merge(a: number, b: number, into: number, active: ActiveList): void;
}

/** Numbers that are not merged yet, in rising order. */
export class ActiveList {
  readonly members: Int32Array;
  length: number;
  constructor(count: number) {
    this.members = Int32Array.from({ length: count }, (_, i) => i);
    this.length = count;
  }
  remove(number: number): void {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.members[middle] < number) low = middle + 1;
      else high = middle;
    }
    this.members.copyWithin(low, low + 1, this.length);
    this.length--;
  }
}

/**
 * Merge all clusters two by two by the nearest-neighbour chain, which gives the same tree as always joining the two
 * nearest, in n² distances, for a distance that a merger never makes smaller to a third cluster (Ward, complete, average).
 * Source: Murtagh 1983, A survey of recent advances in hierarchical clustering algorithms, The Computer Journal 26(4).
 */
export function mergeByChain(clusters: Mergeable): Linkage {
  const { count } = clusters;
  const active = new ActiveList(count);
  const [a, b] = [new Int32Array(Math.max(0, count - 1)), new Int32Array(Math.max(0, count - 1))];
  const height = new Float64Array(Math.max(0, count - 1));
  const chain: number[] = [];
  for (let m = 0; m < count - 1; m++) {
    if (chain.length === 0) chain.push(active.members[0]);
    for (;;) {
      const top = chain[chain.length - 1];
      const before = chain.length > 1 ? chain[chain.length - 2] : -1;
      const { at, distance } = clusters.nearest(top, active, before);
      if (at !== before) {
        chain.push(at);
        continue;
      }
      chain.length -= 2;
      const [low, high] = top < before ? [top, before] : [before, top];
      active.remove(low);
      clusters.merge(low, high, high, active);
      [a[m], b[m], height[m]] = [low, high, distance];
      break;
    }
  }
  return inOrder(count, a, b, height);
}

/** Mergers by rising height, and the numbers of what they join. */
function inOrder(leaves: number, a: Int32Array, b: Int32Array, heights: Float64Array): Linkage {
  const order = Array.from(heights.keys()).sort((x, y) => heights[x] - heights[y] || x - y);
  const parent = Int32Array.from({ length: leaves }, (_, i) => i);
  const cluster = Int32Array.from({ length: leaves }, (_, i) => i);
  const rows = new Int32Array(leaves).fill(1);
  const root = (row: number): number => {
    let at = row;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  const linkage = {
    leaves,
    left: new Int32Array(order.length),
    right: new Int32Array(order.length),
    height: new Float64Array(order.length),
    size: new Int32Array(order.length),
  };
  order.forEach((m, at) => {
    const [x, y] = [root(a[m]), root(b[m])];
    linkage.left[at] = Math.min(cluster[x], cluster[y]);
    linkage.right[at] = Math.max(cluster[x], cluster[y]);
    linkage.height[at] = heights[m];
    parent[x] = y;
    rows[y] += rows[x];
    cluster[y] = leaves + at;
    linkage.size[at] = rows[y];
  });
  return linkage;
}

/**
 * The clusters that the last mergers have not joined yet.
 * @param clusters 1 … leaves
 * @returns a label a leaf, numbered in the order in which the leaves meet them
 */
export function cutTree({ leaves, left, right }: Linkage, clusters: number): Int32Array {
  const of = new Int32Array(leaves + left.length).fill(-1);
  for (let m = left.length - 1; m >= 0; m--) {
    const own = of[leaves + m];
    const free = m >= leaves - clusters; // not merged: its two parts stand alone
    of[left[m]] = free ? left[m] : own < 0 ? leaves + m : own;
    of[right[m]] = free ? right[m] : own < 0 ? leaves + m : own;
  }
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: leaves }, (_, leaf) => {
    const own = of[leaf] < 0 ? leaf : of[leaf];
    const number = numbers.get(own) ?? numbers.size;
    numbers.set(own, number);
    return number;
  });
}

/** Leaves from left to right, so that what is merged stands together; of two parts the lower merger comes first. */
export function leafOrder({ leaves, left, right }: Linkage): Int32Array {
  const order = new Int32Array(leaves);
  let at = 0;
  const stack = [leaves + left.length - 1];
  while (stack.length > 0) {
    const node = stack.pop() as number;
    if (node < leaves) order[at++] = node;
    else stack.push(right[node - leaves], left[node - leaves]);
  }
  return order;
}

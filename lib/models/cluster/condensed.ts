import type { Linkage } from "./linkage.js";

/**
 * What is left of a single-linkage tree when clusters below a size do not count: an edge a child, which is a row (below
 * `rows`) or a cluster (from `rows` on; `rows` itself is the root). A child's number is above its parent's.
 */
export interface CondensedTree {
  readonly rows: number;
  readonly clusters: number;
  /** Of each cluster, from the root on: its parent (of the root: -1), its density at birth, and its rows. */
  readonly parent: Int32Array;
  readonly birth: Float64Array;
  readonly size: Float64Array;
  /** Of each row: the cluster that it falls out of, and at which density (1 / distance). */
  readonly from: Int32Array;
  readonly density: Float64Array;
}

/**
 * Condense a single-linkage tree: from the root on a split is one only where both parts have `least` rows; rows of smaller
 * parts fall out of their cluster there.
 * Source: Campello, Moulavi and Sander 2013; McInnes, Healy and Astels 2017, hdbscan: Hierarchical density based clustering
 */
export function condense({ leaves, left, right, height, size }: Linkage, least: number): CondensedTree {
  const [parent, birth, sizes] = [[-1], [0], [leaves]];
  const from = new Int32Array(leaves);
  const density = new Float64Array(leaves);
  const rowsOf = (node: number): number => (node < leaves ? 1 : size[node - leaves]);
  const fall = (node: number, cluster: number, at: number): void => {
    const stack = [node];
    while (stack.length > 0) {
      const next = stack.pop() as number;
      if (next >= leaves) stack.push(left[next - leaves], right[next - leaves]);
      else {
        from[next] = cluster;
        density[next] = at;
      }
    }
  };
  // Breadth first, so that numbers rise from the root on.
  let level = leaves > 1 ? [{ node: leaves + left.length - 1, cluster: 0 }] : [];
  while (level.length > 0) {
    const next: { node: number; cluster: number }[] = [];
    for (const { node, cluster } of level) {
      if (node < leaves) continue;
      const m = node - leaves;
      const at = height[m] > 0 ? 1 / height[m] : Number.POSITIVE_INFINITY;
      const parts = [left[m], right[m]];
      const large = parts.filter((part) => rowsOf(part) >= least);
      for (const part of parts) {
        if (rowsOf(part) < least) fall(part, cluster, at);
        else if (large.length === 1) next.push({ node: part, cluster });
        else {
          next.push({ node: part, cluster: parent.length });
          parent.push(cluster);
          birth.push(at);
          sizes.push(rowsOf(part));
        }
      }
    }
    level = next;
  }
  return {
    rows: leaves,
    clusters: parent.length,
    parent: Int32Array.from(parent),
    birth: Float64Array.from(birth),
    size: Float64Array.from(sizes),
    from,
    density,
  };
}

/**
 * The clusters with the largest excess of mass, none inside another, and never the root.
 * @returns for each cluster of the tree whether it is taken
 */
export function excessOfMass(tree: CondensedTree): Uint8Array {
  const { clusters, parent, birth, size, from, density } = tree;
  const mass = new Float64Array(clusters);
  from.forEach((cluster, row) => {
    mass[cluster] += density[row] - birth[cluster];
  });
  for (let c = 1; c < clusters; c++) mass[parent[c]] += (birth[c] - birth[parent[c]]) * size[c];
  const below = new Float64Array(clusters);
  const taken = new Uint8Array(clusters);
  for (let c = clusters - 1; c > 0; c--) {
    // A cluster is taken where its parts together have no more; an infinite mass (equal rows) leaves it as one.
    if (below[c] > mass[c]) mass[c] = below[c];
    else taken[c] = 1;
    below[parent[c]] += mass[c];
  }
  for (let c = 1, hidden = new Uint8Array(clusters); c < clusters; c++) {
    hidden[c] = hidden[parent[c]] | taken[parent[c]];
    if (hidden[c] === 1) taken[c] = 0;
  }
  return taken;
}

/** The clusters without a part. @returns for each cluster of the tree whether it is taken; the root is not */
export function leafClusters({ clusters, parent }: CondensedTree): Uint8Array {
  const taken = new Uint8Array(clusters).fill(1);
  taken[0] = 0;
  for (let c = 1; c < clusters; c++) taken[parent[c]] = 0;
  return taken;
}

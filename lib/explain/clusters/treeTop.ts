import { cutTree, type Linkage, leafOrder } from "../../models/cluster/linkage.js";
import type { TreeTop } from "./result.js";

/**
 * The last mergers of a tree, with leaves in the order in which a picture without crossing lines has them.
 * @param most leaves at most; what was merged below becomes a leaf
 * @param nameOf the name of a leaf from its members
 */
export function treeTop(
  linkage: Linkage,
  most: number,
  nameOf: (members: readonly number[]) => string,
): TreeTop {
  const kept = Math.min(most, linkage.leaves);
  const cluster = cutTree(linkage, kept);
  const members = Array.from({ length: kept }, (): number[] => []);
  cluster.forEach((own, leaf) => {
    members[own].push(leaf);
  });
  // Position of each cluster of the cut, from top to bottom.
  const place = new Int32Array(kept).fill(-1);
  let next = 0;
  for (const leaf of leafOrder(linkage)) if (place[cluster[leaf]] < 0) place[cluster[leaf]] = next++;
  const leaves = members.map((_, at) => ({ name: nameOf(members[place.indexOf(at)]) }));
  const { leaves: all, left, right, height } = linkage;
  const first = all - kept; // mergers before it lie below the cut
  const number = new Map<number, number>();
  const numberOf = (node: number): number => number.get(node) ?? place[cluster[lowestLeaf(linkage, node)]];
  const mergers = [];
  for (let m = first; m < left.length; m++) {
    mergers.push({ left: numberOf(left[m]), right: numberOf(right[m]), height: height[m] });
    number.set(all + m, kept + m - first);
  }
  return { leaves, mergers };
}

function lowestLeaf({ leaves, left }: Linkage, node: number): number {
  let at = node;
  while (at >= leaves) at = left[at - leaves];
  return at;
}

import { moments } from "../../numeric/covariance.js";
import { wardOfDistances } from "../cluster/ward.js";
import type { Matrix } from "../contract.js";

/**
 * Columns in groups of at most `most` that rise and fall together: Ward's tree of one less their correlation, from its root
 * down. A constant column correlates with none.
 * Source: Mirsky et al. 2018, Kitsune, section IV-C.
 */
export function correlatedColumns(X: Matrix, most: number): readonly (readonly number[])[] {
  const d = X.columns;
  const { covariance } = moments(X);
  const distances = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      const scale = Math.sqrt(covariance[i * d + i] * covariance[j * d + j]);
      if (i !== j) distances[i * d + j] = 1 - (scale > 0 ? covariance[i * d + j] / scale : 0);
    }
  }
  const { left, right } = wardOfDistances(distances, d);
  const membersOf = (node: number): number[] =>
    node < d ? [node] : [...membersOf(left[node - d]), ...membersOf(right[node - d])];
  const parted = (node: number): number[][] => {
    const members = membersOf(node).sort((a, b) => a - b);
    return members.length <= most ? [members] : [...parted(left[node - d]), ...parted(right[node - d])];
  };
  return parted(2 * d - 2).sort(([a], [b]) => a - b);
}

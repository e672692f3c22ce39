import type { Tree } from "./ensemble.js";

/**
 * Mean decrease of Gini impurity of each column: in a tree the rows at a split times what the split takes from their
 * impurity, as shares of the tree's whole; then the mean over the trees. Sums to 1, or is 0 where no tree has a split.
 * Columns of many distinct values come out too high (Strobl et al. 2007, doi:10.1186/1471-2105-8-25).
 * Source: Breiman 2001; feature_importances_ of scikit-learn's forests.
 * @param width numbers in a leaf: the share of each class, or of two classes that of the second
 */
export function impurityImportance(trees: readonly Tree[], width: number, columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (const tree of trees) {
    const own = decreases(tree, width, columns);
    const total = own.reduce((sum, x) => sum + x, 0);
    if (total > 0) for (let j = 0; j < columns; j++) mean[j] += own[j] / total / trees.length;
  }
  return mean;
}

function decreases(
  { feature, left, right, value, cover }: Tree,
  width: number,
  columns: number,
): Float64Array {
  const k = width === 1 ? 2 : width;
  const nodes = feature.length;
  const counts = new Float64Array(nodes * k);
  const out = new Float64Array(columns);
  // Children have higher numbers than their parents.
  for (let node = nodes - 1; node >= 0; node--) {
    const at = node * k;
    if (feature[node] < 0) {
      for (let c = 0; c < k; c++) {
        const share = width === 1 ? (c === 1 ? value[node] : 1 - value[node]) : value[node * width + c];
        counts[at + c] = cover[node] * share;
      }
      continue;
    }
    for (let c = 0; c < k; c++) counts[at + c] = counts[left[node] * k + c] + counts[right[node] * k + c];
    const gain =
      impurity(counts, at, k) - impurity(counts, left[node] * k, k) - impurity(counts, right[node] * k, k);
    out[feature[node]] += Math.max(0, gain);
  }
  return out;
}

/** Rows times the Gini impurity of counts. */
function impurity(counts: Float64Array, at: number, k: number): number {
  let [rows, squares] = [0, 0];
  for (let c = 0; c < k; c++) {
    rows += counts[at + c];
    squares += counts[at + c] ** 2;
  }
  return rows === 0 ? 0 : rows - squares / rows;
}

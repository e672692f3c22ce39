import { FormatError } from "../../base/errors.js";
import { belowFloat32 } from "../../models/trees/float32.js";
import type { ShapTree } from "./treeProgram.js";

/** Of a model that XGBoost has saved as JSON (`save_model("model.json")`), what its trees are read from. */
interface SavedTree {
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly default_left: readonly (number | boolean)[];
  readonly sum_hessian: readonly number[];
  readonly categories_nodes?: readonly number[];
}

/**
 * The trees of an XGBoost model, for `treeShap`: their values are parts of the margin, as those of XGBoost's own
 * `pred_contribs`, to the precision of its float32. The cover is the sum of hessians, as there; `base_score` is not
 * part of the trees. XGBoost asks `x < t`, which in float32 is `x <= t` with the float32 below t.
 * @param group of a model with several outputs: the trees of this one
 * @throws FormatError when it is no such model, or splits by sets of categories
 * Source: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export function xgboostTrees(model: unknown, group = 0): ShapTree[] {
  const saved = (model as { learner?: { gradient_booster?: { model?: unknown } } })?.learner?.gradient_booster
    ?.model as { readonly trees?: readonly SavedTree[]; readonly tree_info?: readonly number[] } | undefined;
  if (!Array.isArray(saved?.trees)) {
    throw new FormatError(
      "xgboost: no trees under learner.gradient_booster.model. Save the model with save_model and a name that ends in .json.",
    );
  }
  const { trees, tree_info = [] } = saved as { trees: readonly SavedTree[]; tree_info?: readonly number[] };
  return trees.filter((_, t) => (tree_info[t] ?? 0) === group).map(shapTree);
}

function shapTree(tree: SavedTree): ShapTree {
  if ((tree.categories_nodes?.length ?? 0) > 0) {
    throw new FormatError(
      "xgboost: a tree splits by sets of categories, which are not read. Train it on categories as numbers.",
    );
  }
  const isLeaf = (node: number): boolean => tree.left_children[node] < 0;
  return {
    feature: Int32Array.from(tree.split_indices, (f, node) => (isLeaf(node) ? -1 : f)),
    // The file holds the shortest decimals of float32 numbers: first back to those.
    threshold: Float32Array.from(tree.split_conditions, (t, node) =>
      isLeaf(node) ? 0 : belowFloat32(Math.fround(t)),
    ),
    left: Int32Array.from(tree.left_children),
    right: Int32Array.from(tree.right_children),
    missingLeft: Uint8Array.from(tree.default_left, Number),
    cover: Float64Array.from(tree.sum_hessian),
    leaf: Float64Array.from(tree.split_conditions, (value, node) => (isLeaf(node) ? value : 0)),
  };
}

import { FormatError } from "../../base/errors.js";
import { type SavedXgboostTree, xgboostTree } from "../../models/boosting/engineTrees.js";
import type { ShapTree } from "./treeProgram.js";

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
    ?.model as
    | { readonly trees?: readonly SavedXgboostTree[]; readonly tree_info?: readonly number[] }
    | undefined;
  if (!Array.isArray(saved?.trees)) {
    throw new FormatError(
      "xgboost: no trees under learner.gradient_booster.model. Save the model with save_model and a name that ends in .json.",
    );
  }
  const { trees, tree_info = [] } = saved as {
    trees: readonly SavedXgboostTree[];
    tree_info?: readonly number[];
  };
  return trees.filter((_, t) => (tree_info[t] ?? 0) === group).map(shapTree);
}

function shapTree(tree: SavedXgboostTree): ShapTree {
  if ((tree.categories_nodes?.length ?? 0) > 0) {
    throw new FormatError(
      "xgboost: a tree splits by sets of categories, which are not read. Train it on categories as numbers.",
    );
  }
  const { value, ...own } = xgboostTree(tree);
  return { ...own, leaf: Float64Array.from(value) };
}

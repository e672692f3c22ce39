import type { Ensemble, Tree } from "../trees/ensemble.js";
import { exactSums } from "../trees/ensemble.js";
import { belowFloat32, floorFloat32 } from "../trees/float32.js";

/** Of XGBoost's JSON model, what its trees are read from. */
interface SavedXgboost {
  readonly learner: {
    readonly learner_model_param: { readonly base_score: string };
    readonly gradient_booster: {
      readonly model: { readonly trees: readonly SavedXgboostTree[]; readonly tree_info: readonly number[] };
    };
  };
}
export interface SavedXgboostTree {
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly default_left: readonly (number | boolean)[];
  readonly sum_hessian: readonly number[];
  readonly categories_nodes?: readonly number[];
}

/**
 * The first rounds of an XGBoost model as the kit's trees. XGBoost asks `x < t` of float32 numbers, which is `x <= t` with the
 * float32 below t; a missing value goes where the node says. `base_score` is a probability for two classes.
 * Source: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export function xgboostEnsemble(json: string, outputs: number, rounds: number): Ensemble {
  const { learner } = JSON.parse(json) as SavedXgboost;
  const { trees, tree_info } = learner.gradient_booster.model;
  const scores = [JSON.parse(learner.learner_model_param.base_score) as number | number[]].flat();
  const base = Float32Array.from({ length: outputs }, (_, j) => scores[j] ?? scores[0]);
  return boosted(
    trees.slice(0, rounds * outputs).map(xgboostTree),
    outputs,
    outputs === 1 ? base.map((p) => -Math.log(1 / p - 1)) : base,
    (tree) => tree_info[tree],
  );
}

/** One tree; its cover is the sum of hessians. */
export function xgboostTree(tree: SavedXgboostTree): Tree {
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
    value: Float32Array.from(tree.split_conditions, (value, node) => (isLeaf(node) ? value : 0)),
    cover: Float32Array.from(tree.sum_hessian),
  };
}

/** A node of LightGBM's JSON dump: a split or a leaf. */
interface DumpedNode {
  readonly split_feature?: number;
  readonly threshold: number;
  readonly default_left: boolean;
  readonly missing_type: "None" | "Zero" | "NaN";
  readonly left_child: DumpedNode;
  readonly right_child: DumpedNode;
  readonly internal_count: number;
  readonly leaf_value: number;
  readonly leaf_count?: number;
}

/**
 * The first rounds of a LightGBM model as the kit's trees. LightGBM asks `x <= t` in double, which for float32 numbers is
 * `x <= t` with the largest float32 up to t. Where training saw no missing value in a column, it takes one for 0.
 * Source: https://lightgbm.readthedocs.io/en/stable/C-API.html (LGBM_BoosterDumpModel), Tree::NumericalDecision
 */
export function lightgbmEnsemble(json: string, outputs: number, rounds: number): Ensemble {
  const { tree_info } = JSON.parse(json) as { tree_info: readonly { tree_structure: DumpedNode }[] };
  return boosted(
    tree_info.slice(0, rounds * outputs).map(({ tree_structure }) => lightgbmTree(tree_structure)),
    outputs,
    new Float32Array(outputs),
    (tree) => tree % outputs,
  );
}

function lightgbmTree(root: DumpedNode): Tree {
  const nodes: DumpedNode[] = [root];
  const left: number[] = [];
  const right: number[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const { split_feature, left_child, right_child } = nodes[node];
    left.push(split_feature === undefined ? -1 : nodes.push(left_child) - 1);
    right.push(split_feature === undefined ? -1 : nodes.push(right_child) - 1);
  }
  return {
    feature: Int32Array.from(nodes, ({ split_feature = -1 }) => split_feature),
    threshold: Float32Array.from(nodes, (node) =>
      node.split_feature === undefined ? 0 : floorFloat32(node.threshold),
    ),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    missingLeft: Uint8Array.from(nodes, ({ missing_type, default_left, threshold }) =>
      Number(missing_type === "NaN" ? default_left : 0 <= threshold),
    ),
    value: Float32Array.from(nodes, ({ split_feature, leaf_value }) =>
      split_feature === undefined ? leaf_value : 0,
    ),
    cover: Float32Array.from(nodes, ({ internal_count, leaf_count }) => internal_count ?? leaf_count ?? 1),
  };
}

/** Trees whose leaves are margins of their target. */
export function boosted(
  trees: readonly Tree[],
  outputs: number,
  base: Float32Array,
  target: (tree: number) => number,
): Ensemble {
  return exactSums({ trees, width: 1, target, targets: outputs, combine: "sum", base, double: true });
}

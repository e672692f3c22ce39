import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Ensemble } from "./ensemble.js";

/**
 * Nodes of one operator. ONNX Runtime sends a row through all trees of an operator before it takes the next row: with
 * few enough nodes they stay in the processor's cache. On 100,000 nodes and two threads 2048 was the fastest of 1024, 2048 and 4096.
 */
const NODES = 2048;

/**
 * Add the ensemble: float [n, d] in, float [n, targets] out. It becomes TreeEnsembleRegressor operators
 * (ai.onnx.ml 3) of a few trees each, whose outputs are added. `nodes_hitrates`, which scoring does not need, holds the
 * training rows of each node: path-dependent SHAP values do. Of columns in double the operators add in double.
 */
export function emitEnsemble(
  onnx: OnnxBuilder,
  input: Value,
  ensemble: Ensemble,
  columnOf: (column: number) => number,
): Value {
  const { trees, targets, base } = ensemble;
  const sums: Value[] = [];
  const columns = ensemble.double ? onnx.node("Cast", [input], { to: { int: 11 } }) : input;
  for (let first = 0; first < trees.length; ) {
    let nodes = trees[first].feature.length;
    let end = first + 1;
    while (end < trees.length && nodes + trees[end].feature.length <= NODES)
      nodes += trees[end++].feature.length;
    sums.push(emitTrees(onnx, columns, ensemble, first, end, columnOf));
    first = end;
  }
  let out = sums.length === 1 ? sums[0] : onnx.node("Sum", sums);
  if (ensemble.combine === "average")
    out = onnx.node("Div", [out, onnx.tensor("float", [1], [trees.length])]);
  return base === undefined ? out : onnx.node("Add", [out, onnx.tensor("float", [targets], base)]);
}

/** One operator with the trees first … end-1; the sums of their leaves. */
function emitTrees(
  onnx: OnnxBuilder,
  input: Value,
  ensemble: Ensemble,
  first: number,
  end: number,
  columnOf: (column: number) => number,
): Value {
  const trees = ensemble.trees.slice(first, end);
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const ints = (): Int32Array => new Int32Array(nodes);
  const ids = { tree: ints(), node: ints(), yes: ints(), no: ints() };
  const features = ints();
  const missing = ints();
  const thresholds = new Float32Array(nodes);
  const cover = new Float32Array(nodes);
  const modes: string[] = new Array(nodes);
  const leaf = { tree: [] as number[], node: [] as number[], target: [] as number[], value: [] as number[] };
  let at = 0;
  trees.forEach((tree, t) => {
    for (let node = 0; node < tree.feature.length; node++, at++) {
      const isLeaf = tree.feature[node] < 0;
      ids.tree[at] = t;
      ids.node[at] = node;
      cover[at] = tree.cover[node];
      modes[at] = isLeaf ? "LEAF" : "BRANCH_LEQ";
      if (isLeaf) {
        for (let j = 0; j < ensemble.width; j++) {
          leaf.tree.push(t);
          leaf.node.push(node);
          leaf.target.push(ensemble.target(first + t) + j);
          leaf.value.push(tree.value[node * ensemble.width + j]);
        }
      } else {
        features[at] = columnOf(tree.feature[node]);
        thresholds[at] = tree.threshold[node];
        ids.yes[at] = tree.left[node];
        ids.no[at] = tree.right[node];
        missing[at] = tree.missingLeft[node];
      }
    }
  });
  return onnx.node(
    "TreeEnsembleRegressor",
    [input],
    {
      n_targets: { int: ensemble.targets },
      aggregate_function: { string: "SUM" },
      post_transform: { string: "NONE" },
      nodes_treeids: { ints: ids.tree },
      nodes_nodeids: { ints: ids.node },
      nodes_featureids: { ints: features },
      nodes_values: { floats: thresholds },
      nodes_modes: { strings: modes },
      nodes_truenodeids: { ints: ids.yes },
      nodes_hitrates: { floats: cover },
      nodes_falsenodeids: { ints: ids.no },
      nodes_missing_value_tracks_true: { ints: missing },
      target_treeids: { ints: leaf.tree },
      target_nodeids: { ints: leaf.node },
      target_ids: { ints: leaf.target },
      target_weights: { floats: leaf.value },
    },
    "ai.onnx.ml",
  );
}

/** Float [n, 1], the probability of class 1, to float [n, 2]. */
export function emitBothClasses(onnx: OnnxBuilder, positive: Value): Value {
  const negative = onnx.node("Sub", [onnx.tensor("float", [1], [1]), positive]);
  return onnx.node("Concat", [negative, positive], { axis: { int: 1 } });
}

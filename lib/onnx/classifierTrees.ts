import { FormatError } from "../base/errors.js";
import type { OnnxModel } from "./reader.js";
import type { Tree } from "./tree.js";

/** Trees whose leaves hold one number a class, or the margin of the second of two classes. */
export interface ClassifierTrees {
  readonly trees: readonly Tree[];
  /** Numbers of a leaf. */
  readonly width: number;
}

/**
 * The trees of a model that another program has exported with a ZipMap behind its probabilities (CatBoost, skl2onnx): an output
 * of maps, which onnxruntime-node cannot return. What stands before it, a TreeEnsembleClassifier of the margins, is taken;
 * the ZipMap is left behind, and so is the label.
 * @returns the cover of all nodes is 0: such files do not say it
 * @throws FormatError for anything but one such operator that asks `x > t` or `x <= t` and gives margins of classes 0 … k-1
 */
export function classifierTrees({ nodes }: OnnxModel): ClassifierTrees {
  const [classifier, ...others] = nodes.filter(({ op }) => op !== "ZipMap");
  if (classifier?.op !== "TreeEnsembleClassifier" || others.length > 0) {
    const found = nodes.map(({ op }) => op).join(", ");
    throw new FormatError(`onnx: one TreeEnsembleClassifier and a ZipMap were expected, found ${found}.`);
  }
  const { attributes } = classifier;
  const link = attributes.get("post_transform")?.string ?? "NONE";
  if (!["LOGISTIC", "SOFTMAX"].includes(link))
    throw new FormatError(`onnx: trees of margins (LOGISTIC, SOFTMAX) were expected, found ${link}.`);
  const ints = (name: string): readonly number[] => attributes.get(name)?.ints ?? [];
  const classes = ints("class_ids").reduce((most, id) => Math.max(most, id), 0) + 1;
  const width = link === "LOGISTIC" ? 1 : classes;
  const treeIds = ints("nodes_treeids");
  const starts = treeIds.flatMap((id, i) => (i === 0 || id !== treeIds[i - 1] ? [i] : []));
  const place = new Map(starts.map((start, t) => [treeIds[start], t]));
  const trees = starts.map((start, t) => emptyTree((starts[t + 1] ?? treeIds.length) - start, width));
  const at = ints("nodes_nodeids");
  const [features, yes, no] = [
    ints("nodes_featureids"),
    ints("nodes_truenodeids"),
    ints("nodes_falsenodeids"),
  ];
  const missing = ints("nodes_missing_value_tracks_true");
  const thresholds = attributes.get("nodes_values")?.floats ?? new Float32Array(0);
  const modes = attributes.get("nodes_modes")?.strings ?? [];
  for (let i = 0; i < treeIds.length; i++) {
    if (modes[i] === "LEAF") continue;
    const greater = modes[i] === "BRANCH_GT";
    if (!greater && modes[i] !== "BRANCH_LEQ")
      throw new FormatError(`onnx: a tree compares by ${modes[i]}; BRANCH_GT or BRANCH_LEQ was expected.`);
    const tree = trees[place.get(treeIds[i]) as number];
    const node = at[i];
    tree.feature[node] = features[i];
    tree.threshold[node] = thresholds[i];
    tree.left[node] = greater ? no[i] : yes[i];
    tree.right[node] = greater ? yes[i] : no[i];
    tree.missingLeft[node] = (missing[i] === 1) === greater ? 0 : 1;
  }
  const weights = attributes.get("class_weights")?.floats ?? new Float32Array(0);
  const [leafTree, leafNode, leafClass] = [ints("class_treeids"), ints("class_nodeids"), ints("class_ids")];
  for (let i = 0; i < weights.length; i++) {
    const tree = trees[place.get(leafTree[i]) as number];
    if (width > 1) tree.value[leafNode[i] * width + leafClass[i]] = weights[i];
    else if (leafClass[i] === 1) tree.value[leafNode[i]] = weights[i];
  }
  return { trees, width };
}

function emptyTree(nodes: number, width: number): Tree {
  return {
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float32Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    missingLeft: new Uint8Array(nodes),
    value: new Float32Array(nodes * width),
    cover: new Float32Array(nodes),
  };
}

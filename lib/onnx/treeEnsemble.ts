import { FormatError } from "../base/errors.js";
import type { OnnxModel, OnnxNode } from "./reader.js";
import type { Tree } from "./tree.js";

/** Its number among the element types of onnx.proto. */
const DOUBLE = 11;
const INT64 = 7;

/** A tree of a model, and which of its outputs its leaves add to. */
export interface PlacedTree extends Tree {
  /** The first target; `value` is nodes × width, for the targets from here on. */
  readonly target: number;
  readonly width: number;
}

/**
 * The trees of a model, with what becomes of their sums: sums / divisor + base, one number a target, is
 * - `probability`: itself P(class), of the second of two classes where there is one target;
 * - `log-odds`: the log-odds of the second of two classes;
 * - `softmax`: one margin a class;
 * - `path`: a mean path length, whose score is 2^(unit × path).
 */
export interface TreeModel {
  readonly link: "probability" | "log-odds" | "softmax" | "path";
  /** Name of the value whose columns the trees ask for. */
  readonly input: string;
  /** Name of the value that holds sums / divisor + base. */
  readonly output: string;
  readonly trees: readonly PlacedTree[];
  readonly targets: number;
  readonly divisor: number;
  /** One a target. */
  readonly base: Float64Array;
  /** Of a path; 1 elsewhere. */
  readonly unit: number;
}

/**
 * The trees of model.onnx: its TreeEnsembleRegressor operators, put together again.
 * @returns null for a model without trees, or in which they are only a part: one model of an ensemble, a look-up
 * @throws FormatError for trees that this kit does not write
 */
export function readTrees(model: OnnxModel): TreeModel | null {
  const operators = model.nodes.filter(({ op }) => op.startsWith("TreeEnsemble"));
  if (operators.length === 0) return null;
  const strange = operators.find(({ op }) => op !== "TreeEnsembleRegressor");
  if (strange !== undefined) {
    throw new FormatError(
      `onnx: a ${strange.op} of ${strange.inputs[0]}; trees are read from TreeEnsembleRegressor operators. ` +
        "Explain a model that this kit has trained.",
    );
  }
  if (!isWhole(model, operators)) return null;
  const targets = operators[0].attributes.get("n_targets")?.int ?? 1;
  const after = afterTrees(model, operators, targets);
  return {
    ...after,
    input: askedValue(model, operators[0].inputs[0]),
    trees: operators.flatMap(treesOf),
    targets,
  };
}

/**
 * Whether these trees are the model: they ask one matrix, their outputs are added up at one place, and what is served
 * follows from that sum alone, by nothing that is a model again.
 */
function isWhole({ nodes, inputs, outputs }: OnnxModel, operators: readonly OnnxNode[]): boolean {
  const asked = operators[0].inputs[0];
  if (operators.some((each) => each.inputs[0] !== asked)) return false;
  const users = operators.map((each) => nodes.filter((node) => node.inputs.includes(each.outputs[0])));
  const isSum =
    operators.length === 1 ||
    users.every(([user, more]) => user === users[0][0] && user?.op === "Sum" && more === undefined);
  if (!isSum || users[0].some(({ attributes, op }) => op === "Cast" && attributes.get("to")?.int === INT64))
    return false;
  const made = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const open = [...outputs];
  const seen = new Set<string>();
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (inputs.includes(value)) return false;
    const node = made.get(value);
    if (node === undefined || operators.includes(node)) continue;
    if (node.op === "MatMul" || node.op === "Gemm") return false;
    // The number of rows is no value of the matrix.
    if (node.op !== "Shape") open.push(...node.inputs);
  }
  return true;
}

/** What the trees ask: where it is only made a double first, the float that it was. */
function askedValue({ nodes }: OnnxModel, input: string): string {
  const cast = nodes.find(
    ({ op, outputs, attributes }) =>
      op === "Cast" && outputs[0] === input && attributes.get("to")?.int === DOUBLE,
  );
  return cast?.inputs[0] ?? input;
}

/** Follow the sums of the trees to the first value that is not linear in them. */
function afterTrees(
  { nodes, constants }: OnnxModel,
  operators: readonly OnnxNode[],
  targets: number,
): Omit<TreeModel, "input" | "trees" | "targets"> {
  const next = (value: string): OnnxNode | undefined => nodes.find(({ inputs }) => inputs.includes(value));
  const numbers = (node: OnnxNode): Float64Array | undefined => constants.get(node.inputs[1])?.values;
  let output = operators[0].outputs[0];
  if (operators.length > 1) output = next(output)?.outputs[0] ?? output;
  let divisor = 1;
  const base = new Float64Array(targets);
  for (let node = next(output); node !== undefined; node = next(output)) {
    const values = numbers(node);
    if (values === undefined || node.inputs[0] !== output) break;
    if (node.op === "Div" && values.length === 1) divisor *= values[0];
    else if (node.op === "Add") for (let j = 0; j < targets; j++) base[j] += values[j % values.length];
    else break;
    output = node.outputs[0];
  }
  const last = next(output);
  const power = last?.op === "Mul" && next(last.outputs[0])?.op === "Pow";
  const link =
    last?.op === "Sigmoid" ? "log-odds" : last?.op === "Softmax" ? "softmax" : power ? "path" : "probability";
  return { link, output, divisor, base, unit: power && last ? (numbers(last)?.[0] ?? 1) : 1 };
}

/** The trees of one operator, in their order. */
function treesOf({ attributes }: OnnxNode): PlacedTree[] {
  const ints = (name: string): readonly number[] => attributes.get(name)?.ints ?? [];
  const treeIds = ints("nodes_treeids");
  const ids = ints("nodes_nodeids");
  const starts = treeIds.flatMap((id, i) => (i === 0 || id !== treeIds[i - 1] ? [i] : []));
  const columns = {
    ids,
    modes: attributes.get("nodes_modes")?.strings ?? [],
    features: ints("nodes_featureids"),
    yes: ints("nodes_truenodeids"),
    no: ints("nodes_falsenodeids"),
    missing: ints("nodes_missing_value_tracks_true"),
    thresholds: attributes.get("nodes_values")?.floats ?? new Float32Array(ids.length),
    cover: attributes.get("nodes_hitrates")?.floats ?? new Float32Array(ids.length),
  };
  const leaves = leavesByTree(attributes);
  return starts.map((start, t) =>
    treeAt(columns, start, starts[t + 1] ?? ids.length, leaves.get(treeIds[start]) ?? []),
  );
}

interface NodeColumns {
  readonly ids: readonly number[];
  readonly modes: readonly string[];
  readonly features: readonly number[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
  readonly missing: readonly number[];
  readonly thresholds: Float32Array;
  readonly cover: Float32Array;
}

interface LeafValue {
  readonly node: number;
  readonly target: number;
  readonly value: number;
}

function leavesByTree(attributes: OnnxNode["attributes"]): Map<number, LeafValue[]> {
  const ints = (name: string): readonly number[] => attributes.get(name)?.ints ?? [];
  const [nodes, targets] = [ints("target_nodeids"), ints("target_ids")];
  const weights = attributes.get("target_weights")?.floats ?? new Float32Array(0);
  const byTree = new Map<number, LeafValue[]>();
  ints("target_treeids").forEach((tree, i) => {
    const list = byTree.get(tree) ?? [];
    list.push({ node: nodes[i], target: targets[i], value: weights[i] });
    byTree.set(tree, list);
  });
  return byTree;
}

/** @throws FormatError for a comparison other than `x <= t` */
function treeAt(columns: NodeColumns, start: number, end: number, leaves: readonly LeafValue[]): PlacedTree {
  const size = end - start;
  const target = leaves.reduce((least, leaf) => Math.min(least, leaf.target), Number.POSITIVE_INFINITY);
  const width = leaves.reduce((most, leaf) => Math.max(most, leaf.target - target + 1), 1);
  const place = new Map(columns.ids.slice(start, end).map((id, node) => [id, node]));
  const at = (id: number): number => place.get(id) ?? 0;
  const tree = {
    feature: new Int32Array(size).fill(-1),
    threshold: new Float32Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    missingLeft: new Uint8Array(size),
    value: new Float32Array(size * width),
    cover: columns.cover.slice(start, end),
    target: Number.isFinite(target) ? target : 0,
    width,
  };
  for (let node = 0; node < size; node++) {
    const mode = columns.modes[start + node];
    if (mode === "LEAF") continue;
    if (mode !== "BRANCH_LEQ") {
      throw new FormatError(
        `onnx: a tree compares by ${mode}; BRANCH_LEQ was expected. Explain a model that this kit has trained.`,
      );
    }
    tree.feature[node] = columns.features[start + node];
    tree.threshold[node] = columns.thresholds[start + node];
    tree.left[node] = at(columns.yes[start + node]);
    tree.right[node] = at(columns.no[start + node]);
    tree.missingLeft[node] = columns.missing[start + node] ?? 0;
  }
  for (const leaf of leaves) tree.value[at(leaf.node) * width + leaf.target - tree.target] += leaf.value;
  return tree;
}

import type { Attribute } from "./builder.js";

/** Dimensions of a tensor in a graph; a name stands for one that only a run knows, such as the number of rows. */
export type Shape = readonly (number | string)[];

/** What a node makes: the shape of its first output, and the operations that it takes for one flow. */
export interface NodeCost {
  readonly shape: Shape;
  readonly operations: number;
}

/**
 * Operations of one node for one flow, a measure of cost that is the same on every machine: 2 · k · m for a product of
 * a row of k with k × m numbers (m more for an added row), comparisons on the mean path (over leaves) for every tree and
 * one addition a leaf, and the elements of the output for everything else (of the input for sums over it). What does
 * not depend on the flow is computed once when a model is loaded, and counts nothing.
 *
 * It says little about time: additions, exponentials and moves of memory weigh the same. Operators that are not known
 * here are taken for elementwise.
 * @param known the shape of the first output, where the caller knows it
 */
export function costOf(
  op: string,
  inputs: readonly Shape[],
  attributes: Readonly<Record<string, Attribute>>,
  known?: Shape,
): NodeCost {
  if (op === "Shape") return { shape: [inputs[0].length], operations: 0 };
  const shape = known ?? shapeOf(op, inputs, attributes);
  const depends = inputs.some((input) => input.some((dimension) => typeof dimension === "string"));
  if (!depends && !shape.some((dimension) => typeof dimension === "string")) return { shape, operations: 0 };
  switch (op) {
    case "MatMul":
    case "Gemm": {
      const inner = inputs[1][inputs[1].length - (isTransposed(attributes) ? 1 : 2)];
      const added = inputs.length > 2 ? elements(shape) : 0;
      return { shape, operations: 2 * (typeof inner === "number" ? inner : 1) * elements(shape) + added };
    }
    case "TreeEnsembleRegressor":
    case "TreeEnsembleClassifier":
      return { shape, operations: treeOperations(attributes) };
    case "Identity":
      return { shape, operations: 0 };
    default:
      return { shape, operations: op.startsWith("Reduce") ? elements(inputs[0]) : elements(shape) };
  }
}

/** Elements for one flow: the product of what is known; "32n" is 32 for each flow. */
function elements(shape: Shape): number {
  return shape.reduce<number>(
    (product, each) => product * (typeof each === "number" ? each : Number.parseInt(each, 10) || 1),
    1,
  );
}

function shapeOf(
  op: string,
  inputs: readonly Shape[],
  attributes: Readonly<Record<string, Attribute>>,
): Shape {
  const [first, second] = inputs;
  const axis = intOf(attributes.axis) ?? 0;
  switch (op) {
    case "Gather":
      return [...first.slice(0, axis), ...second, ...first.slice(axis + 1)];
    case "Concat":
      return first.map((own, d) =>
        d !== axis
          ? own
          : inputs.reduce((sum, input) => sum + (typeof input[d] === "number" ? (input[d] as number) : 0), 0),
      );
    case "MatMul":
    case "Gemm":
      return [...first.slice(0, -1), second[second.length - (isTransposed(attributes) ? 2 : 1)] ?? "n"];
    case "TreeEnsembleRegressor":
      return [first[0], intOf(attributes.n_targets) ?? 1];
    case "Expand":
      // To a shape that is computed: to as many rows as the flows.
      return ["n", ...first.slice(1)];
    case "GatherElements":
      return second;
    case "Slice":
      return first;
    default:
      if (op.startsWith("Reduce")) return first.map((own, d) => (d === first.length - 1 ? 1 : own));
      return inputs.reduce(broadcast);
  }
}

/** NumPy's rule: aligned at the end, 1 goes with anything. */
function broadcast(a: Shape, b: Shape): Shape {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, d) => {
    const [x, y] = [a[d - length + a.length] ?? 1, b[d - length + b.length] ?? 1];
    if (typeof x === "string" || typeof y === "string") return typeof x === "string" ? x : y;
    return Math.max(x, y);
  });
}

/** Gemm takes its second matrix the other way round. */
function isTransposed({ transB }: Readonly<Record<string, Attribute>>): boolean {
  return (intOf(transB) ?? 0) !== 0;
}

function intOf(attribute: Attribute | undefined): number | undefined {
  return attribute !== undefined && "int" in attribute ? attribute.int : undefined;
}

function intsOf(attribute: Attribute | undefined): ArrayLike<number> {
  return attribute !== undefined && "ints" in attribute ? attribute.ints : [];
}

/** Mean depth of the leaves of every tree, and one addition for it. */
function treeOperations(attributes: Readonly<Record<string, Attribute>>): number {
  const tree = intsOf(attributes.nodes_treeids);
  const node = intsOf(attributes.nodes_nodeids);
  const yes = intsOf(attributes.nodes_truenodeids);
  const no = intsOf(attributes.nodes_falsenodeids);
  const { nodes_modes: modes } = attributes;
  const mode = modes !== undefined && "strings" in modes ? modes.strings : [];
  let operations = 0;
  for (let first = 0; first < tree.length; ) {
    let end = first + 1;
    while (end < tree.length && tree[end] === tree[first]) end++;
    const place = new Map<number, number>();
    for (let i = first; i < end; i++) place.set(node[i], i);
    // From the root down, without recursion: some trees are deep.
    const open: [place: number, depth: number][] = [[first, 0]];
    let [leaves, depths] = [0, 0];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [i, depth] = next;
      if (mode[i] === "LEAF") {
        leaves++;
        depths += depth;
      } else open.push([place.get(yes[i])!, depth + 1], [place.get(no[i])!, depth + 1]);
    }
    operations += depths / leaves + 1;
    first = end;
  }
  return operations;
}

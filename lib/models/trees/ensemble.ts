import type { Tree } from "../../onnx/tree.js";
import type { Matrix } from "../contract.js";

export type { Tree };

/** Trees whose leaves add up (or are averaged) to `targets` numbers a row. */
export interface Ensemble {
  readonly trees: readonly Tree[];
  /** Numbers in a leaf. */
  readonly width: number;
  /** First target that a tree adds to. */
  readonly target: (tree: number) => number;
  readonly targets: number;
  readonly combine: "sum" | "average";
  /** Where the sum of each target starts. */
  readonly base?: Float32Array;
  /** In model.onnx, too, leaves are added in double: for trees that others have grown, whose leaves are as they are. */
  readonly double?: true;
}

/** Bits of the significand of a float32, and of a double. */
const SIGNIFICAND = 24;
const DOUBLE_SIGNIFICAND = 53;

/**
 * The ensemble with leaf values rounded to one step, a power of two so large that every sum of leaves of different trees
 * is a float32 (a double, where leaves are added in double). Then the order in which they are added makes no difference, and ONNX Runtime, whose order depends on the
 * number of threads and of rows, gives the same bytes for any of them. With 100 trees of probabilities the step is 2^-16.
 */
export function exactSums(ensemble: Ensemble): Ensemble {
  const { trees, width, targets } = ensemble;
  const most = new Float64Array(targets);
  trees.forEach((tree, t) => {
    for (let j = 0; j < width; j++) most[ensemble.target(t) + j] += largestLeaf(tree, width, j);
  });
  const bound = most.reduce((a, b) => Math.max(a, b), 0);
  if (bound === 0) return ensemble;
  const bits = ensemble.double ? DOUBLE_SIGNIFICAND : SIGNIFICAND;
  const step = 2 ** (Math.ceil(Math.log2(bound)) + 1 - bits);
  return {
    ...ensemble,
    trees: trees.map((tree) => ({ ...tree, value: tree.value.map((x) => Math.round(x / step) * step) })),
  };
}

function largestLeaf({ feature, value }: Tree, width: number, j: number): number {
  let largest = 0;
  for (let node = 0; node < feature.length; node++)
    if (feature[node] < 0) largest = Math.max(largest, Math.abs(value[node * width + j]));
  return largest;
}

/** Nodes of one tree while it grows. */
export class TreeBuilder {
  private readonly feature: number[] = [];
  private readonly threshold: number[] = [];
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private readonly missingLeft: number[] = [];
  private readonly value: number[] = [];
  private readonly rows: number[] = [];

  constructor(private readonly width: number) {}

  /** A new leaf with zeros; returns its number. */
  add(): number {
    this.feature.push(-1);
    this.threshold.push(0);
    this.left.push(-1);
    this.right.push(-1);
    this.missingLeft.push(0);
    this.rows.push(0);
    for (let j = 0; j < this.width; j++) this.value.push(0);
    return this.feature.length - 1;
  }

  setValue(node: number, j: number, value: number): void {
    this.value[node * this.width + j] = value;
  }

  /** Training rows in a leaf; those of a split follow from its leaves. */
  setRows(node: number, rows: number): void {
    this.rows[node] = rows;
  }

  /** Make a leaf into a split; its children are set by `setLeft` and `setRight`. */
  split(node: number, feature: number, threshold: number, missingLeft: boolean): void {
    this.feature[node] = feature;
    this.threshold[node] = threshold;
    this.missingLeft[node] = missingLeft ? 1 : 0;
  }

  setLeft(node: number, child: number): void {
    this.left[node] = child;
  }

  setRight(node: number, child: number): void {
    this.right[node] = child;
  }

  finish(): Tree {
    // Children have larger numbers than their parent.
    for (let node = this.rows.length - 1; node >= 0; node--)
      if (this.feature[node] >= 0) this.rows[node] = this.rows[this.left[node]] + this.rows[this.right[node]];
    return {
      feature: Int32Array.from(this.feature),
      threshold: Float32Array.from(this.threshold),
      left: Int32Array.from(this.left),
      right: Int32Array.from(this.right),
      missingLeft: Uint8Array.from(this.missingLeft),
      value: Float32Array.from(this.value),
      cover: Float32Array.from(this.rows),
    };
  }
}

/** Rows that are sent through one tree before the next tree is taken: they stay in the cache. */
const BLOCK = 1024;

/** Sums of the leaves a row (n × targets, in double); `data` is n × columns with ranks in place of categories. */
export function sumLeaves(ensemble: Ensemble, data: Float32Array, columns: number): Float64Array {
  const rows = data.length / columns;
  const { trees, width, targets, base } = ensemble;
  const out = new Float64Array(rows * targets);
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let t = 0; t < trees.length; t++) {
      addTree(trees[t], data, columns, start, end, out, targets, ensemble.target(t), width);
    }
  }
  const divisor = ensemble.combine === "average" ? trees.length : 1;
  for (let i = 0; i < out.length; i++) out[i] = out[i] / divisor + (base?.[i % targets] ?? 0);
  return out;
}

/** Add one tree's leaf values for the rows start … end-1. */
export function addTree(
  tree: Tree,
  data: Float32Array,
  columns: number,
  start: number,
  end: number,
  out: Float64Array,
  targets: number,
  target: number,
  width: number,
): void {
  const { feature, threshold, left, right, missingLeft, value } = tree;
  for (let i = start; i < end; i++) {
    const row = i * columns;
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node]) {
      const x = data[row + f];
      const goesLeft = x <= threshold[node] || (missingLeft[node] === 1 && Number.isNaN(x));
      node = goesLeft ? left[node] : right[node];
    }
    for (let j = 0; j < width; j++) out[i * targets + target + j] += value[node * width + j];
  }
}

/** The trees with `cover` counted anew: how many of the rows (n × columns) each node gets. */
export function countRows(trees: readonly Tree[], data: Float32Array, columns: number): Tree[] {
  const counts = trees.map(({ feature }) => new Int32Array(feature.length));
  const block = BLOCK * columns;
  for (let start = 0; start < data.length; start += block) {
    const end = Math.min(data.length, start + block);
    trees.forEach((tree, t) => {
      countLeaves(tree, data, columns, start, end, counts[t]);
    });
  }
  return trees.map((tree, t) => {
    addChildren(tree, 0, counts[t]);
    return { ...tree, cover: Float32Array.from(counts[t]) };
  });
}

function countLeaves(
  { feature, threshold, left, right, missingLeft }: Tree,
  data: Float32Array,
  columns: number,
  start: number,
  end: number,
  counts: Int32Array,
): void {
  for (let row = start; row < end; row += columns) {
    let node = 0;
    for (let f = feature[0]; f >= 0; f = feature[node]) {
      const x = data[row + f];
      const goesLeft = x <= threshold[node] || (missingLeft[node] === 1 && Number.isNaN(x));
      node = goesLeft ? left[node] : right[node];
    }
    counts[node]++;
  }
}

/** Counts of the nodes above leaves. @returns that of `node` */
function addChildren(tree: Tree, node: number, counts: Int32Array): number {
  if (tree.feature[node] >= 0)
    counts[node] = addChildren(tree, tree.left[node], counts) + addChildren(tree, tree.right[node], counts);
  return counts[node];
}

/** n × k probabilities from a forest's means: those of all k classes, or of the second of two. */
export function bothClasses(means: Float64Array, rows: number, k: number): Matrix {
  if (k > 2) return { rows, columns: k, data: Float32Array.from(means) };
  const data = new Float32Array(rows * 2);
  for (let i = 0; i < rows; i++) {
    data[i * 2] = 1 - means[i];
    data[i * 2 + 1] = means[i];
  }
  return { rows, columns: 2, data };
}

import { type Tree, TreeBuilder } from "./ensemble.js";

/**
 * Minimal cost-complexity pruning: while the weakest link, the split whose removal costs least impurity a leaf saved,
 * costs less than `alpha`, its subtree becomes a leaf. Of equal ones the node with the lower number goes first.
 * @param tree whose splits have values and rows too, those that they would have as leaves
 * @param impurities by node: its Gini impurity times its share of the training weight
 * Source: Breiman, Friedman, Olshen and Stone 1984, Classification and regression trees, chapter 3 (scikit-learn's ccp_alpha).
 */
export function prune(tree: Tree, impurities: readonly number[], width: number, alpha: number): Tree {
  const { feature, left, right } = tree;
  const nodes = feature.length;
  const parent = new Int32Array(nodes).fill(-1);
  const leaves = new Int32Array(nodes);
  /** Impurity of the leaves below a node. */
  const below = new Float64Array(nodes);
  const isLeaf = Uint8Array.from(feature, (f) => (f < 0 ? 1 : 0));
  for (let node = nodes - 1; node >= 0; node--) {
    if (isLeaf[node] === 1) {
      leaves[node] = 1;
      below[node] = impurities[node];
      continue;
    }
    const [l, r] = [left[node], right[node]];
    parent[l] = node;
    parent[r] = node;
    leaves[node] = leaves[l] + leaves[r];
    below[node] = below[l] + below[r];
  }
  const alphaOf = (node: number): number => (impurities[node] - below[node]) / (leaves[node] - 1);
  const links = new Heap(nodes, alphaOf);
  for (let node = 0; node < nodes; node++) if (isLeaf[node] === 0) links.put(node);
  for (let node = links.least(); node >= 0 && alphaOf(node) <= alpha; node = links.least()) {
    drop(node);
    const saved = leaves[node] - 1;
    const cost = impurities[node] - below[node];
    for (let at = node; at >= 0; at = parent[at]) {
      leaves[at] -= saved;
      below[at] += cost;
      if (at !== node) links.put(at);
    }
  }
  return rebuilt(tree, isLeaf, width);

  /** Make a leaf of a node; nothing below it is a link any more. */
  function drop(node: number): void {
    for (const stack = [node]; stack.length > 0; ) {
      const at = stack.pop() as number;
      if (isLeaf[at] === 1) continue;
      isLeaf[at] = 1;
      links.remove(at);
      stack.push(left[at], right[at]);
    }
  }
}

/** The tree without what lies below its leaves, its nodes in the order in which they were. */
function rebuilt(tree: Tree, isLeaf: Uint8Array, width: number): Tree {
  const builder = new TreeBuilder(width);
  const stack: { readonly node: number; readonly link: (id: number) => void }[] = [
    { node: 0, link: () => undefined },
  ];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, link } = next;
    const id = builder.add();
    link(id);
    if (isLeaf[node] === 1) {
      for (let j = 0; j < width; j++) builder.setValue(id, j, tree.value[node * width + j]);
      builder.setRows(id, tree.cover[node]);
      continue;
    }
    builder.split(id, tree.feature[node], tree.threshold[node], tree.missingLeft[node] === 1);
    stack.push({ node: tree.right[node], link: (child) => builder.setRight(id, child) });
    stack.push({ node: tree.left[node], link: (child) => builder.setLeft(id, child) });
  }
  return builder.finish();
}

/** Numbers 0 … n-1 by a key that may change: a binary heap that knows where each is. Ties: the lower number. */
class Heap {
  private readonly items: number[] = [];
  private readonly keys: Float64Array;
  private readonly place: Int32Array;

  constructor(
    n: number,
    private readonly keyOf: (item: number) => number,
  ) {
    this.keys = new Float64Array(n);
    this.place = new Int32Array(n).fill(-1);
  }

  /** The item with the least key; -1: none is left. */
  least(): number {
    return this.items.length === 0 ? -1 : this.items[0];
  }

  /** Put an item in, or move it to where its present key belongs. */
  put(item: number): void {
    this.keys[item] = this.keyOf(item);
    if (this.place[item] < 0) this.place[item] = this.items.push(item) - 1;
    this.settle(this.place[item]);
  }

  remove(item: number): void {
    const at = this.place[item];
    const moved = this.items.pop();
    this.place[item] = -1;
    if (moved === undefined || moved === item) return;
    this.items[at] = moved;
    this.place[moved] = at;
    this.settle(at);
  }

  private settle(start: number): void {
    let at = start;
    for (let up = (at - 1) >> 1; at > 0 && this.isBefore(at, up); up = (at - 1) >> 1) {
      this.exchange(at, up);
      at = up;
    }
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.items.length && this.isBefore(child, first)) first = child;
      if (first === at) return;
      this.exchange(at, first);
      at = first;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [x, y] = [this.items[a], this.items[b]];
    return this.keys[x] < this.keys[y] || (this.keys[x] === this.keys[y] && x < y);
  }

  private exchange(a: number, b: number): void {
    const held = this.items[a];
    this.items[a] = this.items[b];
    this.items[b] = held;
    this.place[this.items[a]] = a;
    this.place[this.items[b]] = b;
  }
}

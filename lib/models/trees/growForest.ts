import { Rng } from "../../base/rng.js";
import { type Tree, TreeBuilder } from "./ensemble.js";
import { OutOfBag, type OutOfBagVotes } from "./outOfBag.js";
import { prune } from "./prune.js";
import { type SearchNode, type SplitSettings, shareOf } from "./splitChoice.js";
import { SplitSearch } from "./splitSearch.js";
import type { Member } from "./team.js";
import { weighRows } from "./weighRows.js";

/** All that a thread needs to grow the trees of a forest; plain data and shared memory. */
export interface ForestTask extends SplitSettings {
  readonly kind: "forest";
  readonly y: Uint8Array;
  /** By row, of mean 1; null: all weigh the same. Rows of weight 0 do not count as rows. */
  readonly sampleWeights: Float64Array | null;
  readonly bootstrap: boolean;
  readonly maxDepth: number;
  /** Rows below which a node is not split. */
  readonly minSplit: number;
  /** The least gain in Gini impurity, times the node's share of the weight, that a split must bring. */
  readonly minGain: number;
  /** Cost of a leaf in minimal cost-complexity pruning; 0: no pruning. */
  readonly ccpAlpha: number;
  /** Whether every tree votes on the rows that it did not draw. */
  readonly outOfBag: boolean;
  /** One seed a tree. */
  readonly seeds: Int32Array;
  /** [the next tree to grow, the end of this step] */
  readonly queue: Int32Array;
}

/** A grown tree and its place in the forest. */
export interface Grown {
  readonly index: number;
  readonly tree: Tree;
}

/** What a member has made. */
export interface GrownTrees {
  readonly trees: readonly Grown[];
  readonly votes: OutOfBagVotes | null;
}

/** Grows whatever trees are next in the queue. Which thread grows a tree changes nothing: each tree has its own seed. */
export function forestMember(task: ForestTask): Member<GrownTrees> {
  const grower = new TreeGrower(task);
  const trees: Grown[] = [];
  return {
    run() {
      for (;;) {
        const index = Atomics.add(task.queue, 0, 1);
        if (index >= task.queue[1]) return;
        trees.push({ index, tree: grower.grow(task.seeds[index] >>> 0) });
      }
    },
    result: () => ({ trees, votes: grower.outOfBag?.votes ?? null }),
  };
}

/** A node that waits to be split. */
interface Waiting extends SearchNode {
  readonly depth: number;
  readonly parent: number;
  readonly isLeft: boolean;
}

/** Grows one tree at a time, depth first and without recursion; the arrays are reused from tree to tree. */
class TreeGrower {
  readonly outOfBag: OutOfBag | null;
  private readonly rows: Int32Array;
  /** Weight units (bootstrap count, where rows have no weights) and class of the row at the same place of `rows`. */
  private readonly tags: Int32Array;
  private readonly spareRows: Int32Array;
  private readonly spareTags: Int32Array;
  private readonly k: number;
  private readonly search: SplitSearch;
  /** Weight units in a weight of 1. */
  private scale = 1;

  constructor(private readonly task: ForestTask) {
    const { rows } = task.binned;
    this.k = task.classWeights.length;
    this.rows = new Int32Array(rows);
    this.tags = new Int32Array(rows);
    this.spareRows = new Int32Array(rows);
    this.spareTags = new Int32Array(rows);
    this.search = new SplitSearch(task, this.rows, this.tags);
    if (task.sampleWeights !== null && task.minLeaf > 1) this.search.choice.copies = new Int32Array(rows);
    this.outOfBag = task.outOfBag ? new OutOfBag(task.binned, this.search.codes, this.width) : null;
  }

  private get width(): number {
    return this.k === 2 ? 1 : this.k;
  }

  grow(seed: number): Tree {
    const { k, search, task } = this;
    const rng = Rng.root(seed);
    search.begin();
    const counts = new Float64Array(k);
    const end = this.draw(rng, counts);
    const builder = new TreeBuilder(this.width);
    const stack: Waiting[] = [
      { begin: 0, end, depth: 0, constants: 0, counts, lower: 0, upper: 1, parent: -1, isLeft: true },
    ];
    const total = this.weightOf(counts);
    const bins: number[] = [];
    const impurities: number[] = [];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const id = builder.add();
      if (node.parent >= 0) {
        if (node.isLeft) builder.setLeft(node.parent, id);
        else builder.setRight(node.parent, id);
      }
      if (task.ccpAlpha > 0)
        impurities[id] = (this.weightOf(node.counts) - this.scoreOf(node.counts)) / total;
      const constants = this.mayGrow(node) ? search.find(node, rng) : -1;
      if (constants < 0 || !this.isWorthIt(node, total)) {
        this.setLeaf(builder, id, node);
        continue;
      }
      // Pruning may make a leaf of it.
      if (task.ccpAlpha > 0) this.setLeaf(builder, id, node);
      const { feature, bin, threshold, missingLeft } = search.choice.best;
      builder.split(id, feature, threshold, missingLeft);
      bins[id] = bin;
      const leftCounts = new Float64Array(k);
      const middle = this.partition(node, leftCounts);
      const rightCounts = node.counts.map((count, c) => count - leftCounts[c]);
      const [left, right] = this.boundsBelow(node, feature, leftCounts, rightCounts);
      const child = { depth: node.depth + 1, constants, parent: id };
      stack.push({ ...child, ...right, begin: middle, end: node.end, counts: rightCounts, isLeft: false });
      stack.push({ ...child, ...left, begin: node.begin, end: middle, counts: leftCounts, isLeft: true });
    }
    const tree = builder.finish();
    this.outOfBag?.vote(tree, bins);
    return task.ccpAlpha > 0 ? prune(tree, impurities, this.width, task.ccpAlpha) : tree;
  }

  /** The tree's training rows in rising order, each once with its weight. Returns how many. */
  private draw(rng: Rng, counts: Float64Array): number {
    const { y, bootstrap, sampleWeights } = this.task;
    const n = y.length;
    const drawn = this.spareTags;
    drawn.fill(bootstrap ? 0 : 1);
    if (bootstrap) for (let i = 0; i < n; i++) drawn[Math.floor((rng.uint32() / 4294967296) * n)]++;
    this.outOfBag?.begin(drawn);
    if (sampleWeights !== null) {
      this.search.choice.copies?.set(drawn);
      this.scale = weighRows(drawn, sampleWeights);
    }
    let end = 0;
    for (let i = 0; i < n; i++) {
      if (drawn[i] === 0) continue;
      this.rows[end] = i;
      this.tags[end++] = drawn[i] * 256 + y[i];
      counts[y[i]] += drawn[i];
    }
    return end;
  }

  private mayGrow({ depth, begin, end, counts }: Waiting): boolean {
    if (depth >= this.task.maxDepth || end - begin < this.task.minSplit) return false;
    let classes = 0;
    for (let c = 0; c < this.k; c++) if (counts[c] > 0) classes++;
    return classes > 1;
  }

  private isWorthIt({ counts }: Waiting, total: number): boolean {
    const { feature, score } = this.search.choice.best;
    if (feature < 0) return false;
    return this.task.minGain === 0 || score - this.scoreOf(counts) >= this.task.minGain * total;
  }

  private weightOf(counts: Float64Array): number {
    return counts.reduce((sum, count, c) => sum + count * this.task.classWeights[c], 0);
  }

  /** Σ (weighted class counts)² / weight: the weight less the node's Gini impurity times its weight. */
  private scoreOf(counts: Float64Array): number {
    const squares = counts.reduce((sum, count, c) => sum + (count * this.task.classWeights[c]) ** 2, 0);
    return squares / (this.weightOf(counts) || 1);
  }

  /** Bounds of the children: what a monotone column parts stays on its side of the middle. */
  private boundsBelow(
    { lower, upper }: Waiting,
    feature: number,
    left: Float64Array,
    right: Float64Array,
  ): readonly [Bounds, Bounds] {
    const { classWeights: w, monotone } = this.task;
    const direction = monotone?.[feature] ?? 0;
    if (direction === 0)
      return [
        { lower, upper },
        { lower, upper },
      ];
    const middle = (shareOf(left[0] * w[0], left[1] * w[1]) + shareOf(right[0] * w[0], right[1] * w[1])) / 2;
    const below = { lower, upper: middle };
    const above = { lower: middle, upper };
    return direction > 0 ? [below, above] : [above, below];
  }

  /** Weighted class shares; for two classes that of the second. */
  private setLeaf(builder: TreeBuilder, id: number, { counts, lower, upper }: Waiting): void {
    const weights = counts.map((count, c) => count * this.task.classWeights[c]);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    builder.setRows(id, counts.reduce((sum, count) => sum + count, 0) / this.scale);
    if (this.k === 2) {
      const share = total > 0 ? weights[1] / total : 0.5;
      builder.setValue(id, 0, Math.min(Math.max(share, lower), upper));
    } else
      weights.forEach((weight, c) => {
        builder.setValue(id, c, total > 0 ? weight / total : 1 / this.k);
      });
  }

  /** Reorder the node's rows by its split, keeping their order; fills `leftCounts`, returns where the right part begins. */
  private partition({ begin, end }: Waiting, leftCounts: Float64Array): number {
    const { rows, tags, spareRows, spareTags } = this;
    const { binned } = this.task;
    const { feature, bin, missingLeft } = this.search.choice.best;
    const column = this.search.codes[feature];
    const leftMissing = missingLeft ? binned.bins[feature] : -1;
    let l = begin;
    let r = 0;
    for (let i = begin; i < end; i++) {
      const row = rows[i];
      const tag = tags[i];
      const code = column[row];
      if (code <= bin || code === leftMissing) {
        rows[l] = row;
        tags[l++] = tag;
        leftCounts[tag & 255] += tag >> 8;
      } else {
        spareRows[r] = row;
        spareTags[r++] = tag;
      }
    }
    rows.set(spareRows.subarray(0, r), l);
    tags.set(spareTags.subarray(0, r), l);
    return l;
  }
}

type Bounds = Pick<SearchNode, "lower" | "upper">;

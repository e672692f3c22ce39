import { Rng } from "../../base/rng.js";
import { addUp, isEmpty } from "./binCounts.js";
import { type Binned, binThreshold } from "./bins.js";
import { type Tree, TreeBuilder } from "./ensemble.js";
import type { Member } from "./team.js";

/** All that a thread needs to grow trees of a random forest; plain data and shared memory. */
export interface ForestTask {
  readonly kind: "forest";
  readonly binned: Binned;
  readonly y: Uint8Array;
  readonly classWeights: Float64Array;
  readonly bootstrap: boolean;
  readonly maxDepth: number;
  readonly minLeaf: number;
  /** Columns tried at a node. */
  readonly tries: number;
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

/** Grows whatever trees are next in the queue. Which thread grows a tree changes nothing: each tree has its own seed. */
export function forestMember(task: ForestTask): Member<Grown[]> {
  const grower = new TreeGrower(task);
  const grown: Grown[] = [];
  return {
    run() {
      for (;;) {
        const index = Atomics.add(task.queue, 0, 1);
        if (index >= task.queue[1]) return;
        grown.push({ index, tree: grower.grow(task.seeds[index] >>> 0) });
      }
    },
    result: () => grown,
  };
}

/** The best split of a node so far. */
interface Split {
  score: number;
  feature: number;
  bin: number;
  next: number;
  missingLeft: boolean;
}

/** A node that waits to be split: its rows, its class counts and how many columns are known to be constant in it. */
interface Waiting {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly constants: number;
  readonly counts: Float64Array;
  readonly parent: number;
  readonly isLeft: boolean;
}

/**
 * Grows one tree at a time, depth first and without recursion; the arrays are reused from tree to tree.
 * Source: Breiman 2001, "Random forests", Machine Learning 45; Gini splits, and columns drawn as in scikit-learn: `tries`
 * columns without replacement, more only while all were constant, those known as constant remembered for the children.
 */
class TreeGrower {
  private readonly rows: Int32Array;
  /** Bootstrap count and class of the row at the same place of `rows`: count × 256 + class. */
  private readonly tags: Int32Array;
  private readonly spareRows: Int32Array;
  private readonly spareTags: Int32Array;
  /** Four lanes of bins × classes (see addUp). */
  private readonly histogram: Int32Array;
  private readonly codes: readonly Uint8Array[];
  private readonly features: Int32Array;
  private readonly constantFeatures: Int32Array;
  private readonly k: number;
  private readonly left: Float64Array;
  private readonly best: Split = { score: 0, feature: -1, bin: 0, next: 0, missingLeft: false };

  constructor(private readonly task: ForestTask) {
    const { rows, columns } = task.binned;
    this.k = task.classWeights.length;
    this.rows = new Int32Array(rows);
    this.tags = new Int32Array(rows);
    this.spareRows = new Int32Array(rows);
    this.spareTags = new Int32Array(rows);
    this.histogram = new Int32Array(4 * 256 * this.k);
    this.codes = Array.from({ length: columns }, (_, f) =>
      task.binned.codes.subarray(f * rows, (f + 1) * rows),
    );
    this.features = new Int32Array(columns);
    this.constantFeatures = new Int32Array(columns);
    this.left = new Float64Array(this.k);
  }

  grow(seed: number): Tree {
    const { k, task } = this;
    const rng = Rng.root(seed);
    for (let f = 0; f < this.features.length; f++) this.features[f] = f;
    const counts = new Float64Array(k);
    const end = this.draw(rng, counts);
    const builder = new TreeBuilder(k === 2 ? 1 : k);
    const stack: Waiting[] = [{ begin: 0, end, depth: 0, constants: 0, counts, parent: -1, isLeft: true }];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      const id = builder.add();
      if (node.parent >= 0) {
        if (node.isLeft) builder.setLeft(node.parent, id);
        else builder.setRight(node.parent, id);
      }
      const constants = this.mayGrow(node) ? this.findSplit(node, rng) : -1;
      if (constants < 0 || this.best.feature < 0) {
        this.setLeaf(builder, id, node.counts);
        continue;
      }
      const { feature, bin, next, missingLeft } = this.best;
      builder.split(id, feature, binThreshold(task.binned, feature, bin, next), missingLeft);
      const leftCounts = new Float64Array(k);
      const middle = this.partition(node, leftCounts);
      const rightCounts = node.counts.map((count, c) => count - leftCounts[c]);
      const child = { depth: node.depth + 1, constants, parent: id };
      stack.push({ ...child, begin: middle, end: node.end, counts: rightCounts, isLeft: false });
      stack.push({ ...child, begin: node.begin, end: middle, counts: leftCounts, isLeft: true });
    }
    return builder.finish();
  }

  /** The tree's training rows in rising order, each once with its bootstrap count. Returns how many. */
  private draw(rng: Rng, counts: Float64Array): number {
    const { y, bootstrap } = this.task;
    const n = y.length;
    const drawn = this.spareTags;
    drawn.fill(bootstrap ? 0 : 1);
    if (bootstrap) for (let i = 0; i < n; i++) drawn[Math.floor((rng.uint32() / 4294967296) * n)]++;
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
    if (depth >= this.task.maxDepth || end - begin < 2) return false;
    let classes = 0;
    for (let c = 0; c < this.k; c++) if (counts[c] > 0) classes++;
    return classes > 1;
  }

  /** Weighted class shares; for two classes that of the second. */
  private setLeaf(builder: TreeBuilder, id: number, counts: Float64Array): void {
    const weights = counts.map((count, c) => count * this.task.classWeights[c]);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    builder.setRows(
      id,
      counts.reduce((sum, count) => sum + count, 0),
    );
    if (this.k === 2) builder.setValue(id, 0, weights[1] / total);
    else weights.forEach((weight, c) => void builder.setValue(id, c, weight / total));
  }

  /** Fill `best`; returns the number of columns that the node's children know as constant. */
  private findSplit(node: Waiting, rng: Rng): number {
    const { features, constantFeatures } = this;
    const known = node.constants;
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    let constants = known;
    let end = features.length;
    let tried = 0;
    let drawnKnown = 0;
    let found = 0;
    while (end > constants && (tried < this.task.tries || tried <= found + drawnKnown)) {
      tried++;
      let at = drawnKnown + Math.floor((rng.uint32() / 4294967296) * (end - found - drawnKnown));
      if (at < known) {
        swap(features, drawnKnown++, at);
        continue;
      }
      at += found;
      const feature = features[at];
      if (this.tryColumn(feature, node)) {
        swap(features, --end, at);
      } else {
        swap(features, constants++, at);
        found++;
      }
    }
    // Ancestors of this node rely on the order of the columns that they know as constant.
    features.set(constantFeatures.subarray(0, known));
    constantFeatures.set(features.subarray(known, constants), known);
    return constants;
  }

  /** Look for a better split on this column; false when the column is constant in the node. */
  private tryColumn(feature: number, node: Waiting): boolean {
    const { histogram, k, task, rows, tags } = this;
    const { bins, missing } = task.binned;
    const values = bins[feature];
    const used = (values + missing[feature]) * k;
    addUp(histogram, used, this.codes[feature], rows, tags, node.begin, node.end, k);
    let first = 0;
    while (isEmpty(histogram, first * k, k)) first++;
    let last = used / k - 1;
    while (isEmpty(histogram, last * k, k)) last--;
    if (first === last) return false;
    if (last < values) {
      this.scan(feature, first, last, values, node.counts, "none");
    } else {
      this.scan(feature, first, values, values, node.counts, "right");
      this.scan(feature, first, values - 1, values, node.counts, "left");
    }
    return true;
  }

  /**
   * Try every border between bins that hold rows. The score is Σ (weighted class counts)² / weight over both sides:
   * the larger, the lower the Gini impurity.
   */
  private scan(
    feature: number,
    first: number,
    last: number,
    missingCode: number,
    counts: Float64Array,
    missingSide: "none" | "left" | "right",
  ): void {
    const { histogram, k, left, best } = this;
    const weights = this.task.classWeights;
    const minLeaf = this.task.minLeaf;
    let total = 0;
    for (let c = 0; c < k; c++) {
      left[c] = missingSide === "left" ? histogram[missingCode * k + c] : 0;
      total += counts[c];
    }
    let held = -1;
    for (let b = first; b <= last; b++) {
      if (isEmpty(histogram, b * k, k)) continue;
      if (held >= 0) {
        let leftRows = 0;
        let leftWeight = 0;
        let rightWeight = 0;
        let leftSquares = 0;
        let rightSquares = 0;
        for (let c = 0; c < k; c++) {
          const l = left[c] * weights[c];
          const r = (counts[c] - left[c]) * weights[c];
          leftRows += left[c];
          leftWeight += l;
          rightWeight += r;
          leftSquares += l * l;
          rightSquares += r * r;
        }
        const score = leftSquares / leftWeight + rightSquares / rightWeight;
        if (score > best.score && leftRows >= minLeaf && total - leftRows >= minLeaf) {
          best.score = score;
          best.feature = feature;
          best.bin = held;
          best.next = b;
          // Where training met no missing value here, a later one goes with the larger part.
          best.missingLeft = missingSide === "none" ? leftRows * 2 > total : missingSide === "left";
        }
      }
      held = b;
      for (let c = 0; c < k; c++) left[c] += histogram[b * k + c];
    }
  }

  /** Reorder the node's rows by its split, keeping their order; fills `leftCounts`, returns where the right part begins. */
  private partition({ begin, end }: Waiting, leftCounts: Float64Array): number {
    const { rows, tags, spareRows, spareTags } = this;
    const { binned } = this.task;
    const { feature, bin, missingLeft } = this.best;
    const column = this.codes[feature];
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

function swap(items: Int32Array, a: number, b: number): void {
  const held = items[a];
  items[a] = items[b];
  items[b] = held;
}

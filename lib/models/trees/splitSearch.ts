import type { Rng } from "../../base/rng.js";
import { addUp, isEmpty } from "./binCounts.js";
import { type Binned, binThreshold } from "./bins.js";
import { floorFloat32 } from "./float32.js";

/** What decides which split a node gets. */
export interface SplitSettings {
  readonly binned: Binned<Uint8Array | Uint16Array>;
  readonly classWeights: Float64Array;
  /** best: the best border of each tried column; random: one border a tried column, drawn between its extremes. */
  readonly splitter: "best" | "random";
  readonly minLeaf: number;
  /** Columns tried at a node. */
  readonly tries: number;
  /** By column 1 or -1: P(class 1) may only rise or only fall with it; 0: free. Two classes only. */
  readonly monotone: Int8Array | null;
}

/** A node as the search sees it: where its rows are, its class counts and what its ancestors allow it to say. */
export interface SearchNode {
  readonly begin: number;
  readonly end: number;
  /** Columns that are known to be constant in it. */
  readonly constants: number;
  /** Weight units by class (rows, where no row has a weight of its own). */
  readonly counts: Float64Array;
  /** Between these must P(class 1) of every leaf below be: 0 and 1 without monotone columns. */
  readonly lower: number;
  readonly upper: number;
}

/** The best split of a node so far; feature -1: none. */
export interface Split {
  score: number;
  feature: number;
  /** Rows with a code up to this go left. */
  bin: number;
  threshold: number;
  missingLeft: boolean;
}

/** Lowest and highest code of values in a node, and whether some are missing. */
interface CodeRange {
  readonly first: number;
  readonly last: number;
  readonly isMissing: boolean;
}

/** Rows a count from which on random borders are found by counting. */
const COUNTED = 4;

/**
 * Finds the split of a node: Gini, and columns drawn as in scikit-learn: `tries` columns without replacement, more only
 * while all were constant, those known as constant remembered for the children.
 * Sources: Breiman 2001, "Random forests", Machine Learning 45; for random borders Geurts, Ernst and Wehenkel 2006,
 * "Extremely randomized trees", Machine Learning 63.
 */
export class SplitSearch {
  readonly best: Split = { score: 0, feature: -1, bin: 0, threshold: 0, missingLeft: false };
  /** Bootstrap copies by row, where rows have weights of their own and min_leaf has to count rows. */
  copies: Int32Array | null = null;
  readonly codes: readonly (Uint8Array | Uint16Array)[];
  /** Four lanes of bins × classes (see addUp). */
  private readonly histogram: Int32Array;
  /** Codes of a node's rows in the column that is tried. */
  private readonly held: Uint16Array;
  private readonly features: Int32Array;
  private readonly constantFeatures: Int32Array;
  private readonly k: number;
  private readonly left: Float64Array;
  private readonly missing: Float64Array;
  /** Rows by bin, where `copies` counts them. */
  private readonly copiesIn: Int32Array;
  private nextBin = 0;

  /**
   * @param rows row numbers, a node's side by side
   * @param tags weight units × 256 + class of the row at the same place of `rows`
   */
  constructor(
    private readonly settings: SplitSettings,
    private readonly rows: Int32Array,
    private readonly tags: Int32Array,
  ) {
    const { rows: n, columns, codes, stride } = settings.binned;
    this.k = settings.classWeights.length;
    this.codes = Array.from({ length: columns }, (_, f) => codes.subarray(f * n, (f + 1) * n));
    this.histogram = new Int32Array(4 * stride * this.k);
    this.held = new Uint16Array(Math.min(n, COUNTED * stride * this.k));
    this.copiesIn = new Int32Array(stride);
    this.features = new Int32Array(columns);
    this.constantFeatures = new Int32Array(columns);
    this.left = new Float64Array(this.k);
    this.missing = new Float64Array(this.k);
  }

  /** Forget the columns of the last tree. */
  begin(): void {
    for (let f = 0; f < this.features.length; f++) this.features[f] = f;
  }

  /** Fill `best`; returns the number of columns that the node's children know as constant. */
  find(node: SearchNode, rng: Rng): number {
    const { features, constantFeatures, settings } = this;
    const known = node.constants;
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
    let constants = known;
    let end = features.length;
    let tried = 0;
    let drawnKnown = 0;
    let found = 0;
    while (end > constants && (tried < settings.tries || tried <= found + drawnKnown)) {
      tried++;
      let at = drawnKnown + Math.floor((rng.uint32() / 4294967296) * (end - found - drawnKnown));
      if (at < known) {
        swap(features, drawnKnown++, at);
        continue;
      }
      at += found;
      const feature = features[at];
      const varies =
        settings.splitter === "best" ? this.tryColumn(feature, node) : this.tryRandom(feature, node, rng);
      if (varies) {
        swap(features, --end, at);
      } else {
        swap(features, constants++, at);
        found++;
      }
    }
    // Ancestors of this node rely on the order of the columns that they know as constant.
    features.set(constantFeatures.subarray(0, known));
    constantFeatures.set(features.subarray(known, constants), known);
    if (this.best.feature >= 0 && settings.splitter === "best")
      this.best.threshold = binThreshold(settings.binned, this.best.feature, this.best.bin, this.nextBin);
    return constants;
  }

  /** Look for a better split on this column; false when the column is constant in the node. */
  private tryColumn(feature: number, node: SearchNode): boolean {
    const { histogram, k, rows, tags } = this;
    const { bins, missing } = this.settings.binned;
    const values = bins[feature];
    const used = (values + missing[feature]) * k;
    addUp(histogram, used, this.codes[feature], rows, tags, node.begin, node.end, k);
    let first = 0;
    while (isEmpty(histogram, first * k, k)) first++;
    let last = used / k - 1;
    while (isEmpty(histogram, last * k, k)) last--;
    if (first === last) return false;
    if (this.copies !== null) this.countCopies(feature, node, this.copies);
    if (last < values) {
      this.scan(feature, first, last, values, node, "none");
    } else {
      this.scan(feature, first, values, values, node, "right");
      this.scan(feature, first, values - 1, values, node, "left");
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
    node: SearchNode,
    missingSide: "none" | "left" | "right",
  ): void {
    const { histogram, k, left, best } = this;
    const { counts } = node;
    const { classWeights: weights, minLeaf } = this.settings;
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
        if (
          score > best.score &&
          (minLeaf === 1 || this.isWide(held, missingCode, missingSide === "left", leftRows, total)) &&
          this.keepsOrder(feature, node)
        ) {
          best.score = score;
          best.feature = feature;
          best.bin = held;
          this.nextBin = b;
          // Where training met no missing value here, a later one goes with the larger part.
          best.missingLeft = missingSide === "none" ? leftRows * 2 > total : missingSide === "left";
        }
      }
      held = b;
      for (let c = 0; c < k; c++) left[c] += histogram[b * k + c];
    }
  }

  /** One border of this column, drawn between the extremes of its values; false when it is constant in the node. */
  private tryRandom(feature: number, node: SearchNode, rng: Rng): boolean {
    const { left, missing } = this;
    const { bins, missing: mayMiss } = this.settings.binned;
    const values = bins[feature];
    // Counted by bin and class the rows are read once; where there are few of them, clearing the counts costs more.
    const used = (values + mayMiss[feature]) * this.k;
    const counted = node.end - node.begin >= COUNTED * used;
    const range = counted ? this.countedRange(feature, used, node) : this.readRange(feature, node);
    const { first, last, isMissing } = range;
    if (last < 0 || (first === last && !isMissing)) return false;
    const { bin, threshold } = this.draw(feature, first, last, rng);
    left.fill(0);
    missing.fill(0);
    if (counted) {
      for (let b = first; b <= bin; b++) this.addBin(b, left);
      if (isMissing) this.addBin(values, missing);
    } else this.addRead(node, bin, values);
    if (this.copies !== null) this.countCopies(feature, node, this.copies);
    this.consider(feature, bin, threshold, values, node, isMissing ? "right" : "none");
    if (isMissing && first < last) {
      for (let c = 0; c < this.k; c++) left[c] += missing[c];
      this.consider(feature, bin, threshold, values, node, "left");
    }
    return true;
  }

  /** Count a node's rows by bin and class; the lowest and the highest bin that hold any (-1: none does). */
  private countedRange(feature: number, used: number, { begin, end }: SearchNode): CodeRange {
    const { histogram, k } = this;
    const { bins, missing } = this.settings.binned;
    addUp(histogram, used, this.codes[feature], this.rows, this.tags, begin, end, k);
    let last = bins[feature] - 1;
    while (last >= 0 && isEmpty(histogram, last * k, k)) last--;
    let first = 0;
    while (first < last && isEmpty(histogram, first * k, k)) first++;
    return { first, last, isMissing: missing[feature] === 1 && !isEmpty(histogram, bins[feature] * k, k) };
  }

  /** The same by reading the codes, which are kept in `held`. */
  private readRange(feature: number, { begin, end }: SearchNode): CodeRange {
    const { held, rows } = this;
    const column = this.codes[feature];
    const values = this.settings.binned.bins[feature];
    let first = values;
    let last = -1;
    let isMissing = false;
    for (let i = begin, at = 0; i < end; i++, at++) {
      const code = column[rows[i]];
      held[at] = code;
      if (code === values) isMissing = true;
      else {
        if (code < first) first = code;
        if (code > last) last = code;
      }
    }
    return { first, last, isMissing };
  }

  private addBin(bin: number, counts: Float64Array): void {
    for (let c = 0; c < this.k; c++) counts[c] += this.histogram[bin * this.k + c];
  }

  /** Add the node's rows, whose codes are in `held`, to `left` up to `bin`, and to `missing` where they have none. */
  private addRead({ begin, end }: SearchNode, bin: number, values: number): void {
    const { held, left, missing, tags } = this;
    // The first class gets what no other has: sums in registers, which for two classes is all.
    let units = 0;
    for (let i = begin, at = 0; i < end; i++, at++) {
      const code = held[at];
      const tag = tags[i];
      if (code <= bin) {
        units += tag >> 8;
        if ((tag & 255) !== 0) left[tag & 255] += tag >> 8;
      } else if (code === values) missing[tag & 255] += tag >> 8;
    }
    for (let c = 1; c < left.length; c++) units -= left[c];
    left[0] = units;
  }

  /** A border with values on both sides, the chance of each in proportion to the gap of values that it lies in. */
  private draw(
    feature: number,
    first: number,
    last: number,
    rng: Rng,
  ): { readonly bin: number; readonly threshold: number } {
    const { binned } = this.settings;
    const { low, high } = binned;
    const from = feature * binned.stride;
    const chance = rng.uint32() / 4294967296;
    if (first === last) return { bin: first, threshold: Number.POSITIVE_INFINITY };
    const at = low[from + first] + chance * (high[from + last] - low[from + first]);
    // The last bin, before `last`, whose middle is not above `at`; the first one when there is none.
    let bin = first;
    for (let end = last - 1; bin < end; ) {
      const middle = (bin + end + 1) >> 1;
      if (low[from + middle] / 2 + high[from + middle] / 2 <= at) bin = middle;
      else end = middle - 1;
    }
    const threshold = floorFloat32(at);
    const parts = threshold >= high[from + bin] && threshold < low[from + bin + 1];
    return { bin, threshold: parts ? threshold : binThreshold(binned, feature, bin, bin + 1) };
  }

  /** Take a border whose left side `left` holds when it is better than the best one. */
  private consider(
    feature: number,
    bin: number,
    threshold: number,
    missingCode: number,
    node: SearchNode,
    missingSide: "none" | "left" | "right",
  ): void {
    const { best, k, left } = this;
    const { classWeights: weights, minLeaf } = this.settings;
    let total = 0;
    let leftRows = 0;
    let leftWeight = 0;
    let rightWeight = 0;
    let leftSquares = 0;
    let rightSquares = 0;
    for (let c = 0; c < k; c++) {
      const l = left[c] * weights[c];
      const r = (node.counts[c] - left[c]) * weights[c];
      leftRows += left[c];
      total += node.counts[c];
      leftWeight += l;
      rightWeight += r;
      leftSquares += l * l;
      rightSquares += r * r;
    }
    const score = leftSquares / leftWeight + rightSquares / rightWeight;
    if (!(score > best.score)) return;
    if (minLeaf > 1 && !this.isWide(bin, missingCode, missingSide === "left", leftRows, total)) return;
    if (!this.keepsOrder(feature, node)) return;
    best.score = score;
    best.feature = feature;
    best.bin = bin;
    best.threshold = threshold;
    best.missingLeft = missingSide === "none" ? leftRows * 2 > total : missingSide === "left";
  }

  /** Whether both sides hold `minLeaf` rows. */
  private isWide(
    bin: number,
    missingCode: number,
    missingLeft: boolean,
    leftUnits: number,
    units: number,
  ): boolean {
    const { minLeaf } = this.settings;
    if (this.copies === null) return leftUnits >= minLeaf && units - leftUnits >= minLeaf;
    let left = missingLeft ? this.copiesIn[missingCode] : 0;
    let all = this.copiesIn[missingCode];
    for (let b = 0; b < missingCode; b++) {
      all += this.copiesIn[b];
      if (b <= bin) left += this.copiesIn[b];
    }
    return left >= minLeaf && all - left >= minLeaf;
  }

  private countCopies(feature: number, { begin, end }: SearchNode, copies: Int32Array): void {
    const column = this.codes[feature];
    this.copiesIn.fill(0);
    for (let i = begin; i < end; i++) this.copiesIn[column[this.rows[i]]] += copies[this.rows[i]];
  }

  /** Whether the sides that `left` makes are in the order, and within the bounds, that a monotone column asks for. */
  private keepsOrder(feature: number, { counts, lower, upper }: SearchNode): boolean {
    const direction = this.settings.monotone?.[feature] ?? 0;
    if (direction === 0) return true;
    const { left } = this;
    const [w0, w1] = this.settings.classWeights;
    const below = shareOf(left[0] * w0, left[1] * w1);
    const above = shareOf((counts[0] - left[0]) * w0, (counts[1] - left[1]) * w1);
    const inside = below >= lower && below <= upper && above >= lower && above <= upper;
    return inside && direction * (above - below) >= 0;
  }
}

/** The second weight's share of both; a half of nothing. */
export function shareOf(first: number, second: number): number {
  return first + second > 0 ? second / (first + second) : 0.5;
}

function swap(items: Int32Array, a: number, b: number): void {
  const held = items[a];
  items[a] = items[b];
  items[b] = held;
}

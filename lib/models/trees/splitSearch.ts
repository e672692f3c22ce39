import type { Rng } from "../../base/rng.js";
import { addUp, isEmpty } from "./binCounts.js";
import { binThreshold } from "./bins.js";
import { randomBorder } from "./randomBorder.js";
import { type MissingSide, type SearchNode, SplitChoice, type SplitSettings } from "./splitChoice.js";

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
 * Source: Breiman 2001, "Random forests", Machine Learning 45.
 */
export class SplitSearch {
  /** The border that the last node got, and what it was chosen by. */
  readonly choice: SplitChoice;
  readonly codes: readonly (Uint8Array | Uint16Array)[];
  /** Four lanes of bins × classes (see addUp). */
  private readonly histogram: Int32Array;
  /** Codes of a node's rows in the column that is tried. */
  private readonly held: Uint16Array;
  private readonly features: Int32Array;
  private readonly constantFeatures: Int32Array;
  private readonly k: number;
  private readonly missing: Float64Array;
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
    this.choice = new SplitChoice(settings, rows);
    this.k = settings.classWeights.length;
    this.codes = Array.from({ length: columns }, (_, f) => codes.subarray(f * n, (f + 1) * n));
    this.histogram = new Int32Array(4 * stride * this.k);
    this.held = new Uint16Array(Math.min(n, COUNTED * stride * this.k));
    this.features = new Int32Array(columns);
    this.constantFeatures = new Int32Array(columns);
    this.missing = new Float64Array(this.k);
  }

  /** Forget the columns of the last tree. */
  begin(): void {
    for (let f = 0; f < this.features.length; f++) this.features[f] = f;
  }

  /** Fill `choice.best`; returns the number of columns that the node's children know as constant. */
  find(node: SearchNode, rng: Rng): number {
    const { features, constantFeatures, settings } = this;
    const known = node.constants;
    this.choice.begin();
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
    const { best } = this.choice;
    if (best.feature >= 0 && settings.splitter === "best")
      best.threshold = binThreshold(settings.binned, best.feature, best.bin, this.nextBin);
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
    this.choice.enter(this.codes[feature], node);
    if (last < values) {
      this.scan(feature, first, last, values, node, "none");
    } else {
      this.scan(feature, first, values, values, node, "right");
      this.scan(feature, first, values - 1, values, node, "left");
    }
    return true;
  }

  /** Try every border between bins that hold rows; their thresholds are found when the best one is known. */
  private scan(
    feature: number,
    first: number,
    last: number,
    missingCode: number,
    node: SearchNode,
    missingSide: MissingSide,
  ): void {
    const { choice, histogram, k } = this;
    const { left } = choice;
    for (let c = 0; c < k; c++) left[c] = missingSide === "left" ? histogram[missingCode * k + c] : 0;
    let held = -1;
    for (let b = first; b <= last; b++) {
      if (isEmpty(histogram, b * k, k)) continue;
      if (held >= 0 && choice.consider(feature, held, Number.NaN, missingCode, node, missingSide))
        this.nextBin = b;
      held = b;
      for (let c = 0; c < k; c++) left[c] += histogram[b * k + c];
    }
  }

  /** One border of this column, drawn between the extremes of its values; false when it is constant in the node. */
  private tryRandom(feature: number, node: SearchNode, rng: Rng): boolean {
    const { choice, missing } = this;
    const { left } = choice;
    const { binned } = this.settings;
    const { bins, missing: mayMiss } = binned;
    const values = bins[feature];
    // Counted by bin and class the rows are read once; where there are few of them, clearing the counts costs more.
    const used = (values + mayMiss[feature]) * this.k;
    const counted = node.end - node.begin >= COUNTED * used;
    const range = counted ? this.countedRange(feature, used, node) : this.readRange(feature, node);
    const { first, last, isMissing } = range;
    if (last < 0 || (first === last && !isMissing)) return false;
    const { bin, threshold } = randomBorder(binned, feature, first, last, rng);
    left.fill(0);
    missing.fill(0);
    if (counted) {
      for (let b = first; b <= bin; b++) this.addBin(b, left);
      if (isMissing) this.addBin(values, missing);
    } else this.addRead(node, bin, values);
    this.choice.enter(this.codes[feature], node);
    choice.consider(feature, bin, threshold, values, node, isMissing ? "right" : "none");
    if (isMissing && first < last) {
      for (let c = 0; c < this.k; c++) left[c] += missing[c];
      choice.consider(feature, bin, threshold, values, node, "left");
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
    const { held, missing, tags } = this;
    const { left } = this.choice;
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
}

function swap(items: Int32Array, a: number, b: number): void {
  const held = items[a];
  items[a] = items[b];
  items[b] = held;
}

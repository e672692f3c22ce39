import type { Binned } from "./bins.js";

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

/** Where rows without a value go. */
export type MissingSide = "none" | "left" | "right";

/**
 * Which of the borders that are tried a node gets: that with the lowest Gini impurity, of those that leave enough rows on
 * both sides and keep monotone columns in order.
 */
export class SplitChoice {
  readonly best: Split = { score: 0, feature: -1, bin: 0, threshold: 0, missingLeft: false };
  /** Weight units by class on the left of the border that is tried. */
  readonly left: Float64Array;
  /** Bootstrap copies by row, where rows have weights of their own and min_leaf has to count rows. */
  copies: Int32Array | null = null;
  /** The same by bin of the column that is tried. */
  private readonly copiesIn: Int32Array;

  /** @param rows row numbers, a node's side by side */
  constructor(
    private readonly settings: SplitSettings,
    private readonly rows: Int32Array,
  ) {
    this.left = new Float64Array(settings.classWeights.length);
    this.copiesIn = new Int32Array(settings.binned.stride);
  }

  /** No border is tried yet. */
  begin(): void {
    this.best.feature = -1;
    this.best.score = Number.NEGATIVE_INFINITY;
  }

  /** Another column is tried: where `copies` counts rows, count them by its codes. */
  enter(column: Uint8Array | Uint16Array, { begin, end }: SearchNode): void {
    const { copies, copiesIn, rows } = this;
    if (copies === null) return;
    copiesIn.fill(0);
    for (let i = begin; i < end; i++) copiesIn[column[rows[i]]] += copies[rows[i]];
  }

  /**
   * Take a border whose left side `left` holds when it is better than the best one. The score is Σ (weighted class counts)²
   * / weight over both sides: the larger, the lower the Gini impurity.
   * @returns whether it is taken
   */
  consider(
    feature: number,
    bin: number,
    threshold: number,
    missingCode: number,
    node: SearchNode,
    missingSide: MissingSide,
  ): boolean {
    const { best, left } = this;
    const { classWeights: weights, minLeaf } = this.settings;
    const { counts } = node;
    let total = 0;
    let leftRows = 0;
    let leftWeight = 0;
    let rightWeight = 0;
    let leftSquares = 0;
    let rightSquares = 0;
    for (let c = 0; c < left.length; c++) {
      const l = left[c] * weights[c];
      const r = (counts[c] - left[c]) * weights[c];
      leftRows += left[c];
      total += counts[c];
      leftWeight += l;
      rightWeight += r;
      leftSquares += l * l;
      rightSquares += r * r;
    }
    const score = leftSquares / leftWeight + rightSquares / rightWeight;
    if (!(score > best.score)) return false;
    if (minLeaf > 1 && !this.isWide(bin, missingCode, missingSide === "left", leftRows, total)) return false;
    if (!this.keepsOrder(feature, node)) return false;
    best.score = score;
    best.feature = feature;
    best.bin = bin;
    best.threshold = threshold;
    // Where training met no missing value here, a later one goes with the larger part.
    best.missingLeft = missingSide === "none" ? leftRows * 2 > total : missingSide === "left";
    return true;
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

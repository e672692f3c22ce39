import { macroF1, ratio } from "../../eval/confusion.js";
import { rocAuc } from "../../eval/rocAuc.js";
import type { Binned } from "./bins.js";
import type { Tree } from "./ensemble.js";

/** What trees say of the rows that they did not draw. */
export interface OutOfBagVotes {
  /** rows × width: sums of leaf values in units of 2^-30, which are integers: exact in any order. */
  readonly sums: Float64Array;
  /** Trees that voted, by row. */
  readonly trees: Int32Array;
}

const UNIT = 2 ** 30;
/** The least probability whose logarithm enters the loss. */
const LEAST = 1e-15;

/** Collects the votes of one thread's trees. */
export class OutOfBag {
  readonly votes: OutOfBagVotes;
  private readonly drawn: Uint8Array;

  constructor(
    private readonly binned: Pick<Binned, "bins" | "rows">,
    private readonly codes: readonly (Uint8Array | Uint16Array)[],
    private readonly width: number,
  ) {
    this.votes = { sums: new Float64Array(binned.rows * width), trees: new Int32Array(binned.rows) };
    this.drawn = new Uint8Array(binned.rows);
  }

  /** @param drawn how often the next tree drew each row */
  begin(drawn: Int32Array): void {
    for (let i = 0; i < drawn.length; i++) this.drawn[i] = drawn[i] > 0 ? 1 : 0;
  }

  /** @param bins by node: rows with a code up to this go left */
  vote(tree: Tree, bins: readonly number[]): void {
    const { feature, left, right, missingLeft, value } = tree;
    const { sums, trees } = this.votes;
    const { width } = this;
    const missing = this.binned.bins;
    for (let i = 0; i < this.drawn.length; i++) {
      if (this.drawn[i] === 1) continue;
      let node = 0;
      for (let f = feature[0]; f >= 0; f = feature[node]) {
        const code = this.codes[f][i];
        const goesLeft = code === missing[f] ? missingLeft[node] === 1 : code <= bins[node];
        node = goesLeft ? left[node] : right[node];
      }
      for (let j = 0; j < width; j++) sums[i * width + j] += Math.round(value[node * width + j] * UNIT);
      trees[i]++;
    }
  }
}

/** Scores of a forest on rows that its trees did not draw, each row counted once; null where there is none. */
export interface OutOfBagScores {
  /** Rows that some tree did not draw. */
  readonly oob_rows: number;
  readonly oob_accuracy: number | null;
  readonly oob_macro_f1: number | null;
  readonly oob_log_loss: number | null;
  /** Of 1 − P(benign), attack against benign. */
  readonly oob_roc_auc: number | null;
}

/**
 * The out-of-bag scores: every row is judged by the mean of the trees that did not draw it.
 * Source: Breiman 1996, Out-of-bag estimation. Rows that are copies or neighbours of one another (resampling, flows of one
 * campaign) are in and out of the bag at a time: it is too good there.
 * @param parts the votes of each thread
 * @param y class of each row
 * @param k classes
 */
export function outOfBagScores(
  parts: readonly OutOfBagVotes[],
  y: ArrayLike<number>,
  k: number,
): OutOfBagScores {
  const width = k === 2 ? 1 : k;
  const counts = new Float64Array(k * k);
  const scores: number[] = [];
  const flags: number[] = [];
  let hits = 0;
  let loss = 0;
  const p = new Float64Array(k);
  for (let i = 0; i < y.length; i++) {
    const trees = parts.reduce((sum, part) => sum + part.trees[i], 0);
    if (trees === 0) continue;
    for (let j = 0; j < width; j++)
      p[j] = parts.reduce((sum, part) => sum + part.sums[i * width + j], 0) / UNIT / trees;
    if (k === 2) p.set([1 - p[0], p[0]]);
    let likeliest = 0;
    for (let c = 1; c < k; c++) if (p[c] > p[likeliest]) likeliest = c;
    counts[y[i] * k + likeliest]++;
    if (likeliest === y[i]) hits++;
    loss -= Math.log(Math.min(Math.max(p[y[i]], LEAST), 1));
    scores.push(1 - p[0]);
    flags.push(y[i] === 0 ? 0 : 1);
  }
  const rows = scores.length;
  return {
    oob_rows: rows,
    oob_accuracy: ratio(hits, rows),
    oob_macro_f1: macroF1({ classes: k, counts }),
    oob_log_loss: ratio(loss, rows),
    oob_roc_auc: rows === 0 ? null : rocAuc(scores, Uint8Array.from(flags)),
  };
}

/** `oob` without bootstrap, for `problems` of a definition. */
export function needsBootstrap({
  oob,
  bootstrap,
}: {
  readonly oob?: unknown;
  readonly bootstrap?: unknown;
}): { path: string[]; message: string }[] {
  if (oob !== true || bootstrap !== false) return [];
  return [
    { path: ["oob"], message: "every tree learns from all rows: set bootstrap: true, or leave oob out" },
  ];
}

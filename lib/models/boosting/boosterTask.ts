import { type Binned, shared } from "../trees/bins.js";

/** Settings of one boosting run that every member needs. */
export interface BoosterSettings {
  /** Trees a round: 1 for two classes, else one a class. */
  readonly outputs: number;
  readonly depth: number;
  readonly learningRate: number;
  readonly l2: number;
  readonly minChildWeight: number;
  readonly minGain: number;
  readonly subsample: number;
}

/**
 * What the members of a boosting run share. Rows belong to members (`blocksOf`), and every sum over rows that crosses
 * members is a sum of integers held in doubles: exact, so that neither order nor number of members changes a bit.
 */
export interface BoosterTask {
  readonly kind: "boosting";
  readonly settings: BoosterSettings;
  readonly members: number;
  readonly binned: Binned;
  readonly y: Uint8Array;
  readonly classWeights: Float64Array;
  /** By row, times the weight of its class; null: all weigh the same. */
  readonly sampleWeights: Float64Array | null;
  /** By column 1 or -1: the margin may only rise or only fall with it; null: all are free. One output only. */
  readonly monotone: Int8Array | null;
  /** With monotone columns: lowest and highest leaf value, before the learning rate, of each candidate node. */
  readonly bounds: Float64Array;
  /** Bin b of column f has the global number offset[f] + b; offset[columns] is the number of all bins. */
  readonly offset: Int32Array;
  /** Global number of each column's commonest bin, which `entries` leaves out. */
  readonly common: Int32Array;
  /** Global bins of row i, the commonest ones left out: entries[starts[i]] … entries[starts[i + 1] - 1]. */
  readonly entries: Uint16Array | Int32Array;
  readonly starts: Int32Array;
  /** rows × outputs */
  readonly margins: Float64Array;
  /** outputs × rows */
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  /** Gradient and hessian of the tree in work, as integers in one number (packing.ts). */
  readonly packed: Float64Array;
  /** Row numbers, grouped by member and, inside, by node. */
  readonly order: Int32Array;
  readonly spare: Int32Array;
  /** Histograms of the nodes of a level: slots × bins. */
  readonly slots: Float64Array;
  /** Members' shares of the histograms in work: members × half of the slots × bins. */
  readonly partial: Float64Array;
  /** Members' sums: members × `totalsStride`. */
  readonly totals: Float64Array;
  readonly totalsStride: number;
  /** Members' rows in each leaf of the tree in work: members × nodes. */
  readonly leafRows: Int32Array;
  /** Best splits that the members found for their columns: members × slots × BEST. */
  readonly best: Float64Array;
  /** What the members are to do next, written by the main thread (see the constants below). */
  readonly plan: Int32Array;
  readonly planValues: Float64Array;
  /** Columns that the tree in work may use. */
  readonly allowed: Uint8Array;
}

/** Phases. */
export const phase = { gradients: 0, root: 1, search: 2, grow: 3, update: 4 } as const;

/** plan[0] output in work, [1] number of items, [2] 1: the root is in work, [3] 1: histograms are wanted, [4] seed; items from PLAN on. */
export const PLAN = 5;
/** Numbers of a grow item: node, feature, bin, missing left, left child, right child, left is small, slot, new slot. */
export const GROW = 9;
/** Numbers of a best split: gain, feature, bin, missing left, packed sum of the left side. */
export const BEST = 5;
/** planValues[0] gradient scale, [1] hessian scale, [2] fixed-point scale; from VALUES on, node sums or leaf values. */
export const VALUES = 3;

/** Consecutive rows that go to one member; blocks are dealt out in turn, so that time order does not unbalance them. */
export const BLOCK = 256;

/** First rows of the blocks of a member. */
export function blocksOf(member: number, members: number, rows: number): Int32Array {
  const blocks = Math.ceil(rows / BLOCK);
  return Int32Array.from(
    { length: Math.max(0, Math.ceil((blocks - member) / members)) },
    (_, i) => (i * members + member) * BLOCK,
  );
}

/** Rows in these blocks. */
export function rowsIn(blocks: Int32Array, rows: number): number {
  return blocks.reduce((sum, first) => sum + Math.min(BLOCK, rows - first), 0);
}

/** The bins of every row without those that are commonest in their column: most flow columns are mostly one value. */
export function sparseRows(binned: Binned): Pick<BoosterTask, "offset" | "common" | "entries" | "starts"> {
  const { rows, columns, codes, bins, missing } = binned;
  const offset = shared.ints(columns + 1);
  for (let f = 0; f < columns; f++) offset[f + 1] = offset[f] + bins[f] + missing[f];
  const common = shared.ints(columns);
  const starts = shared.ints(rows + 1);
  for (let f = 0; f < columns; f++) {
    const counts = new Int32Array(256);
    for (let i = f * rows; i < (f + 1) * rows; i++) counts[codes[i]]++;
    let most = 0;
    for (let b = 1; b < 256; b++) if (counts[b] > counts[most]) most = b;
    common[f] = offset[f] + most;
    for (let i = 0; i < rows; i++) if (codes[f * rows + i] !== most) starts[i + 1]++;
  }
  for (let i = 0; i < rows; i++) starts[i + 1] += starts[i];
  const entries = offset[columns] <= 65536 ? shared.shorts(starts[rows]) : shared.ints(starts[rows]);
  const next = starts.slice(0, rows);
  for (let f = 0; f < columns; f++) {
    const most = common[f] - offset[f];
    for (let i = 0; i < rows; i++) {
      const code = codes[f * rows + i];
      if (code !== most) entries[next[i]++] = offset[f] + code;
    }
  }
  return { offset, common, entries, starts };
}

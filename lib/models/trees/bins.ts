import { threshold } from "./float32.js";

/** Codes of a column fit into a byte: up to 255 bins of values, and one for missing values. */
const MOST = 255;
/** Bins of values of a column that is cut finely: for single trees, whose borders nothing averages. */
export const FINE = 4095;

/** Columns cut into bins. Code b stands for the values in [low, high] of bin b; the code `bins` stands for missing. */
export interface Binned<Codes extends Uint8Array | Uint16Array = Uint8Array> {
  readonly rows: number;
  readonly columns: number;
  /** Column after column (columns × rows), in shared memory. */
  readonly codes: Codes;
  /** Number of bins of values, by column. */
  readonly bins: Int32Array;
  /** 1: some row of the column is missing. */
  readonly missing: Uint8Array;
  /** Codes that a column may have, that of missing values included: 256, or 4096 where it is cut finely. */
  readonly stride: number;
  /** Lowest and highest training value of bin b of column f, at f × stride + b. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Typed arrays over shared memory, which worker threads see without a copy. */
export const shared = {
  bytes: (n: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(n)),
  ints: (n: number): Int32Array => new Int32Array(new SharedArrayBuffer(n * 4)),
  shorts: (n: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(n * 2)),
  floats: (n: number): Float32Array => new Float32Array(new SharedArrayBuffer(n * 4)),
  doubles: (n: number): Float64Array => new Float64Array(new SharedArrayBuffer(n * 8)),
};

/**
 * Cut each column into at most 255 bins: one bin a distinct value where they are few, else bins of about equally many
 * rows, a frequent value having a bin of its own.
 * @param data rows × columns, NaN is missing
 */
export function binColumns(data: Float32Array, rows: number, columns: number): Binned {
  return binInto(shared.bytes(rows * columns), MOST, data, rows, columns);
}

/** The same with up to 4095 bins a column. */
export function binColumnsFinely(data: Float32Array, rows: number, columns: number): Binned<Uint16Array> {
  return binInto(shared.shorts(rows * columns), FINE, data, rows, columns);
}

function binInto<Codes extends Uint8Array | Uint16Array>(
  codes: Codes,
  most: number,
  data: Float32Array,
  rows: number,
  columns: number,
): Binned<Codes> {
  const stride = most + 1;
  const bins = shared.ints(columns);
  const missing = shared.bytes(columns);
  const low = shared.floats(columns * stride);
  const high = shared.floats(columns * stride);
  const column = new Float32Array(rows);
  for (let f = 0; f < columns; f++) {
    let present = 0;
    for (let i = 0, at = f; i < rows; i++, at += columns) {
      const x = data[at];
      // x + 0 turns -0 into 0: they compare as equal and must share a bin.
      if (!Number.isNaN(x)) column[present++] = x + 0;
    }
    if (present < rows) missing[f] = 1;
    const sorted = distinctOf(column, present);
    const at = f * stride;
    const count = cut(sorted.values, sorted.counts, most, low.subarray(at), high.subarray(at));
    bins[f] = count;
    encode(data, rows, columns, f, high.subarray(at, at + count), codes);
  }
  return { rows, columns, codes, bins, missing, stride, low, high };
}

/** Distinct values in rising order, with their counts. */
function distinctOf(column: Float32Array, present: number): { values: Float32Array; counts: Int32Array } {
  const few = fewDistinct(column, present);
  const sorted = few ?? column.slice(0, present).sort();
  const values: number[] = [];
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) values.push(sorted[i]);
  const counts = new Int32Array(values.length);
  // Counts only matter where values have to share bins.
  if (few === undefined) for (let i = 0, v = 0; i < present; i++) counts[sorted[i] === values[v] ? v : ++v]++;
  return { values: Float32Array.from(values), counts };
}

/** The sorted distinct values if they are at most 255, through a small hash table; else undefined. */
function fewDistinct(column: Float32Array, present: number): Float32Array | undefined {
  const size = 2048;
  const table = new Float32Array(size);
  const used = new Uint8Array(size);
  const bits = new Int32Array(column.buffer);
  const found: number[] = [];
  for (let i = 0; i < present; i++) {
    let slot = Math.imul(bits[i], 0x9e3779b1) >>> 21;
    while (used[slot] === 1 && table[slot] !== column[i]) slot = (slot + 1) & (size - 1);
    if (used[slot] === 1) continue;
    if (found.length === MOST) return undefined;
    used[slot] = 1;
    table[slot] = column[i];
    found.push(column[i]);
  }
  return Float32Array.from(found).sort();
}

/** Group sorted distinct values into at most `most` bins; writes the ends of each and returns their number. */
function cut(
  values: Float32Array,
  counts: Int32Array,
  most: number,
  low: Float32Array,
  high: Float32Array,
): number {
  if (values.length <= most) {
    low.set(values);
    high.set(values);
    return values.length;
  }
  let rest = counts.reduce((sum, count) => sum + count, 0);
  let bin = 0;
  for (let v = 0; v < values.length; bin++) {
    const share = rest / (most - bin);
    low[bin] = values[v];
    let held = counts[v++];
    // Go on while the bin comes nearer to its share, and always in the last bin.
    while (v < values.length && (bin === most - 1 || held + counts[v] / 2 <= share)) held += counts[v++];
    high[bin] = values[v - 1];
    rest -= held;
  }
  return bin;
}

/** Code of each row: the first bin whose highest value is not below it. */
function encode(
  data: Float32Array,
  rows: number,
  columns: number,
  f: number,
  high: Float32Array,
  codes: Uint8Array | Uint16Array,
): void {
  const missing = high.length;
  for (let i = 0, at = f; i < rows; i++, at += columns) {
    const x = data[at];
    let from = 0;
    if (!Number.isNaN(x)) {
      for (let to = missing - 1; from < to; ) {
        const middle = (from + to) >> 1;
        if (high[middle] < x) from = middle + 1;
        else to = middle;
      }
    } else from = missing;
    codes[f * rows + i] = from;
  }
}

/** The float32 threshold between bin `b` and a later bin `next` of column f; infinite when no bin of values follows. */
export function binThreshold(
  binned: Pick<Binned, "bins" | "stride" | "low" | "high">,
  f: number,
  b: number,
  next: number,
): number {
  if (next >= binned.bins[f]) return Number.POSITIVE_INFINITY;
  return threshold(binned.high[f * binned.stride + b], binned.low[f * binned.stride + next]);
}

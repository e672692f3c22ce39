/** A column as small whole numbers. */
export interface Codes {
  readonly codes: Uint16Array;
  /** Codes are below it. */
  readonly levels: number;
}

/** Levels of a category that keep a code of their own, the most frequent ones; the others share one. */
const MOST_LEVELS = 255;

/**
 * Numbers in bins of about equally many rows: code i for what lies above i of the inner quantiles (linear
 * interpolation, equal ones once), missing values in a bin of their own. A column of no more than `bins` distinct values
 * has a code a value.
 * @param values NaN is missing
 */
export function binNumbers(values: ArrayLike<number>, bins: number): Codes {
  const sorted = Float64Array.from(values)
    .filter((x) => !Number.isNaN(x))
    .sort();
  const edges = edgesOf(sorted, bins);
  const codes = new Uint16Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const x = values[i];
    codes[i] = Number.isNaN(x) ? edges.length + 1 : below(edges, x);
  }
  return { codes, levels: edges.length + 2 };
}

/** What a value must exceed for each further code. */
function edgesOf(sorted: Float64Array, bins: number): Float64Array {
  const distinct: number[] = [];
  for (let i = 0; i < sorted.length && distinct.length <= bins; i++)
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct.push(sorted[i]);
  if (distinct.length <= bins) return Float64Array.from(distinct.slice(0, -1));
  const edges = new Set<number>();
  for (let b = 1; b < bins; b++) {
    const at = ((sorted.length - 1) * b) / bins;
    const low = Math.floor(at);
    const high = Math.min(low + 1, sorted.length - 1);
    edges.add(at === low ? sorted[low] : sorted[low] + (sorted[high] - sorted[low]) * (at - low));
  }
  return Float64Array.from(edges);
}

/** Edges that are smaller than x. */
function below(edges: Float64Array, x: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Category codes as they are, missing ones (NaN) and unseen ones (-1) as one more level each; beyond 255 levels the rare
 * ones share a code.
 */
export function binCategories(values: ArrayLike<number>, levels: number): Codes {
  const counts = new Float64Array(levels + 2);
  const place = (x: number): number => (Number.isNaN(x) ? levels : x < 0 ? levels + 1 : x);
  for (let i = 0; i < values.length; i++) counts[place(values[i])]++;
  const kept = Array.from(counts.keys())
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, MOST_LEVELS);
  const code = new Uint16Array(counts.length).fill(kept.length);
  kept.forEach((level, i) => {
    code[level] = i;
  });
  return {
    codes: Uint16Array.from({ length: values.length }, (_, i) => code[place(values[i])]),
    levels: kept.length + 1,
  };
}

/**
 * Mutual information of two coded columns in nats, from their joint counts (the plug-in estimate: it is too high where
 * rows are few for the number of levels). The same as scikit-learn's mutual_info_score.
 * @param rows the rows that count; all when left out
 */
export function mutualInformation(a: Codes, b: Codes, rows?: Int32Array): number {
  const joint = new Float64Array(a.levels * b.levels);
  const n = rows === undefined ? a.codes.length : rows.length;
  for (let i = 0; i < n; i++) {
    const row = rows === undefined ? i : rows[i];
    joint[a.codes[row] * b.levels + b.codes[row]]++;
  }
  const ofA = new Float64Array(a.levels);
  const ofB = new Float64Array(b.levels);
  joint.forEach((count, at) => {
    ofA[Math.floor(at / b.levels)] += count;
    ofB[at % b.levels] += count;
  });
  let sum = 0;
  for (let x = 0; x < a.levels; x++) {
    for (let y = 0; y < b.levels; y++) {
      const count = joint[x * b.levels + y];
      if (count > 0) sum += (count / n) * Math.log((count * n) / (ofA[x] * ofB[y]));
    }
  }
  return Math.max(0, sum);
}

/** How two labellings of the same rows agree, whatever their names are. */
export interface Agreement {
  /** Adjusted Rand index: 0 as by chance, 1 the same. */
  readonly ari: number;
  /** Adjusted mutual information (arithmetic mean of the entropies). */
  readonly ami: number;
  /** 1: every cluster has rows of one class only. */
  readonly homogeneity: number;
  /** 1: every class lies in one cluster only. */
  readonly completeness: number;
  /** Harmonic mean of the two. */
  readonly v_measure: number;
}

/** Rows by class and cluster. */
interface Contingency {
  readonly rows: number;
  readonly classes: Float64Array;
  readonly clusters: Float64Array;
  /** Cells that are not 0: row count, class, cluster. */
  readonly cells: readonly { readonly n: number; readonly a: number; readonly b: number }[];
}

/**
 * Agreement of clusters with the truth. Labels are any whole numbers; noise (-1) counts as one cluster.
 * @param truth, clusters one label a row, equally many
 * Source: Hubert and Arabie 1985, Comparing partitions (ARI); Vinh, Epps and Bailey 2010, JMLR 11 (AMI); Rosenberg and
 * Hirschberg 2007, V-measure.
 */
export function agreement(truth: ArrayLike<number>, clusters: ArrayLike<number>): Agreement {
  const table = contingency(truth, clusters);
  const [hTruth, hClusters] = [entropy(table.classes, table.rows), entropy(table.clusters, table.rows)];
  const mutual = mutualInformation(table);
  const homogeneity = hTruth === 0 ? 1 : mutual / hTruth;
  const completeness = hClusters === 0 ? 1 : mutual / hClusters;
  const both = homogeneity + completeness;
  return {
    ari: ariOf(table),
    ami: amiOf(table, mutual, (hTruth + hClusters) / 2),
    homogeneity,
    completeness,
    v_measure: both === 0 ? 0 : (2 * homogeneity * completeness) / both,
  };
}

/** The adjusted Rand index alone. */
export function adjustedRand(truth: ArrayLike<number>, clusters: ArrayLike<number>): number {
  return ariOf(contingency(truth, clusters));
}

function contingency(truth: ArrayLike<number>, clusters: ArrayLike<number>): Contingency {
  const [a, b] = [numbered(truth), numbered(clusters)];
  const cells = new Map<number, number>();
  const [rowsOfA, rowsOfB] = [new Float64Array(a.count), new Float64Array(b.count)];
  for (let i = 0; i < truth.length; i++) {
    const key = a.numbers[i] * b.count + b.numbers[i];
    cells.set(key, (cells.get(key) ?? 0) + 1);
    rowsOfA[a.numbers[i]]++;
    rowsOfB[b.numbers[i]]++;
  }
  return {
    rows: truth.length,
    classes: rowsOfA,
    clusters: rowsOfB,
    cells: Array.from(cells, ([key, n]) => ({ n, a: Math.floor(key / b.count), b: key % b.count })),
  };
}

function numbered(labels: ArrayLike<number>): { readonly numbers: Int32Array; readonly count: number } {
  const seen = new Map<number, number>();
  const numbers = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const number = seen.get(labels[i]) ?? seen.size;
    seen.set(labels[i], number);
    numbers[i] = number;
  }
  return { numbers, count: seen.size };
}

/** By pairs of rows that are together in both, in one, in none. */
function ariOf({ rows, classes, clusters, cells }: Contingency): number {
  const squares = (counts: Iterable<number>): number => {
    let sum = 0;
    for (const n of counts) sum += n * n;
    return sum;
  };
  const both = squares(cells.map(({ n }) => n));
  const [inClasses, inClusters] = [squares(classes), squares(clusters)];
  const together = both - rows;
  const onlyClusters = inClusters - both;
  const onlyClasses = inClasses - both;
  const apart = rows * rows - onlyClusters - onlyClasses - both;
  if (onlyClusters === 0 && onlyClasses === 0) return 1;
  return (
    (2 * (together * apart - onlyClasses * onlyClusters)) /
    ((together + onlyClasses) * (onlyClasses + apart) + (together + onlyClusters) * (onlyClusters + apart))
  );
}

function entropy(counts: Float64Array, rows: number): number {
  let sum = 0;
  if (counts.length < 2) return 0;
  for (const n of counts) sum -= (n / rows) * (Math.log(n) - Math.log(rows));
  return sum;
}

function mutualInformation({ rows, classes, clusters, cells }: Contingency): number {
  if (classes.length < 2 || clusters.length < 2) return 0;
  let sum = 0;
  for (const { n, a, b } of cells) sum += (n / rows) * Math.log(((n / classes[a]) * rows) / clusters[b]);
  return Math.max(0, sum);
}

function amiOf(table: Contingency, mutual: number, mean: number): number {
  const { classes, clusters } = table;
  if (classes.length <= 1 && clusters.length <= 1) return 1;
  if (classes.length <= 1 || clusters.length <= 1) return 0;
  const expected = expectedInformation(table);
  const span = mean - expected;
  const safe = span < 0 ? Math.min(span, -Number.EPSILON) : Math.max(span, Number.EPSILON);
  return (mutual - expected) / safe;
}

/** Mutual information that is to be expected of the same class and cluster sizes by chance (hypergeometric). */
function expectedInformation({ rows, classes, clusters }: Contingency): number {
  const log = logFactorials(rows);
  // Sizes come again: each pair of sizes is worked out once.
  const [a, b] = [bySize(classes), bySize(clusters)];
  let sum = 0;
  for (const [sizeA, timesA] of a) {
    for (const [sizeB, timesB] of b) {
      const constant = log[sizeA] + log[sizeB] + log[rows - sizeA] + log[rows - sizeB] - log[rows];
      let own = 0;
      const first = Math.max(1, sizeA + sizeB - rows);
      const last = Math.min(sizeA, sizeB);
      for (let n = first; n <= last; n++) {
        const chance = Math.exp(
          constant - log[n] - log[sizeA - n] - log[sizeB - n] - log[rows - sizeA - sizeB + n],
        );
        own += (n / rows) * Math.log((rows / sizeA) * (n / sizeB)) * chance;
      }
      sum += timesA * timesB * own;
    }
  }
  return sum;
}

function bySize(counts: Float64Array): Map<number, number> {
  const times = new Map<number, number>();
  for (const n of counts) times.set(n, (times.get(n) ?? 0) + 1);
  return times;
}

/** ln n! of 0 … most, summed with what rounding loses. */
function logFactorials(most: number): Float64Array {
  const log = new Float64Array(most + 1);
  let lost = 0;
  for (let n = 2; n <= most; n++) {
    const term = Math.log(n) + lost;
    log[n] = log[n - 1] + term;
    lost = term - (log[n] - log[n - 1]);
  }
  return log;
}

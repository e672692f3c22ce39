import { moments } from "./covariance.js";
import { symmetricEigen } from "./symmetricEigen.js";

/** Principal components, from the largest variance down. Plain JSON; k components of d columns. */
export interface PrincipalComponents {
  /** d */
  readonly mean: readonly number[];
  /** k × d: unit vectors; the largest entry of each is positive. */
  readonly components: readonly (readonly number[])[];
  /** k: sample variance (divided by n - 1) along each. */
  readonly explained_variance: readonly number[];
  /** k: its share of the variance of all columns. */
  readonly explained_variance_ratio: readonly number[];
}

/** Rows seen so far: how many, their means, and sums of products of differences from the means. */
interface Scatter {
  rows: number;
  readonly mean: Float64Array;
  /** columns × columns */
  readonly products: Float64Array;
}

/**
 * All principal components of rows that come in blocks, from their covariance: one pass, memory for columns² numbers.
 * Components of (nearly) equal variance are an arbitrary basis of their space.
 * @param blocks n × columns each, row by row
 * @throws DataError when a value is missing or infinite, which shows in `mean` too
 * Source of the merging: Chan, Golub and LeVeque 1983, Algorithms for computing the sample variance.
 */
export async function principalComponents(
  blocks: AsyncIterable<Float64Array>,
  columns: number,
): Promise<PrincipalComponents> {
  const all = emptyScatter(columns);
  for await (const block of blocks) merge(all, scatterOf(block, columns));
  return fromScatter(all.products, columns, all, columns);
}

/**
 * The first components of rows that come in batches: after each batch only `kept` of them are remembered. The same as
 * scikit-learn's IncrementalPCA on the same batches.
 * Source: Ross, Lim, Lin and Yang 2008, Incremental learning for robust visual tracking, IJCV 77.
 */
export async function incrementalComponents(
  batches: AsyncIterable<Float64Array>,
  columns: number,
  kept: number,
): Promise<PrincipalComponents> {
  const seen = emptyScatter(columns);
  const remembered = new Float64Array(columns * columns);
  let found: PrincipalComponents | undefined;
  for await (const batch of batches) {
    const own = scatterOf(batch, columns);
    remembered.forEach((_, at) => {
      remembered[at] += own.products[at];
    });
    addBetween(remembered, seen, own);
    merge(seen, own);
    found = fromScatter(remembered, columns, seen, kept);
    rebuild(remembered, columns, seen.rows, found);
  }
  return found ?? fromScatter(remembered, columns, seen, kept);
}

/** The least number of components that explain more than a share of the variance. */
export function explainedShare(
  { explained_variance_ratio: ratio }: PrincipalComponents,
  share: number,
): number {
  let sum = 0;
  for (let i = 0; i < ratio.length; i++) {
    sum += ratio[i];
    if (sum > share) return i + 1;
  }
  return ratio.length;
}

function emptyScatter(columns: number): Scatter {
  return { rows: 0, mean: new Float64Array(columns), products: new Float64Array(columns * columns) };
}

function scatterOf(block: Float64Array, columns: number): Scatter {
  const rows = block.length / columns;
  const { mean, covariance } = moments({ rows, columns, data: block });
  return { rows, mean, products: covariance.map((x) => x * rows) };
}

/** products += those of the difference between the means of two sets of rows, as their union has it. */
function addBetween(products: Float64Array, a: Scatter, b: Scatter): void {
  if (a.rows === 0 || b.rows === 0) return;
  const d = a.mean.length;
  const weight = (a.rows * b.rows) / (a.rows + b.rows);
  const gap = b.mean.map((x, j) => x - a.mean[j]);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) products[i * d + j] += weight * gap[i] * gap[j];
}

/** `into` becomes the scatter of both. */
function merge(into: Scatter, other: Scatter): void {
  addBetween(into.products, into, other);
  const rows = into.rows + other.rows;
  other.products.forEach((x, at) => {
    into.products[at] += x;
  });
  for (let j = 0; j < into.mean.length; j++)
    into.mean[j] += ((other.mean[j] - into.mean[j]) * other.rows) / rows;
  into.rows = rows;
}

function fromScatter(
  products: Float64Array,
  d: number,
  { rows, mean, products: own }: Scatter,
  kept: number,
) {
  const finite = mean.every((x) => Number.isFinite(x));
  const { values, vectors } = symmetricEigen(finite ? products : new Float64Array(d * d), d);
  let total = 0;
  for (let j = 0; j < d; j++) total += own[j * d + j];
  const squares = values.map((x) => Math.max(0, x)).subarray(0, kept);
  return {
    mean: Array.from(mean),
    // No -0, which JSON does not know.
    components: Array.from(squares, (_, i) => Array.from(vectors.subarray(i * d, (i + 1) * d), (x) => x + 0)),
    explained_variance: Array.from(squares, (x) => (rows > 1 ? x / (rows - 1) : 0)),
    explained_variance_ratio: Array.from(squares, (x) => (total > 0 ? x / total : 0)),
  };
}

/** The products that the components alone explain. */
function rebuild(products: Float64Array, d: number, rows: number, found: PrincipalComponents): void {
  products.fill(0);
  found.components.forEach((component, c) => {
    const square = found.explained_variance[c] * (rows - 1);
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) products[i * d + j] += square * component[i] * component[j];
  });
}

/** A rising piecewise-linear function: through the points (x, y), constant outside of them. */
export interface Steps {
  /** Rising, no two equal. */
  readonly x: readonly number[];
  /** Not falling. */
  readonly y: readonly number[];
}

/**
 * Isotonic regression: the function that does not fall and lies nearest (least squares) to whether a row is of the class,
 * linear between its points. Works badly on few rows (below about a thousand), and gives 0 and 1 at the ends.
 * @param scores n, finite
 * @param positive n: 1 for rows of the class
 * Source: Zadrozny and Elkan 2002; pool adjacent violators, Ayer et al. 1955. The points are those of scikit-learn.
 */
export function fitIsotonic(scores: Float64Array, positive: Uint8Array): Steps {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b] || a - b);
  // Blocks of rows: from and to are scores, mean = hits / rows; kept rising by merging.
  const from: number[] = [];
  const to: number[] = [];
  const hits: number[] = [];
  const rows: number[] = [];
  for (let p = 0; p < order.length; ) {
    const score = scores[order[p]];
    let [own, count] = [0, 0];
    for (; p < order.length && scores[order[p]] === score; p++) {
      own += positive[order[p]];
      count++;
    }
    let first = score;
    // Means compared as fractions of integers: no rounding decides.
    while (rows.length > 0 && hits[hits.length - 1] * count >= own * rows[rows.length - 1]) {
      first = from.pop()!;
      to.pop();
      own += hits.pop()!;
      count += rows.pop()!;
    }
    from.push(first);
    to.push(score);
    hits.push(own);
    rows.push(count);
  }
  const x: number[] = [];
  const y: number[] = [];
  from.forEach((start, block) => {
    const mean = hits[block] / rows[block];
    for (const end of start === to[block] ? [start] : [start, to[block]]) {
      x.push(end);
      y.push(mean);
    }
  });
  return { x, y };
}

/** The last point whose x is at most `score`, by halving. Scores below the first point belong to it. */
export function segmentOf({ x }: Steps, score: number): number {
  let [low, high] = [0, x.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= score) low = middle;
    else high = middle;
  }
  return low;
}

/** By point: how steeply the line to the next one rises (0 at the last), and where it ends. */
export function slopesOf({ x, y }: Steps): { readonly slope: number[]; readonly end: number[] } {
  const end = y.map((own, i) => y[i + 1] ?? own);
  return { slope: y.map((own, i) => (i + 1 < x.length ? (end[i] - own) / (x[i + 1] - x[i]) : 0)), end };
}

/** The function's value; the end of a line bounds it, so that rounding cannot make it fall. */
export function stepsAt(steps: Steps, slopes: ReturnType<typeof slopesOf>, score: number): number {
  const { x, y } = steps;
  const clamped = Math.min(x[x.length - 1], Math.max(x[0], score));
  const i = segmentOf(steps, clamped);
  return Math.min(slopes.end[i], y[i] + slopes.slope[i] * (clamped - x[i]));
}

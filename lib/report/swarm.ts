/**
 * Where the points of a beeswarm's row stand: away from the middle of the row as far as points of nearly the same x
 * make it necessary, alternately above and below. No random number is drawn: the same points give the same picture.
 * @param x position of each point
 * @param range lowest and highest x of the whole chart, so that all its rows are cut into the same bins
 * @param bins slices of equal width; points of one slice share a stack
 * @returns per point the steps from the middle: 0, 1, −1, 2, −2, …
 * Source: the stacking of `shap.plots.beeswarm`, with the order of the points where that has random numbers.
 */
export function swarm(x: ArrayLike<number>, range: readonly [number, number], bins = 110): Int32Array {
  const width = (range[1] - range[0]) / bins;
  const stacks = new Map<number, number>();
  return Int32Array.from(x, (value) => {
    const bin = width > 0 ? Math.round((value - range[0]) / width) : 0;
    const height = stacks.get(bin) ?? 0;
    stacks.set(bin, height + 1);
    const step = (height + 1) >> 1;
    return height % 2 === 1 ? step : 0 - step;
  });
}

/**
 * Steps of all rows, scaled so that the tallest stack of the chart fills its row: −1 to 1. A chart whose stacks are
 * all low is not stretched: ten steps make a whole.
 */
export function swarms(rows: readonly ArrayLike<number>[]): Float64Array[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows)
    for (const value of Array.from(row)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const steps = rows.map((row) => swarm(row, [low, high]));
  let tallest = 10;
  for (const row of steps) for (const step of row) tallest = Math.max(tallest, Math.abs(step));
  return steps.map((row) => Float64Array.from(row, (step) => step / tallest));
}

/** Points of a leaf at most: the lanes of wasm/neighbours.ts. */
export const LANES = 16;
/** Points that a cut is chosen by. */
const SAMPLE = 128;
/** Below this, a node is halved as it stands: nothing that is cut so often is cut well. */
const DEEPEST = 48;

/** A binary tree over points; nodes in preorder, so that a left child follows its parent. */
export interface BoxTree {
  readonly nodes: number;
  readonly leaves: number;
  readonly depth: number;
  /** Right child, or -1 of a leaf. */
  readonly right: Int32Array;
  /** Points of node v: order[from[v]] up to to[v]. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly order: Int32Array;
}

/**
 * Cut distinct points again and again at the mean of the column that varies most, until a leaf holds LANES at most: rows
 * with equal one-hot columns come together, and so do those of a cluster, whatever its size.
 * @param values count × columns numbers, row by row
 * Source: Sproull 1991, Refinements to nearest-neighbor searching in k-dimensional trees, Algorithmica 6.
 */
export function boxTree(values: Float32Array | Float64Array, count: number, columns: number): BoxTree {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const [right, from, to]: [number[], number[], number[]] = [[], [], []];
  const open: { first: number; last: number; depth: number; parent: number }[] = [
    { first: 0, last: count, depth: 0, parent: -1 },
  ];
  const spread = new Spread(values, columns);
  let [leaves, deepest] = [0, 0];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { first, last, depth, parent } = next;
    const id = right.length;
    if (parent >= 0) right[parent] = id;
    right.push(-1);
    from.push(first);
    to.push(last);
    deepest = Math.max(deepest, depth);
    if (last - first <= LANES) {
      leaves++;
      continue;
    }
    const middle = depth >= DEEPEST ? (first + last) >> 1 : cut(first, last);
    open.push({ first: middle, last, depth: depth + 1, parent: id });
    open.push({ first, last: middle, depth: depth + 1, parent: -1 });
  }
  const [nodes, int] = [right.length, (all: number[]) => Int32Array.from(all)];
  return { nodes, leaves, depth: deepest, right: int(right), from: int(from), to: int(to), order };

  /** Part order[first, last) by a cut; returns where the second part begins. */
  function cut(first: number, last: number): number {
    const step = Math.max(1, Math.floor((last - first) / SAMPLE));
    for (const each of step > 1 ? [step, 1] : [1]) {
      const { column, at } = spread.widest(order, first, last, each);
      const middle = part(first, last, column, at);
      if (middle > first && middle < last) return middle;
    }
    return (first + last) >> 1;
  }

  function part(first: number, last: number, column: number, at: number): number {
    let [low, high] = [first, last - 1];
    while (low <= high) {
      const point = order[low];
      if (values[point * columns + column] <= at) low++;
      else {
        order[low] = order[high];
        order[high--] = point;
      }
    }
    return low;
  }
}

/** Finds the column in which points vary most. */
class Spread {
  private readonly sums: Float64Array;
  private readonly squares: Float64Array;

  constructor(
    private readonly values: Float32Array | Float64Array,
    private readonly columns: number,
  ) {
    this.sums = new Float64Array(columns);
    this.squares = new Float64Array(columns);
  }

  /** Of every `step`-th of the points order[first, last): the column, and its mean there. */
  widest(order: Int32Array, first: number, last: number, step: number): { column: number; at: number } {
    const { values, columns, sums, squares } = this;
    sums.fill(0);
    squares.fill(0);
    // Differences from one of the points, so that large numbers that are nearly equal keep their digits.
    const base = order[first] * columns;
    let n = 0;
    for (let i = first; i < last; i += step) {
      n++;
      const row = order[i] * columns;
      for (let j = 0; j < columns; j++) {
        const off = values[row + j] - values[base + j];
        sums[j] += off;
        squares[j] += off * off;
      }
    }
    let column = 0;
    let most = -1;
    for (let j = 0; j < columns; j++) {
      const spread = squares[j] - (sums[j] * sums[j]) / n;
      if (spread > most) {
        most = spread;
        column = j;
      }
    }
    return { column, at: values[base + column] + sums[column] / n };
  }
}

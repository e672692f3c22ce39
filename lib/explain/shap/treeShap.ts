import { type ShapTree, type TreeProgram, treeProgram } from "./treeProgram.js";

/** The rows that trees ask: n × columns, row by row; NaN is missing. */
export interface ShapRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

export interface TreeShapValues {
  /** What the trees say of a row of which nothing is known: the mean over their training rows. */
  readonly base: number;
  /** rows × players; a row's numbers and `base` add up to the sum of the leaves that it reaches. */
  readonly values: Float64Array;
}

/** State of an edge for one row. */
const OFF = 0;
const ON = 1;
/** The row has left the player's edges further up already: this edge only narrows the training rows. */
const GONE = 2;

/**
 * Exact Shapley values of a sum of trees, path-dependent: a player that does not take part sends a row both ways, by the
 * shares of the training rows (Lundberg et al. 2020, "From local explanations to global understanding with explainable
 * AI for trees", Nature Machine Intelligence 2, Algorithm 2, feature_perturbation "tree_path_dependent" of `shap`).
 *
 * The Shapley value of a player is the integral over t in [0, 1] of the derivative of the game's multilinear extension
 * along its diagonal (Owen 1972, "Multilinear extensions of games"). On a path of a tree that extension is the product of
 * one factor a player, a polynomial in t, so Gauss-Legendre quadrature with half as many points as a path has players is
 * exact. Products go down the tree, sums of leaves come up: work a row and tree is nodes × points (Yu et al. 2022, "Linear
 * TreeShap", arXiv:2209.08192, with other points), where Algorithm 2 needs leaves × depth². All factors are positive:
 * nothing cancels but in the final sums.
 * @param players which player each column belongs to; without it every column is one
 */
export function treeShap(
  trees: readonly ShapTree[],
  X: ShapRows,
  players: Int32Array = Int32Array.from({ length: X.columns }, (_, j) => j),
): TreeShapValues {
  const count = players.reduce((most, player) => Math.max(most, player + 1), 0);
  const values = new Float64Array(X.rows * count);
  let base = 0;
  for (const tree of trees) {
    const program = treeProgram(tree, players);
    base += program.mean;
    if (program.nodes > 1) addTree(program, X, values, count);
  }
  return { base, values };
}

/** Add one tree's values to those of every row. */
function addTree(program: TreeProgram, X: ShapRows, values: Float64Array, players: number): void {
  const { nodes, points } = program;
  const products = new Float64Array(nodes * points);
  const state = new Uint8Array(nodes).fill(ON);
  for (let row = 0; row < X.rows; row++) {
    descend(program, X, row, products, state);
    ascend(program, products, state, values, row * players);
  }
}

/** Which edges the row follows, and the product of the factors from the root to each node. */
function descend(
  program: TreeProgram,
  { columns, data }: ShapRows,
  row: number,
  products: Float64Array,
  state: Uint8Array,
): void {
  const { nodes, points, column, threshold, right, missingLeft, parent, earlier, share, leaf, factors } =
    program;
  const first = row * columns;
  products.fill(1, 0, points);
  for (let at = 0; at < nodes; at++) {
    const isLeaf = column[at] < 0;
    // A leaf of 0 adds nothing to any sum.
    if (at > 0 && !(isLeaf && leaf[at] === 0)) {
      const from = parent[at] * points;
      const to = at * points;
      if (state[at] === GONE) {
        const part = share[at];
        for (let q = 0; q < points; q++) products[to + q] = products[from + q] * part;
      } else {
        const factor = (at * 4 + state[at] * 2) * points;
        for (let q = 0; q < points; q++) products[to + q] = products[from + q] * factors[factor + q];
      }
    }
    if (isLeaf) continue;
    const x = data[first + column[at]];
    const goesLeft = x <= threshold[at] || (missingLeft[at] === 1 && Number.isNaN(x));
    const before = earlier[at + 1];
    if (before >= 0 && state[before] !== ON) {
      state[at + 1] = GONE;
      state[right[at]] = GONE;
    } else {
      state[at + 1] = goesLeft ? ON : OFF;
      state[right[at]] = goesLeft ? OFF : ON;
    }
  }
}

/** From the leaves up: sums of leaf × product below each edge, and what they contribute to the edge's player. */
function ascend(
  program: TreeProgram,
  sums: Float64Array,
  state: Uint8Array,
  values: Float64Array,
  first: number,
): void {
  const { nodes, points, column, leaf, parent, player, factors } = program;
  for (let at = nodes - 1; at > 0; at--) {
    const from = at * points;
    const to = parent[at] * points;
    // The right child, which comes first here, overwrites its parent's product; the left one adds to what it left.
    const kept = at === parent[at] + 1 ? 1 : 0;
    const scale = column[at] < 0 ? leaf[at] : 1;
    if (scale === 0) {
      if (kept === 0) sums.fill(0, to, to + points);
    } else if (state[at] === GONE) {
      for (let q = 0; q < points; q++) sums[to + q] = kept * sums[to + q] + scale * sums[from + q];
    } else {
      const weight = (at * 4 + state[at] * 2 + 1) * points;
      let contribution = 0;
      for (let q = 0; q < points; q++) {
        const sum = scale * sums[from + q];
        contribution += factors[weight + q] * sum;
        sums[to + q] = kept * sums[to + q] + sum;
      }
      values[first + player[at]] += contribution;
    }
  }
}

import type { Tree } from "../../onnx/tree.js";
import { gaussLegendre } from "./quadrature.js";

/** What SHAP values need of a tree. Thresholds and leaves may be doubles, for trees of other makers. */
export interface ShapTree extends Pick<Tree, "feature" | "left" | "right" | "missingLeft"> {
  readonly threshold: Float32Array | Float64Array;
  /** Training rows (or their weight) in each leaf; those of inner nodes are added up from them. */
  readonly cover: Float32Array | Float64Array;
  /** One number a node; those of leaves count. */
  readonly leaf: Float32Array | Float64Array;
}

/**
 * A tree made ready for many rows: nodes in preorder (a left child follows its parent), and for each edge the factors
 * that `treeShap` multiplies by.
 */
export interface TreeProgram {
  readonly nodes: number;
  readonly column: Int32Array;
  readonly threshold: Float64Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly parent: Int32Array;
  readonly leaf: Float64Array;
  /** Of the edge above a node: whose contribution it is. */
  readonly player: Int32Array;
  /** The node below the nearest edge further up that asks for the same player, or -1. */
  readonly earlier: Int32Array;
  /** Share of the parent's training rows. */
  readonly share: Float64Array;
  /** Quadrature points. */
  readonly points: number;
  /** nodes × 4 × points: factor and weight where the row does not follow the edge, then where it does. */
  readonly factors: Float64Array;
  /** The tree's mean over its training rows: what a row is worth before anything is known of it. */
  readonly mean: number;
}

/** @param players which player a column belongs to: columns of one player enter and leave together */
export function treeProgram(tree: ShapTree, players: Int32Array): TreeProgram {
  const order = preorder(tree);
  const n = order.length;
  const place = new Int32Array(tree.feature.length);
  for (let at = 0; at < n; at++) place[order[at]] = at;
  const ints = (): Int32Array => new Int32Array(n).fill(-1);
  const program = {
    nodes: n,
    column: ints(),
    threshold: new Float64Array(n),
    right: ints(),
    missingLeft: new Uint8Array(n),
    parent: ints(),
    leaf: new Float64Array(n),
    player: ints(),
    earlier: ints(),
    share: new Float64Array(n).fill(1),
  };
  const cover = new Float64Array(n);
  for (let at = n - 1; at >= 0; at--) {
    const node = order[at];
    const isLeaf = tree.feature[node] < 0;
    cover[at] = isLeaf ? tree.cover[node] : cover[at + 1] + cover[place[tree.right[node]]];
    if (isLeaf) program.leaf[at] = tree.leaf[node];
    else {
      program.column[at] = tree.feature[node];
      program.threshold[at] = tree.threshold[node];
      program.right[at] = place[tree.right[node]];
      program.missingLeft[at] = tree.missingLeft[node];
      for (const child of [at + 1, program.right[at]]) {
        program.parent[child] = at;
        program.player[child] = players[tree.feature[node]];
      }
    }
  }
  // What no training row has reached divides its rows evenly.
  for (let at = 1; at < n; at++) {
    const above = cover[program.parent[at]];
    program.share[at] = above > 0 ? cover[at] / above : 0.5;
  }
  return { ...program, ...edgeFactors(program), mean: meanOf(program) };
}

function preorder({ feature, left, right }: ShapTree): number[] {
  const order: number[] = [];
  const stack = [0];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    order.push(node);
    if (feature[node] >= 0) stack.push(right[node], left[node]);
  }
  return order;
}

function meanOf({
  nodes,
  parent,
  share,
  leaf,
  column,
}: Omit<TreeProgram, "points" | "factors" | "mean">): number {
  const reach = new Float64Array(nodes).fill(1);
  let mean = 0;
  for (let at = 0; at < nodes; at++) {
    if (at > 0) reach[at] = reach[parent[at]] * share[at];
    if (column[at] < 0) mean += reach[at] * leaf[at];
  }
  return mean;
}

/**
 * Factors of the edges at the quadrature points t. A player whose edges on a path together keep the share z of the
 * training rows has the factor z(1 - t) + o·t, where o is 1 if the row follows all of them; its contribution has the
 * weight (o - z) / factor. At an edge whose player has come before, what counted so far is replaced.
 */
function edgeFactors(
  program: Pick<TreeProgram, "nodes" | "parent" | "player" | "share"> & { readonly earlier: Int32Array },
): Pick<TreeProgram, "points" | "factors"> {
  const { nodes, parent, player, share, earlier } = program;
  const distinct = new Int32Array(nodes);
  const kept = Float64Array.from(share);
  let most = 1;
  for (let at = 1; at < nodes; at++) {
    let above = parent[at];
    while (above > 0 && player[above] !== player[at]) above = parent[above];
    if (above > 0) {
      earlier[at] = above;
      kept[at] *= kept[above];
    }
    distinct[at] = distinct[parent[at]] + (above > 0 ? 0 : 1);
    most = Math.max(most, distinct[at]);
  }
  // The integrand is a polynomial of one degree less than the players of a path.
  const points = Math.ceil(most / 2);
  const { points: t, weights: w } = gaussLegendre(points);
  const factors = new Float64Array(nodes * 4 * points);
  for (let at = 1; at < nodes; at++) {
    const z = kept[at];
    const zEarlier = earlier[at] < 0 ? 1 : kept[earlier[at]];
    for (let q = 0; q < points; q++) {
      const off = z * (1 - t[q]);
      const on = off + t[q];
      const before = earlier[at] < 0 ? 1 : zEarlier * (1 - t[q]) + t[q];
      const counted = earlier[at] < 0 ? 0 : (1 - zEarlier) / before;
      const to = at * 4 * points + q;
      factors[to] = off / before;
      factors[to + points] = w[q] * (-1 / (1 - t[q]) - counted);
      factors[to + 2 * points] = on / before;
      factors[to + 3 * points] = w[q] * ((1 - z) / on - counted);
    }
  }
  return { points, factors };
}

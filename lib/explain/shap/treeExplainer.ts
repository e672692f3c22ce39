import { DataError } from "../../base/errors.js";
import { columnSources } from "../../onnx/columnSources.js";
import { innerValue } from "../../onnx/innerValue.js";
import type { OnnxModel } from "../../onnx/reader.js";
import { type PlacedTree, readTrees, type TreeModel } from "../../onnx/treeEnsemble.js";
import type { Matrix } from "../../table/matrix.js";
import { type Explanations, likeliestAttack, type RowExplainer, takeRows } from "./explanations.js";
import type { ShapTree } from "./treeProgram.js";
import type { TreeShapValues } from "./treeShap.js";
import { treeShapTeam } from "./treeShapTeam.js";

/** What is explained of the trees' sums: scale × Σ weight × sum over the targets + shift. */
interface Functional {
  /** One a target. */
  readonly weights: Float64Array;
  readonly shift: number;
}

const words: Readonly<Record<TreeModel["link"], string>> = {
  "log-odds": "log-odds of an attack",
  softmax: "log-odds of the likeliest attack class against benign",
  probability: "P(attack)",
  path: "log2 of the anomaly score",
};

/**
 * TreeSHAP of a model's trees, read from model.onnx. The trees ask the values that ONNX Runtime computes for them
 * (categories as ranks, a view's steps); what became of one column of the input counts as that column.
 * @param columns width of the model's input
 * @returns null for a model without trees, or whose view mixes columns
 * @throws DataError when the trees do not say how many training rows their nodes hold
 */
export function treeExplainer(
  bytes: Uint8Array,
  model: OnnxModel,
  columns: number,
  threads: number,
): RowExplainer | null {
  const trees = readTrees(model);
  const sources = trees === null ? undefined : columnSources(model, columns).get(trees.input);
  if (trees === null || sources === undefined || typeof sources === "string") return null;
  if (trees.trees.some(({ cover }) => cover.every((rows) => rows === 0))) {
    throw new DataError(
      "explain: the trees of model.onnx do not say how many training rows their nodes hold (nodes_hitrates): an earlier " +
        "version wrote it. Train it again: nidslab repro.",
    );
  }
  // Columns of no origin are a player of their own, whose values are 0 as no row changes them.
  const players = Int32Array.from(sources.columns, (from) => (from < 0 ? columns : from));
  const shapOf = async (X: Matrix, functional: Functional): Promise<TreeShapValues> => {
    const asked = await innerValue(bytes, trees.input, X, threads);
    const found = await treeShapTeam(shapTrees(trees, functional), asked, players, threads);
    const given = players.reduce((most, player) => Math.max(most, player + 1), 0);
    const values = new Float64Array(X.rows * columns);
    for (let row = 0; row < X.rows; row++)
      for (let j = 0; j < Math.min(columns, given); j++)
        values[row * columns + j] = found.values[row * given + j];
    return { base: found.base + functional.shift, values };
  };
  return {
    method: "TreeSHAP",
    async explain(X): Promise<Explanations> {
      const result = {
        method: "TreeSHAP",
        of: words[trees.link],
        base: new Float64Array(X.rows),
        values: new Float64Array(X.rows * columns),
        standardErrors: null,
      } as const;
      for (const { rows, functional } of await functionals(bytes, trees, X, threads)) {
        const { base, values } = await shapOf(takeRows(X, rows), functional);
        rows.forEach((row, i) => {
          result.base[row] = base;
          result.values.set(values.subarray(i * columns, (i + 1) * columns), row * columns);
        });
      }
      return result;
    },
  };
}

/** What is explained of which rows: with a margin a class it depends on the row. */
async function functionals(
  bytes: Uint8Array,
  trees: TreeModel,
  X: Matrix,
  threads: number,
): Promise<{ readonly rows: Int32Array; readonly functional: Functional }[]> {
  const all = Int32Array.from({ length: X.rows }, (_, row) => row);
  const { base, divisor, link, targets, unit } = trees;
  const of = (weights: Float64Array, constant = 0): Functional => ({
    weights: weights.map((weight) => (weight * unit) / divisor),
    shift: weights.reduce((sum, weight, j) => sum + weight * unit * base[j], constant),
  });
  const unitAt = (target: number, value: number): Float64Array => {
    const weights = new Float64Array(targets);
    weights[target] = value;
    return weights;
  };
  if (targets === 1) return [{ rows: all, functional: of(unitAt(0, 1)) }];
  if (link !== "softmax") return [{ rows: all, functional: of(unitAt(0, -1), 1) }];
  const margins = await innerValue(bytes, trees.output, X, threads);
  const likeliest = likeliestAttack(margins.data, X.rows, targets);
  return [...new Set(likeliest)]
    .sort((a, b) => a - b)
    .map((c) => {
      const weights = unitAt(c, 1);
      weights[0] = -1;
      return { rows: all.filter((row) => likeliest[row] === c), functional: of(weights) };
    });
}

function shapTrees({ trees }: TreeModel, { weights }: Functional): ShapTree[] {
  return trees.flatMap((tree) => {
    const leaf = leaves(tree, weights);
    const { feature, threshold, left, right, missingLeft, cover } = tree;
    return leaf === null ? [] : [{ feature, threshold, left, right, missingLeft, cover, leaf }];
  });
}

/** One number a node; null where the tree's targets do not count. */
function leaves({ feature, value, target, width }: PlacedTree, weights: Float64Array): Float64Array | null {
  const own = weights.subarray(target, target + width);
  if (own.every((weight) => weight === 0)) return null;
  return Float64Array.from(feature, (_, node) =>
    own.reduce((sum, weight, j) => sum + weight * value[node * width + j], 0),
  );
}

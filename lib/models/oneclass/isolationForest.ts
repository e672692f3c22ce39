import { z } from "zod";
import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import type { FitContext, FittedDetector, Matrix, ModelDefinition, Rows } from "../contract.js";
import { emitRanks, ranksByFrequency, toRanks } from "../trees/categories.js";
import { emitEnsemble } from "../trees/emitEnsemble.js";
import { exactSums, sumLeaves, type Tree, TreeBuilder } from "../trees/ensemble.js";
import { floorFloat32 } from "../trees/float32.js";
import { checkWidth } from "../width.js";

const params = z.strictObject({
  trees: z.int().min(1).max(10000).default(200).describe("number of trees"),
  sample: z
    .int()
    .min(2)
    .max(65536)
    .default(256)
    .describe("rows that each tree is grown on, drawn without replacement"),
});
export type IsolationForestParams = z.infer<typeof params>;

/** Isolation forest: rows that random cuts part from the others early are anomalous. */
export const definition: ModelDefinition<IsolationForestParams> = {
  type: "isolation-forest",
  kind: "detector",
  family: "one-class",
  title: "Isolation forest",
  source: "Liu, Ting and Zhou 2008, Isolation forest, ICDM, doi:10.1109/ICDM.2008.17",
  limits:
    "A score, not a probability. Cuts are parallel to the axes: anomalies that only a combination of columns shows are " +
    "missed, and so are dense groups of attacks. Categories are ordered by frequency; a level that the benign rows do " +
    "not hold counts as the rarest.",
  view: "raw",
  params,
  create: (chosen) => ({
    kind: "detector",
    fit: async (benign, context) => fitIsolation(chosen, benign, context),
  }),
};

function fitIsolation(chosen: IsolationForestParams, benign: Rows, context: FitContext): FittedDetector {
  const { rows, columns } = benign.X;
  if (rows < 2) {
    throw new DataError(
      `isolation-forest: ${rows} benign training rows, at least 2 are needed. Choose another split in params.yaml.`,
    );
  }
  const categories = ranksByFrequency(benign);
  const data = toRanks(benign.X, categories);
  const size = Math.min(chosen.sample, rows);
  const trees = Array.from({ length: chosen.trees }, (_, t) => {
    const rng = context.rng.fork(t);
    return grow(data, columns, rng.sample(rows, size), Math.ceil(Math.log2(size)), rng);
  });
  const ensemble = exactSums({ trees, width: 1, target: () => 0, targets: 1, combine: "average" });
  const unit = Math.fround(-1 / averagePath(size));
  return {
    kind: "detector",
    score(X: Matrix): Float64Array {
      checkWidth(X, columns, "isolation-forest");
      return sumLeaves(ensemble, toRanks(X, categories), columns).map((path) => 2 ** (path * unit));
    },
    emit(onnx, input) {
      const ranked = emitRanks(onnx, input, columns, categories);
      const path = emitEnsemble(onnx, ranked.value, ensemble, ranked.columnOf);
      const scaled = onnx.node("Mul", [path, onnx.tensor("float", [1], [unit])]);
      return onnx.node("Pow", [onnx.tensor("float", [1], [2]), scaled]);
    },
    summary: {
      trees: trees.length,
      sample: size,
      nodes: trees.reduce((sum, tree) => sum + tree.feature.length, 0),
    },
  };
}

/** Mean depth of an unsuccessful search in a binary tree of n rows: c(n) of the paper. */
export function averagePath(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.5772156649015329) - (2 * (n - 1)) / n;
}

interface Waiting {
  readonly rows: Int32Array;
  readonly depth: number;
  readonly parent: number;
  readonly isLeft: boolean;
}

/** One tree. A leaf's value is its depth, and what the rows that it still holds would have needed on average. */
function grow(data: Float32Array, columns: number, sample: Int32Array, maxDepth: number, rng: Rng): Tree {
  const builder = new TreeBuilder(1);
  const stack: Waiting[] = [{ rows: sample, depth: 0, parent: -1, isLeft: true }];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const id = builder.add();
    if (node.parent >= 0) {
      if (node.isLeft) builder.setLeft(node.parent, id);
      else builder.setRight(node.parent, id);
    }
    const cut = node.depth < maxDepth ? randomCut(data, columns, node.rows, rng) : undefined;
    if (cut === undefined) {
      builder.setValue(id, 0, node.depth + averagePath(node.rows.length));
      builder.setRows(id, node.rows.length);
      continue;
    }
    const { column, at } = cut;
    const value = (row: number): number => data[row * columns + column];
    const below = node.rows.reduce((count, row) => count + (value(row) <= at ? 1 : 0), 0);
    const above = node.rows.reduce((count, row) => count + (value(row) > at ? 1 : 0), 0);
    // A missing value says nothing: it goes with the larger part.
    const missingLeft = below >= above;
    const goesLeft = (row: number): boolean => value(row) <= at || (missingLeft && Number.isNaN(value(row)));
    builder.split(id, column, at, missingLeft);
    const child = { depth: node.depth + 1, parent: id };
    stack.push({ ...child, rows: node.rows.filter((row) => !goesLeft(row)), isLeft: false });
    stack.push({ ...child, rows: node.rows.filter(goesLeft), isLeft: true });
  }
  return builder.finish();
}

/** A random value between the extremes of a random column that is not constant in these rows, if there is one. */
function randomCut(
  data: Float32Array,
  columns: number,
  rows: Int32Array,
  rng: Rng,
): { readonly column: number; readonly at: number } | undefined {
  if (rows.length < 2) return undefined;
  const left = Int32Array.from({ length: columns }, (_, column) => column);
  for (let count = columns; count > 0; count--) {
    const drawn = rng.integer(count);
    const column = left[drawn];
    left[drawn] = left[count - 1];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const row of rows) {
      const x = data[row * columns + column];
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (low >= high) continue;
    const at = floorFloat32(low + rng.uniform() * (high - low));
    return { column, at: at >= low && at < high ? at : low };
  }
  return undefined;
}

import { z } from "zod";
import type { Rng } from "../../base/rng.js";
import { allocate, quantile } from "../../base/statistics.js";
import type { FitContext, FittedClassifier, Matrix, ModelDefinition, Rows } from "../contract.js";
import { checkWidth } from "../width.js";
import { emitRanks, ranksByResponse, toRanks } from "./categories.js";
import { emitBothClasses, emitEnsemble } from "./emitEnsemble.js";
import { bothClasses, countRows, type Ensemble, sumLeaves, type Tree, TreeBuilder } from "./ensemble.js";
import { belowFloat32 } from "./float32.js";
import { checkClasses, classCounts } from "./rows.js";

const params = z.strictObject({
  rows: z
    .int()
    .min(10)
    .max(10000)
    .default(1000)
    .describe("rows that are drawn, stratified by class; time grows with their square"),
  trees: z.int().min(1).max(1000).default(20).describe("number of trees"),
  max_features: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.7)
    .describe("share of the columns that a tree sees, drawn with replacement"),
});
export type MlRandomForestParams = z.infer<typeof params>;

/** The random forest of the npm package ml-random-forest, trained by the package and exported from its trees. */
export const definition: ModelDefinition<MlRandomForestParams> = {
  type: "ml-random-forest",
  kind: "classifier",
  family: "trees",
  title: "Random forest (ml-random-forest)",
  source: "npm package ml-random-forest 2.1.0, https://github.com/mljs/random-forest (its trees: ml-cart)",
  limits:
    "For small samples: it learns from the drawn rows only, and its training time is quadratic in them. A tree sees a " +
    "fixed choice of columns. Missing values count as the median of the drawn rows. Probabilities are shares of votes.",
  view: "scaled",
  anyColumn: true,
  params,
  create: (chosen) => ({ kind: "classifier", fit: (train, context) => fitSample(chosen, train, context) }),
};

/** A node of ml-cart, as the package leaves it. */
interface CartNode {
  readonly splitColumn?: number;
  readonly splitValue?: number;
  readonly left?: CartNode;
  readonly right?: CartNode;
  readonly distribution?: { to1DArray(): number[] };
}

async function fitSample(
  chosen: MlRandomForestParams,
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  checkClasses(train, "ml-random-forest");
  const { columns } = train.X;
  const k = train.classes.length;
  const categories = ranksByResponse(train);
  const data = toRanks(train.X, categories);
  const drawn = drawStratified(train, chosen.rows, context.rng.fork("rows"));
  const medians = Array.from({ length: columns }, (_, f) => median(drawn, (row) => data[row * columns + f]));
  const sample = Array.from(drawn, (row) =>
    medians.map((middle, f) => {
      const x = data[row * columns + f];
      return Number.isNaN(x) ? middle : x;
    }),
  );
  const { RandomForestClassifier } = await import("ml-random-forest");
  const forest = new RandomForestClassifier({
    nEstimators: chosen.trees,
    maxFeatures: packageShare(chosen.max_features, columns),
    replacement: true,
    useSampleBagging: true,
    noOOB: true,
    seed: context.rng.fork("seed").uint32() >>> 1,
  });
  forest.train(
    sample,
    Array.from(drawn, (row) => train.y[row]),
  );
  const grown = forest as unknown as { estimators: { root: CartNode }[]; indexes: number[][] };
  const width = k === 2 ? 1 : k;
  const ensemble: Ensemble = {
    // Which rows a tree drew the package does not say: all of the sample are counted.
    trees: countRows(
      grown.estimators.map(({ root }, t) => toTree(root, grown.indexes[t], medians, width)),
      Float32Array.from(sample.flat()),
      columns,
    ),
    width,
    target: () => 0,
    targets: width,
    combine: "average",
  };
  return {
    kind: "classifier",
    classes: train.classes,
    predictProba(X: Matrix): Matrix {
      checkWidth(X, columns, "ml-random-forest");
      return bothClasses(sumLeaves(ensemble, toRanks(X, categories), columns), X.rows, k);
    },
    emit(onnx, input) {
      const ranked = emitRanks(onnx, input, columns, categories);
      const votes = emitEnsemble(onnx, ranked.value, ensemble, ranked.columnOf);
      return k === 2 ? emitBothClasses(onnx, votes) : votes;
    },
    summary: { rows: drawn.length, trees: ensemble.trees.length },
  };
}

/** A share that the package, which takes floor(share × columns) columns, turns into at least one column. */
function packageShare(share: number, columns: number): number {
  return Math.min(1, (Math.max(1, Math.floor(share * columns)) + 0.5) / columns);
}

/** At most `limit` row numbers in rising order, each class by its share (`limit` allowing, with at least one row). */
function drawStratified(train: Rows, limit: number, rng: Rng): Int32Array {
  const left = allocate(Array.from(classCounts(train)), Math.min(limit, train.X.rows));
  const all = rng.shuffle(Int32Array.from({ length: train.X.rows }, (_, i) => i));
  return all.filter((row) => left[train.y[row]]-- > 0).sort();
}

/** Median of the values that are there; 0 when none is. */
function median(rows: Int32Array, value: (row: number) => number): number {
  const values = Float32Array.from(rows, value)
    .filter((x) => !Number.isNaN(x))
    .sort();
  return values.length === 0 ? 0 : Math.fround(quantile(values, 0.5));
}

/** ml-cart asks `x < v`; in float32 that is `x <= t` with the float32 below v. A leaf votes for its commonest class. */
function toTree(root: CartNode, columns: readonly number[], medians: readonly number[], width: number): Tree {
  const builder = new TreeBuilder(width);
  const stack: { node: CartNode; link: (id: number) => void }[] = [{ node: root, link: () => undefined }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, link } = next;
    const id = builder.add();
    link(id);
    if (node.left === undefined || node.right === undefined) {
      const shares = node.distribution?.to1DArray() ?? [];
      const vote = shares.indexOf(Math.max(...shares));
      if (width > 1) builder.setValue(id, vote, 1);
      else builder.setValue(id, 0, vote === 1 ? 1 : 0);
      continue;
    }
    const column = columns[node.splitColumn ?? 0];
    const limit = belowFloat32(node.splitValue ?? 0);
    builder.split(id, column, limit, medians[column] <= limit);
    stack.push({ node: node.right, link: (child) => builder.setRight(id, child) });
    stack.push({ node: node.left, link: (child) => builder.setLeft(id, child) });
  }
  return builder.finish();
}

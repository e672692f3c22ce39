import type { Classifier, FitContext, Rows } from "../contract.js";
import type { FittedForest } from "../trees/forest.js";
import { impurityImportance } from "../trees/importance.js";
import { definition } from "../trees/randomForest.js";
import { best, type Ranker, takeRows } from "./ranking.js";

/** Columns by the mean decrease of impurity in a random forest. */
export function byForest(train: Rows, trees: number, workers: number): Ranker {
  return {
    async rank(keep, rng, rows) {
      const own = rows === undefined ? train : takeRows(train, rows);
      const context: FitContext = { rng, workers, log: () => undefined };
      const model = definition.create(definition.params.parse({ trees })) as Classifier;
      const forest = (await model.fit(own, context)) as FittedForest;
      return best(impurityImportance(forest.trees, forest.width, own.X.columns), keep);
    },
  };
}

import type { FitContext, Rows } from "../contract.js";
import { impurityImportance } from "../trees/importance.js";
import { definition, fitRandomForest } from "../trees/randomForest.js";
import { best, type Ranker, takeRows } from "./ranking.js";

/** Columns by the mean decrease of impurity in a random forest. */
export function byForest(train: Rows, trees: number, workers: number): Ranker {
  return {
    async rank(keep, rng, rows) {
      const own = rows === undefined ? train : takeRows(train, rows);
      const context: FitContext = { rng, workers, log: () => undefined };
      const forest = await fitRandomForest(definition.params.parse({ trees }), own, context);
      return best(impurityImportance(forest.trees, forest.width, own.X.columns), keep);
    },
  };
}

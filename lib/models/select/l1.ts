import type { FitContext, Rows } from "../contract.js";
import { definition, type FittedLogistic } from "../linear/logistic.js";
import { best, type Ranker, takeRows } from "./ranking.js";

/** Columns by the largest absolute weight that a class has in a logistic regression with an L1 penalty. */
export function byL1(train: Rows, l1: number, log: (line: string) => void): Ranker {
  return {
    async rank(keep, rng, rows) {
      const own = rows === undefined ? train : takeRows(train, rows);
      const context: FitContext = { rng, workers: 1, log };
      // Half of the rows have half of the loss: the penalty keeps its share of it.
      const share = own.X.rows / train.X.rows;
      const model = definition.create(definition.params.parse({ l1: l1 * share, l2: 0 }));
      const { weights, columns, classes } = (await model.fit(own, context)) as FittedLogistic;
      const k = classes.length;
      const largest = Float64Array.from({ length: columns }, (_, j) =>
        weights.subarray(j * k, (j + 1) * k).reduce((most, w) => Math.max(most, Math.abs(w)), 0),
      );
      return best(largest, keep);
    },
  };
}

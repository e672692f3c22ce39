import { Rng } from "../../dist/base/rng.js";
import { definition as decisionTree } from "../../dist/models/trees/decisionTree.js";
import { definition as extraTrees } from "../../dist/models/trees/extraTrees.js";
import { readNslKdd } from "../nslkdd.mjs";

/** One decision tree, then extra trees (100), on KDDTrain+: fit only, both together. */
export async function prepare(data) {
  const { train } = readNslKdd(data);
  const models = [decisionTree, extraTrees].map((each) => each.create(each.params.parse({})));
  return {
    settings: `decision-tree and extra-trees (100 trees), 2 workers, fit, ${train.X.rows} x ${train.X.columns}, categories native`,
    async run() {
      const start = performance.now();
      for (const model of models)
        await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
      return (performance.now() - start) / 1000;
    },
  };
}

import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/trees/randomForest.js";
import { readNslKdd } from "../nslkdd.mjs";

/** Random forest of 100 trees on KDDTrain+: fit only. */
export async function prepare(data) {
  const { train } = readNslKdd(data);
  const model = definition.create(definition.params.parse({ trees: 100 }));
  return {
    settings: `random-forest, 100 trees, 2 workers, fit, ${train.X.rows} x ${train.X.columns}, categories native`,
    async run() {
      const start = performance.now();
      await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
      return (performance.now() - start) / 1000;
    },
  };
}

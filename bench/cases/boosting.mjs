import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/boosting/gradientBoosting.js";
import { readNslKdd } from "../nslkdd.mjs";

/** Gradient boosting, 200 rounds of depth 6, on KDDTrain+: fit only. */
export async function prepare(data) {
  const { train } = readNslKdd(data);
  const model = definition.create(definition.params.parse({ trees: 200, depth: 6, learning_rate: 0.1 }));
  return {
    settings: `gradient-boosting, 200 x depth 6, 2 workers, fit, ${train.X.rows} x ${train.X.columns}, categories native`,
    async run() {
      const start = performance.now();
      await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
      return (performance.now() - start) / 1000;
    },
  };
}

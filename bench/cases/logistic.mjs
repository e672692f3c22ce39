import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/linear/logistic.js";
import { readNslKdd, standardised } from "../nslkdd.mjs";

/** Logistic regression on KDDTrain+: fit only, on 0/1 columns for the categories and standardised numbers. */
export async function prepare(data) {
  const train = standardised(readNslKdd(data).train);
  const model = definition.create(definition.params.parse({ l2: 1 }));
  return {
    settings: `logistic, l2 1, tolerance 1e-8, one thread, fit, ${train.X.rows} x ${train.X.columns}`,
    async run() {
      const start = performance.now();
      await model.fit(train, { rng: Rng.root(42), workers: 1, log: () => undefined });
      return (performance.now() - start) / 1000;
    },
  };
}

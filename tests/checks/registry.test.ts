import { describe } from "vitest";
import { definitions } from "#lib/models/registry.js";
import { type CheckOptions, checkClassifier, checkDetector } from "./estimator.js";

const forest = { type: "random-forest", trees: 5 };

/** Parameters that make a model small, and rows of the check of workers where a few hundred start no thread. */
const small: Readonly<Record<string, { readonly params?: object } & CheckOptions>> = {
  "random-forest": { params: { trees: 6 }, rows: 3000 },
  "extra-trees": { params: { trees: 6 }, rows: 3000 },
  "gradient-boosting": { params: { trees: 8 }, rows: 3000 },
  "isolation-forest": { params: { trees: 20 } },
  gmm: { params: { components: 4 } },
  ocsvm: { params: { components: 20 } },
  "ml-random-forest": { params: { rows: 120, trees: 3 } },
  sgd: { params: { epochs: 2 } },
  perceptron: { params: { epochs: 2 } },
  "passive-aggressive": { params: { epochs: 2 } },
  mlp: { params: { hidden: [16, 8], epochs: 3 } },
  cnn: { params: { channels: [8], epochs: 3 } },
  gru: { params: { width: 8, epochs: 3 } },
  lstm: { params: { width: 8, epochs: 3 } },
  transformer: { params: { width: 8, heads: 2, layers: 1, feed_forward: 8, epochs: 3 } },
  autoencoder: { params: { hidden: [8, 2], epochs: 3, swap_noise: 0.1, pretrain: 1 } },
  "deep-svdd": { params: { hidden: [8, 4], epochs: 3 } },
  kitsune: { params: { columns: 2, epochs: 3 } },
  "label-spreading": { rows: 4200 },
  lof: { rows: 4200 },
  voting: { params: { models: [{ type: "logistic", weight: 2 }, forest] } },
  stacking: { params: { models: [{ type: "logistic" }, forest], folds: 3 } },
  "rank-average": {
    params: {
      models: [
        { type: "isolation-forest", trees: 10 },
        { type: "isolation-forest", trees: 20, sample: 32, weight: 2 },
      ],
    },
  },
};

/**
 * Every model that params.yaml can name keeps the contract: a line in registry.ts brings it here. Those that need an engine
 * are checked by tests/models/boosting/engines.interop.test.ts; one that is brought in fits only the columns that it was trained on,
 * and is checked by tests/models/neural/imported.test.ts.
 */
for (const definition of definitions) {
  const { type, engine, pretrained } = definition;
  if (pretrained) {
    describe.skip(`${type} (skipped: is brought in as a file, see imported.test.ts)`);
    continue;
  }
  if (engine !== undefined) {
    describe.skip(`${type} (skipped: needs the engine ${engine}, see engines.interop.test.ts)`);
    continue;
  }
  const { params = {}, rows = 300, ...options } = small[type] ?? {};
  const check = definition.kind === "classifier" ? checkClassifier : checkDetector;
  describe(type, () => check(definition, params, { rows, fewRows: 300, ...options }));
}

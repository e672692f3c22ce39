import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { definitionOf } from "../../dist/models/registry.js";
import { readNslKdd } from "../nslkdd.mjs";
import { startPeer } from "../peer.mjs";

/**
 * The boosting engines, called from here and from Python: 200 rounds on KDDTrain+, fit only. Ours ends with the kit's own
 * trees (CatBoost: its Python started and the rows handed over, too); Python's ends with the library's model.
 */
export const cases = ["xgboost", "lightgbm", "catboost"].map((type) => ({
  name: `engines/${type}`,
  prepare: async (data) => {
    const { train } = readNslKdd(data);
    const definition = definitionOf(type);
    const model = definition.create(definition.params.parse({ early_stopping: null }));
    return {
      settings: `${type}, 200 rounds, learning rate 0.1, 2 threads, fit, ${train.X.rows} x ${train.X.columns}, categories as codes`,
      async run() {
        const start = performance.now();
        await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
        return (performance.now() - start) / 1000;
      },
    };
  },
  preparePeer: (data) =>
    startPeer(fileURLToPath(new URL(`../peers/engines-${type}.py`, import.meta.url)), data),
}));

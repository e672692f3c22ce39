import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { definitionOf } from "../../dist/models/registry.js";
import { readNslKdd } from "../nslkdd.mjs";
import { startPeer } from "../peer.mjs";

const peer = fileURLToPath(new URL("../peers/trees.py", import.meta.url));

/** A decision tree, and extra trees (100), on KDDTrain+: fit only. */
export const cases = ["decision-tree", "extra-trees"].map((type) => ({
  name: `trees/${type}`,
  prepare(data) {
    const { train } = readNslKdd(data);
    const definition = definitionOf(type);
    const model = definition.create(definition.params.parse({}));
    return {
      settings: `${type}, 2 workers, fit, ${train.X.rows} x ${train.X.columns}, categories native`,
      async run() {
        const start = performance.now();
        await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
        return (performance.now() - start) / 1000;
      },
    };
  },
  preparePeer: (data) => startPeer(peer, data, type),
}));

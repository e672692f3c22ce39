import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { definition as bernoulliNb } from "../../dist/models/bayes/bernoulliNb.js";
import { definition as gaussianNb } from "../../dist/models/bayes/gaussianNb.js";
import { definition as linearSvm } from "../../dist/models/linear/linearSvm.js";
import { definition as logistic } from "../../dist/models/linear/logistic.js";
import { definition as passiveAggressive } from "../../dist/models/online/passiveAggressive.js";
import { definition as perceptron } from "../../dist/models/online/perceptron.js";
import { definition as sgd } from "../../dist/models/online/sgd.js";
import { readNslKdd, standardised } from "../nslkdd.mjs";
import { startPeer } from "../peer.mjs";

const peer = fileURLToPath(new URL("../peers/linear.py", import.meta.url));

/** Fits of linear and simple models on KDDTrain+, one thread: 0/1 columns for the categories and standardised numbers. */
export const cases = [
  ["svm", linearSvm, {}],
  ["svm-sigmoid", linearSvm, { calibration: "sigmoid" }],
  ["gaussian-nb", gaussianNb, {}],
  ["bernoulli-nb", bernoulliNb, {}],
  ["logistic-l1", logistic, { l1: 1, l2: 0 }],
  ["sgd", sgd, { loss: "hinge", epochs: 5, scaler: "none" }],
  ["sgd-log", sgd, { loss: "log", epochs: 5, scaler: "none" }],
  ["perceptron", perceptron, { epochs: 5, scaler: "none" }],
  ["passive-aggressive", passiveAggressive, { epochs: 5, scaler: "none" }],
].map(([name, definition, params]) => ({
  name: `linear/${name}`,
  async prepare(data) {
    const train = standardised(readNslKdd(data).train);
    const model = definition.create(definition.params.parse(params));
    const said = Object.entries(params).map(([key, value]) => `${key} ${value}`);
    return {
      settings: [definition.type, ...said, "one thread", "fit", `${train.X.rows} x ${train.X.columns}`].join(
        ", ",
      ),
      async run() {
        const start = performance.now();
        await model.fit(train, { rng: Rng.root(42), workers: 1, log: () => undefined });
        return (performance.now() - start) / 1000;
      },
    };
  },
  preparePeer: (data) => startPeer(peer, data, name),
}));

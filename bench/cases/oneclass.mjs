import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { definitionOf } from "../../dist/models/registry.js";
import { readNslKdd } from "../nslkdd.mjs";
import { startPeer } from "../peer.mjs";

const peer = fileURLToPath(new URL("../peers/oneclass.py", import.meta.url));

/** Detectors with the settings of their peers, fitted on the benign rows of KDDTrain+ and scored on KDDTest+. */
export const cases = [
  ["isolation-forest", { trees: 100 }],
  ["pca", { variance: 0.95 }],
  ["mahalanobis", {}],
  ["hbos", {}],
  ["ecod", {}],
  ["copod", {}],
  ["gmm", { components: 16 }],
  ["ocsvm", { sample: 100_000 }],
].map(([type, params]) => ({
  name: `oneclass/${type}`,
  prepare(data) {
    const { train, test } = readNslKdd(data);
    const benign = [...train.y.keys()].filter((row) => train.y[row] === 0);
    const encode = encoder(train, benign);
    const rows = { ...encode(train, benign), y: new Int32Array(benign.length), classes: ["benign"] };
    const scored = encode(test, [...test.y.keys()]).X;
    const definition = definitionOf(type);
    const model = definition.create(definition.params.parse(params));
    return {
      settings: `${type}: fit on ${rows.X.rows} x ${rows.X.columns}, score ${scored.rows}, one thread`,
      async run() {
        const start = performance.now();
        const fitted = await model.fit(rows, { rng: Rng.root(42), workers: 1, log: () => undefined });
        fitted.score(scored);
        return (performance.now() - start) / 1000;
      },
    };
  },
  preparePeer: (data) => startPeer(peer, data, type),
}));

/** A 0/1 column a level of each category, numbers less their mean in the benign rows by their deviation there. */
function encoder({ X, features }, benign) {
  const moments = features.map((_, j) => {
    const values = benign.map((row) => X.data[row * X.columns + j]);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) || 1;
    return { mean, deviation };
  });
  return (part, index) => {
    const columns = features.flatMap((feature, j) => {
      const value = (row) => part.X.data[row * part.X.columns + j];
      return feature.kind === "category"
        ? feature.levels.map((_, level) => (row) => Number(value(row) === level))
        : [(row) => (value(row) - moments[j].mean) / moments[j].deviation];
    });
    const data = new Float32Array(index.length * columns.length);
    index.forEach((row, i) => {
      columns.forEach((column, j) => {
        data[i * columns.length + j] = column(row);
      });
    });
    return {
      X: { rows: index.length, columns: columns.length, data },
      features: columns.map((_, j) => ({ name: `x${j}`, kind: "number" })),
    };
  };
}

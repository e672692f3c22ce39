import { fileURLToPath } from "node:url";
import { Rng } from "../../dist/base/rng.js";
import { definitionOf } from "../../dist/models/registry.js";
import { NeighbourIndex } from "../../dist/numeric/neighbours/neighbourIndex.js";
import { nearestInParallel } from "../../dist/numeric/neighbours/parallel.js";
import { OnnxBuilder } from "../../dist/onnx/builder.js";
import { OnnxSession } from "../../dist/onnx/session.js";
import { readNslKdd, standardised } from "../nslkdd.mjs";
import { startPeer } from "../peer.mjs";

const peer = (name) => (data) =>
  startPeer(fileURLToPath(new URL(`../peers/neighbors-${name}.py`, import.meta.url)), data);

/** Neighbours on NSL-KDD: the index alone, and models as the kit uses them (fitted, then scored by ONNX Runtime). */
export const cases = [
  { name: "neighbors/index", prepare: prepareIndex, preparePeer: peer("knn") },
  {
    name: "neighbors/knn",
    prepare: (data) => prepareModel(data, "knn", { rows: null }),
    preparePeer: peer("knn"),
  },
  { name: "neighbors/lof", prepare: (data) => prepareModel(data, "lof", {}), preparePeer: peer("lof") },
  { name: "neighbors/kde", prepare: (data) => prepareModel(data, "kde", {}), preparePeer: peer("kde") },
  {
    name: "neighbors/label-spreading",
    prepare: (data) => prepareModel(data, "label-spreading", { rows: 20_000 }),
    preparePeer: peer("label-spreading"),
  },
];

/** Build the index over KDDTrain+ and find the five nearest of each row of KDDTest+. */
async function prepareIndex(data) {
  const { train, test } = readNslKdd(data);
  const [X, Q] = [standardised(train).X, standardised(test, train).X];
  return {
    settings: `neighbour index, build and 5 nearest, 2 workers, ${Q.rows} of ${X.rows} x ${X.columns}`,
    run: () => seconds(() => nearestInParallel(NeighbourIndex.build(X), Q, 5, 2)),
  };
}

/** Fit and export a model, open its ONNX form, and score KDDTest+ with it. */
async function prepareModel(data, type, params) {
  const { train, test } = readNslKdd(data);
  const definition = definitionOf(type);
  const detector = definition.kind === "detector";
  const benign = detector ? benignRows(train) : train;
  const [rows, { X }] = [standardised(benign), standardised(test, benign)];
  const estimator = definition.create(definition.params.parse(params));
  return {
    settings: `${type}, fit, export and score in ONNX Runtime, 2 threads, ${X.rows} of ${rows.X.rows} x ${X.columns}`,
    run: () =>
      seconds(async () => {
        const fitted = await estimator.fit(rows, { rng: Rng.root(42), workers: 2, log: () => undefined });
        const onnx = new OnnxBuilder();
        const out = fitted.emit(onnx, onnx.input("X", "float", ["n", X.columns]));
        onnx.output("out", out, "float", ["n", detector ? 1 : 2]);
        const session = await OnnxSession.fromBytes(onnx.finish(), 2);
        await session.run(X.data, X.rows, X.columns);
        await session.release();
      }),
  };
}

function benignRows({ X, y, ...rest }) {
  const own = Array.from(y.keys()).filter((row) => y[row] === 0);
  const data = new Float32Array(own.length * X.columns);
  own.forEach((row, i) => {
    data.set(X.data.subarray(row * X.columns, (row + 1) * X.columns), i * X.columns);
  });
  return { ...rest, X: { ...X, rows: own.length, data }, y: new Int32Array(own.length) };
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

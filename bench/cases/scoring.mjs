import { Rng } from "../../dist/base/rng.js";
import { definition } from "../../dist/models/trees/randomForest.js";
import { OnnxBuilder } from "../../dist/onnx/builder.js";
import { OnnxSession } from "../../dist/onnx/session.js";
import { manyRows, readNslKdd } from "../nslkdd.mjs";

/** A million rows through the ONNX form of a random forest of 100 trees. */
export async function prepare(data) {
  const { train, test } = readNslKdd(data);
  const model = definition.create(definition.params.parse({ trees: 100 }));
  const fitted = await model.fit(train, { rng: Rng.root(42), workers: 2, log: () => undefined });
  const onnx = new OnnxBuilder();
  const out = fitted.emit(onnx, onnx.input("X", "float", ["n", 41]));
  onnx.output("probabilities", out, "float", ["n", 2]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 2);
  const rows = manyRows(test.X, 1_000_000);
  return {
    settings: "random-forest, 100 trees, ONNX Runtime, 2 threads, 1,000,000 x 41",
    async run() {
      const start = performance.now();
      await session.run(rows.data, rows.rows, rows.columns);
      return (performance.now() - start) / 1000;
    },
    close: () => session.release(),
  };
}

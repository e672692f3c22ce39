import { expect, it } from "vitest";
import { openTfjs } from "#lib/engines/javascript.js";
import type { Classifier } from "#lib/models/contract.js";
import { definition as logistic } from "#lib/models/linear/logistic.js";
import { fitContext, largestDifference, madeRows } from "../checks/estimator.js";
import { describeWithEngines } from "./added.js";

/** What is used here of TensorFlow.js. */
interface Tensorflow {
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  tensor1d(values: Float32Array): Tensor;
  oneHot(indices: unknown, depth: number): Tensor;
  sequential(): Model;
  layers: { dense(settings: object): unknown };
  getBackend(): string;
}
interface Tensor {
  data(): Promise<Float32Array>;
}
interface Model {
  add(layer: unknown): void;
  setWeights(weights: Tensor[]): void;
  compile(settings: object): void;
  predict(input: Tensor): Tensor;
  trainOnBatch(x: Tensor, y: Tensor): Promise<number>;
}

/** Both of them are one engine to a process, so that each has a test file of its own. */
export function checkTfjs(name: "tfjs" | "tfjs-node"): void {
  describeWithEngines(name, [name], () => {
    it("predicts as the kit's own logistic regression, and a training step lowers the loss", async () => {
      const tf = (await openTfjs(name)) as Tensorflow;
      const rows = madeRows({ rows: 400, classes: 3, category: false });
      const k = rows.classes.length;
      const scaled = rows.X.data.map((x, i) => (i % 3 === 1 ? x / 1000 : i % 3 === 2 ? x / 50 : x));
      const train = { ...rows, X: { ...rows.X, data: scaled } };
      const own = await (logistic.create(logistic.params.parse({ l2: 0.1 })) as Classifier).fit(
        train,
        fitContext(),
      );
      const proba = own.predictProba(train.X);

      // Its weights, found from what it says of four points: logits are linear in the columns.
      const points = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1);
      const said = own.predictProba({ rows: 4, columns: 3, data: points }).data;
      const logit = (point: number, c: number): number => Math.log(said[point * k + c] / said[point * k]);
      const bias = Float32Array.from({ length: k }, (_, c) => logit(0, c));
      const kernel = Float32Array.from(
        { length: 3 * k },
        (_, i) => logit(1 + Math.floor(i / k), i % k) - logit(0, i % k),
      );

      const model = tf.sequential();
      model.add(tf.layers.dense({ units: k, activation: "softmax", inputShape: [3] }));
      model.setWeights([tf.tensor2d(kernel, [3, k]), tf.tensor1d(bias)]);
      const X = tf.tensor2d(train.X.data, [400, 3]);
      expect(largestDifference(await model.predict(X).data(), proba.data)).toBeLessThan(1e-4);

      model.setWeights([tf.tensor2d(new Float32Array(3 * k), [3, k]), tf.tensor1d(new Float32Array(k))]);
      model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
      const y = new Float32Array(400 * k);
      rows.y.forEach((c, i) => {
        y[i * k + c] = 1;
      });
      const truth = tf.tensor2d(y, [400, k]);
      const first = await model.trainOnBatch(X, truth);
      expect(first).toBeCloseTo(Math.log(k), 5);
      expect(await model.trainOnBatch(X, truth)).toBeLessThan(first);
    });
  });
}

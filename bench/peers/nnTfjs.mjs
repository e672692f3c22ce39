// Training steps of the networks of architectures.mjs by the layers of TensorFlow.js on TensorFlow's library, the engine
// tfjs-node: NAME THREADS BATCHES.
import { openTfjs } from "../../dist/engines/javascript.js";
import { isAdded } from "../../dist/engines/place.js";
import { CHANNELS, CLASSES, FLAT } from "../architectures.mjs";
import { serve } from "../work.mjs";

const [name, threads, count] = process.argv.slice(2);
const [BATCH, STEPS] = [256, 32];
if (!isAdded("tfjs-node")) {
  console.log(JSON.stringify({ engine: "tfjs-node" }));
  process.exit();
}
const tf = await openTfjs("tfjs-node", Number(threads));
await tf.ready();
const { layers } = tf;
const inputShape = name === "mlp" ? [FLAT] : [STEPS, CHANNELS];
const recurrent = { units: 64, recurrentInitializer: "glorotUniform" };
const conv = { filters: 64, kernelSize: 3, padding: "same", activation: "relu" };
const inner = {
  mlp: () => [
    layers.dense({ units: 256, activation: "relu", inputShape }),
    layers.dense({ units: 128, activation: "relu" }),
  ],
  cnn: () => [layers.conv1d({ ...conv, inputShape }), layers.conv1d(conv), layers.globalAveragePooling1d({})],
  gru: () => [layers.gru({ ...recurrent, inputShape })],
  lstm: () => [layers.lstm({ ...recurrent, inputShape })],
}[name]();
const model = tf.sequential({ layers: [...inner, layers.dense({ units: CLASSES, activation: "softmax" })] });
model.compile({ optimizer: tf.train.adam(1e-3), loss: "categoricalCrossentropy" });
const batches = [0, 1, 2, 3].map(() => ({
  x: tf.randomUniform([BATCH, ...inputShape], -1, 1),
  y: tf.oneHot(tf.randomUniform([BATCH], 0, CLASSES, "int32"), CLASSES),
}));
const train = async (steps) => {
  for (let i = 0; i < steps; i++) await model.trainOnBatch(batches[i % 4].x, batches[i % 4].y);
};
await train(3);
const settings = `tfjs-node ${tf.version.tfjs}, TensorFlow ${tf.backend().binding.TF_Version}, ${threads} threads`;
await serve({ settings }, () => train(Number(count)));

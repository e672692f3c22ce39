import { Rng } from "../dist/base/rng.js";
import { adam } from "../dist/nn/optimizers.js";
import { joinParameters } from "../dist/nn/training/forward.js";
import { MaskFeeds } from "../dist/nn/training/masks.js";
import { Stepper } from "../dist/nn/training/stepper.js";
import { drawInitial } from "../dist/nn/training/train.js";
import { PARAMETERS, trainingGraph } from "../dist/nn/trainingGraph.js";
import { CLASSES, network } from "./architectures.mjs";

/** Steps of a network of architectures.mjs on random batches. @returns `step()`, which gives the loss */
export async function trainerOf(name, { batch, steps, rate, threads }) {
  const { Tensor } = await import("onnxruntime-node");
  const { graph, loss } = network(name, { steps, rate });
  const training = trainingGraph(loss, adam, null);
  const rng = Rng.root(1);
  const numbers = (shape) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  const initial = new Map(training.kept.map(({ name: own, shape }) => [own, numbers(shape)]));
  initial.set(PARAMETERS, joinParameters(training.layout, drawInitial(graph, rng)));
  const stepper = await Stepper.start(training, { optimizer: adam, engine: "ort" }, initial, threads);
  const masks = await MaskFeeds.of(graph.masks);
  const tensor = (shape, data) => new Tensor("float32", data, shape);
  const shape = [batch, ...graph.inputs[0].shape.slice(1)];
  const batches = [0, 1, 2, 3].map(() => {
    const x = numbers(shape).map(() => 2 * rng.uniform() - 1);
    const target = numbers([batch, CLASSES]);
    for (let i = 0; i < batch; i++) target[i * CLASSES + rng.integer(CLASSES)] = 1;
    return {
      x: tensor(shape, x),
      target: tensor([batch, CLASSES], target),
      weight: tensor([batch], numbers([batch]).fill(1)),
    };
  });
  let count = 0;
  return {
    step() {
      const feeds = [batches[count++ % 4], masks.draw(batch, () => rng)];
      return stepper.step(feeds, 1e-3, count, { share: 1, taken: true });
    },
  };
}

import { Rng } from "../dist/base/rng.js";
import { fillMask } from "../dist/nn/fillMask.js";
import { adam, ratesOf } from "../dist/nn/optimizers.js";
import { LOSS, PARAMETERS, RATES, trainingGraph } from "../dist/nn/trainingGraph.js";
import { CLASSES, network } from "./architectures.mjs";

/** Steps of a network of architectures.mjs on random batches. @returns `step()`, which gives the loss */
export async function trainerOf(name, { batch, steps, rate, threads, profile }) {
  const { default: ort } = await import("onnxruntime-node");
  const { graph, loss } = network(name, { steps, rate });
  const training = trainingGraph(loss, adam, null);
  const session = await ort.InferenceSession.create(training.onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
  const rng = Rng.root(1);
  const tensor = (shape, data) => new ort.Tensor("float32", data, shape);
  const zeros = (shape) => tensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
  const buffers = () => Object.fromEntries(training.kept.map(({ name: own, shape }) => [own, zeros(shape)]));
  let [now, next] = [buffers(), buffers()];
  graph.parameters.forEach(({ tensor: { name: own }, initial }, i) => {
    now[PARAMETERS].data.set(initial(rng.fork(own), training.layout[i].size), training.layout[i].at);
  });
  const shape = [batch, ...graph.inputs[0].shape.slice(1)];
  const batches = [0, 1, 2, 3].map(() => {
    const [x, target] = [zeros(shape), zeros([batch, CLASSES])];
    for (let i = 0; i < x.data.length; i++) x.data[i] = 2 * rng.uniform() - 1;
    for (let i = 0; i < batch; i++) target.data[i * CLASSES + rng.integer(CLASSES)] = 1;
    return { x, target, weight: tensor([batch], new Float32Array(batch).fill(1)) };
  });
  const masks = graph.masks.map(({ tensor: { name: own, shape: of }, rate: share }) => ({
    name: own,
    share,
    values: zeros(of.map((dim) => (dim === "n" ? batch : dim))),
    rng: rng.fork(own),
  }));
  const said = zeros([]);
  let count = 0;
  return {
    nodes: graph.nodes.length,
    async step() {
      const feeds = { ...now, ...batches[count++ % 4], [RATES]: tensor([3], ratesOf(adam, 1e-3, count)) };
      for (const { name: own, share, values, rng: stream } of masks) {
        fillMask(values.data, share, stream);
        feeds[own] = values;
      }
      const into = Object.entries(next).map(([own, value]) => [`${own}.next`, value]);
      await session.run(feeds, { [LOSS]: said, ...Object.fromEntries(into) });
      [now, next] = [next, now];
      return said.data[0];
    },
    end: () => (profile === undefined ? undefined : session.endProfiling()),
  };
}

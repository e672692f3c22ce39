import { resolve } from "node:path";
import { Rng } from "#lib/base/rng.js";
import type { Graph, Tensor } from "#lib/nn/graph.js";
import { adam } from "#lib/nn/optimizers.js";
import { size } from "#lib/nn/shape.js";
import type { NetworkEngine } from "#lib/nn/training/openSession.js";
import { Stepper } from "#lib/nn/training/stepper.js";
import { PARAMETERS, trainingGraph } from "#lib/nn/trainingGraph.js";

/** Networks of bench/architectures.mjs from the same first weights and batches, whatever trains them. */
export const names = ["mlp", "cnn", "gru", "lstm", "transformer", "mixed"];

export const STEPS = 50;
export const BATCHES = 5;
export const ROWS = 32;
const WINDOW = 8;
const CLASSES = 5;

interface Bench {
  network(
    name: string,
    options: { readonly steps: number },
  ): { readonly graph: Graph; readonly loss: Tensor };
}

/** A network, its first parameters and some batches. */
export async function setUp(name: string) {
  const { network } = (await import(resolve("bench/architectures.mjs"))) as Bench;
  const made = network(name, { steps: WINDOW });
  const rng = Rng.root(11);
  const parameters = Object.fromEntries(
    made.graph.parameters.map(({ tensor, initial }) => [
      tensor.name,
      { shape: tensor.shape as number[], values: initial(rng.fork(tensor.name), size(tensor.shape)) },
    ]),
  );
  const shape = [ROWS, ...(made.graph.inputs[0].shape.slice(1) as number[])];
  const classes = Array.from({ length: BATCHES * ROWS }, () => rng.integer(CLASSES));
  const x = Float32Array.from({ length: BATCHES * size(shape) }, () => 2 * rng.uniform() - 1);
  const batches = Array.from({ length: BATCHES }, (_, b) => {
    const target = new Float32Array(ROWS * CLASSES);
    for (let i = 0; i < ROWS; i++) target[i * CLASSES + classes[b * ROWS + i]] = 1;
    return { x: x.subarray(b * size(shape), (b + 1) * size(shape)), target };
  });
  return { ...made, parameters, shape, x, classes, batches };
}

export type SetUp = Awaited<ReturnType<typeof setUp>>;

/** Losses of the first steps of Adam. */
export async function train(
  { loss, parameters, shape, batches }: SetUp,
  engine: NetworkEngine = "ort",
  steps = STEPS,
): Promise<number[]> {
  const { Tensor: Values } = await import("onnxruntime-node");
  const graph = trainingGraph(loss, adam, null);
  const carried = new Map(loss.graph.carried.map((each) => [each.tensor.name, each.initial]));
  const initial = new Map(
    graph.kept.map(({ name, shape: own }) => {
      const values = carried.get(name)?.(Rng.root(0), size(own)) ?? new Float32Array(size(own));
      if (name === PARAMETERS)
        for (const place of graph.layout) values.set(parameters[place.name].values, place.at);
      return [name, values] as const;
    }),
  );
  const stepper = await Stepper.start(graph, { optimizer: adam, engine }, initial, 1);
  const tensor = (values: Float32Array, dims: readonly number[]) => new Values("float32", values, dims);
  const weight = tensor(new Float32Array(ROWS).fill(1), [ROWS]);
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const { x, target } = batches[(step - 1) % BATCHES];
    const batch = { x: tensor(x, shape), target: tensor(target, [ROWS, CLASSES]), weight };
    losses.push(await stepper.step([batch], 1e-3, step, { share: 1, taken: true }));
  }
  await stepper.release();
  return losses;
}

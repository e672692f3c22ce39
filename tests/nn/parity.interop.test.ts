import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { differentiate, parametersOf } from "#lib/nn/differentiate.js";
import type { Graph, Tensor } from "#lib/nn/graph.js";
import { adam, ratesOf } from "#lib/nn/optimizers.js";
import { size } from "#lib/nn/shape.js";
import { LOSS, PARAMETERS, RATES, trainingGraph } from "#lib/nn/trainingGraph.js";
import { Evaluator } from "./evaluate.js";

/** A Python with PyTorch. */
const torch = process.env.NIDSLAB_TORCH;
const besideTorch = torch === undefined ? describe.skip : describe;
const reason =
  torch === undefined ? " (skipped: set NIDSLAB_TORCH to a Python that has torch and numpy)" : "";

const STEPS = 50;
const BATCHES = 5;
const ROWS = 32;
const WINDOW = 8;
const CLASSES = 5;

interface Bench {
  network(
    name: string,
    options: { readonly steps: number },
  ): { readonly graph: Graph; readonly loss: Tensor };
}

/** A network, its first parameters and some batches. */
async function setUp(name: string) {
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

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** Losses of PyTorch, and the gradients of its first step by our names and in our order. */
function pytorch(name: string, { parameters, shape, x, classes }: SetUp) {
  const plain = Object.fromEntries(
    Object.entries(parameters).map(([key, { values, ...rest }]) => [key, { ...rest, values: [...values] }]),
  );
  const input = {
    name,
    parameters: plain,
    steps: STEPS,
    classes,
    x: { shape: [BATCHES, ...shape], values: [...x] },
  };
  const { status, stdout, stderr } = spawnSync(torch!, [resolve("tests/nn/parity.py")], {
    input: JSON.stringify(input),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "passive", PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (status !== 0) throw new Error(`parity.py failed: ${stderr}`);
  return JSON.parse(stdout) as { losses: number[]; gradients: Record<string, number[]> };
}

/** Losses of as many steps of ours. */
async function train({ loss, parameters, shape, batches }: SetUp): Promise<number[]> {
  const ort = await import("onnxruntime-node");
  const graph = trainingGraph(loss, adam, null);
  const session = await ort.InferenceSession.create(graph.onnx, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const tensor = (values: Float32Array, dims: readonly number[]) => new ort.Tensor("float32", values, dims);
  const carried = new Map(loss.graph.carried.map((each) => [each.tensor.name, each.initial]));
  let kept = Object.fromEntries(
    graph.kept.map(({ name, shape: own }) => {
      const values = carried.get(name)?.(Rng.root(0), size(own)) ?? new Float32Array(size(own));
      if (name === PARAMETERS)
        for (const place of graph.layout) values.set(parameters[place.name].values, place.at);
      return [name, tensor(values, own)];
    }),
  );
  const losses: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const { x, target } = batches[(step - 1) % BATCHES];
    const said = await session.run({
      ...kept,
      x: tensor(x, shape),
      target: tensor(target, [ROWS, CLASSES]),
      weight: tensor(new Float32Array(ROWS).fill(1), [ROWS]),
      [RATES]: tensor(ratesOf(adam, 1e-3, step), [3]),
    });
    losses.push((said[LOSS].data as Float32Array)[0]);
    kept = Object.fromEntries(Object.keys(kept).map((name) => [name, said[`${name}.next`]])) as typeof kept;
  }
  return losses;
}

async function gradientsOf({
  graph,
  loss,
  parameters,
  batches,
}: SetUp): Promise<Record<string, Float32Array>> {
  const evaluator = await Evaluator.of(graph, differentiate(loss, parametersOf(graph)), ROWS);
  const gradients = await evaluator.outputs({
    ...Object.fromEntries(Object.entries(parameters).map(([name, { values }]) => [name, values])),
    ...Object.fromEntries(
      graph.carried.map(({ tensor, initial }) => [tensor.name, initial(Rng.root(0), size(tensor.shape))]),
    ),
    ...batches[0],
    weight: new Float32Array(ROWS).fill(1),
  });
  return Object.fromEntries(graph.parameters.map(({ tensor }, i) => [tensor.name, gradients[i]]));
}

besideTorch(`networks beside PyTorch${reason}`, () => {
  it.each(["mlp", "cnn", "gru", "lstm", "transformer", "mixed"])(
    "%s: the same gradients to 1e-5 of the largest, and the same loss over 50 steps to 1e-4",
    async (name) => {
      const one = await setUp(name);
      const theirs = pytorch(name, one);
      const gradients = await gradientsOf(one);
      for (const [parameter, values] of Object.entries(gradients)) {
        const expected = theirs.gradients[parameter];
        const largest = Math.max(...expected.map(Math.abs), 1e-3);
        const off = Math.max(...expected.map((each, i) => Math.abs(each - values[i])));
        expect(off / largest, parameter).toBeLessThan(1e-5);
      }
      // Another set-up: the gradient's nodes are in the graph of the first.
      const losses = await train(await setUp(name));
      losses.forEach((loss, step) => {
        expect(Math.abs(loss - theirs.losses[step]), `loss of step ${step + 1}`).toBeLessThan(1e-4);
      });
      // Of the same batch: the network learns.
      expect(losses.at(-1)).toBeLessThan(losses[BATCHES - 1]);
    },
    120_000,
  );
});

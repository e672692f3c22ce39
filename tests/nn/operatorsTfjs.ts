import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { TfjsEngine } from "#lib/engines/javascript.js";
import { Graph, type Tensor } from "#lib/nn/graph.js";
import { dense } from "#lib/nn/layers/dense.js";
import { embedding } from "#lib/nn/layers/embedding.js";
import { crossEntropy } from "#lib/nn/losses.js";
import * as elementwise from "#lib/nn/ops/elementwise.js";
import { size } from "#lib/nn/shape.js";
import { Stepper } from "#lib/nn/training/stepper.js";
import { drawInitial } from "#lib/nn/training/train.js";
import { PARAMETERS, trainingGraph } from "#lib/nn/trainingGraph.js";
import { readOnnx } from "#lib/onnx/reader.js";

/** Operators that the networks of the parity suite do not reach, and a network that has them. */
const reached: readonly {
  readonly ops: readonly string[];
  readonly of?: (x: Tensor) => Tensor;
  readonly clip?: number;
}[] = [
  { ops: ["Erf"], of: elementwise.erf },
  { ops: ["LeakyRelu"], of: (x) => elementwise.leakyRelu(x, 0.2) },
  { ops: ["Pow"], of: (x) => elementwise.power(elementwise.add(elementwise.mul(x, x), 0.5), 1.5) },
  { ops: ["Min"], clip: 0.05 },
  // A row of the table that several rows of the batch read, and one that none does.
  {
    ops: ["Gather", "ScatterND"],
    of: (x) => elementwise.add(x, embedding("table", x.graph.input("places", ["n"], "int64"), 5, 6)),
  },
];

const ROWS = 7;

/** Parameters and losses of three steps. */
async function trained({ ops, of, clip }: (typeof reached)[number], engine: "ort" | TfjsEngine) {
  const { Tensor: Values } = await import("onnxruntime-node");
  const graph = new Graph();
  const x = graph.input("x", ["n", 4]);
  const target = graph.input("target", ["n", 3]);
  const weight = graph.input("weight", ["n"]);
  const hidden = dense("hidden", x, 6);
  const logits = dense("output", of?.(hidden) ?? hidden, 3);
  const optimizer = { type: "sgd", momentum: 0.9, weight_decay: 0 } as const;
  const training = trainingGraph(crossEntropy(logits, target, weight), optimizer, clip ?? null);
  const nodes = new Set(readOnnx(training.onnx).nodes.map(({ op }) => op));
  expect(ops.filter((op) => !nodes.has(op))).toEqual([]);
  const drawn = drawInitial(graph, Rng.root(3));
  const initial = new Map(
    training.kept.map(({ name, shape }) => {
      const values = new Float32Array(size(shape));
      if (name === PARAMETERS)
        for (const { name: own, at } of training.layout) values.set(drawn.get(own)!, at);
      return [name, values] as const;
    }),
  );
  const stepper = await Stepper.start(training, { optimizer, engine }, initial, 1);
  const rng = Rng.root(4);
  const random = (n: number) => Float32Array.from({ length: n }, () => 2 * rng.uniform() - 1);
  const losses: number[] = [];
  for (let step = 1; step <= 3; step++) {
    const classes = new Float32Array(3 * ROWS);
    for (let i = 0; i < ROWS; i++) classes[3 * i + rng.integer(3)] = 1;
    const feeds = {
      x: new Values("float32", random(4 * ROWS), [ROWS, 4]),
      target: new Values("float32", classes, [ROWS, 3]),
      weight: new Values("float32", new Float32Array(ROWS).fill(1), [ROWS]),
      ...(ops.includes("Gather")
        ? { places: new Values("int64", BigInt64Array.of(0n, 1n, 1n, 3n, 1n, 4n, 0n), [ROWS]) }
        : {}),
    };
    losses.push(await stepper.step([feeds], 0.1, step, { share: 1, taken: true }));
  }
  const parameters = Float32Array.from(stepper.kept[PARAMETERS].data as Float32Array);
  await stepper.release();
  return { losses, parameters };
}

/** @param engine of which there is one to a process */
export function operatorsBeside(engine: TfjsEngine): void {
  it.each(reached)("$ops: the same steps as ONNX Runtime's, to 1e-5", async (network) => {
    const [ours, theirs] = [await trained(network, "ort"), await trained(network, engine)];
    expect(new Set(ours.losses).size).toBe(3);
    theirs.losses.forEach((loss, i) => {
      expect(Math.abs(loss - ours.losses[i])).toBeLessThan(1e-5);
    });
    theirs.parameters.forEach((value, i) => {
      expect(Math.abs(value - ours.parameters[i])).toBeLessThan(1e-5);
    });
  });
}

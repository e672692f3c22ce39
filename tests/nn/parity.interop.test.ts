import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { differentiate, parametersOf } from "#lib/nn/differentiate.js";
import { size } from "#lib/nn/shape.js";
import { Evaluator } from "./evaluate.js";
import { BATCHES, names, ROWS, type SetUp, STEPS, setUp, train } from "./parity.js";

/** A Python with PyTorch. */
const torch = process.env.NIDSLAB_TORCH;
const besideTorch = torch === undefined ? describe.skip : describe;
const reason =
  torch === undefined ? " (skipped: set NIDSLAB_TORCH to a Python that has torch and numpy)" : "";

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
  it.each(names)(
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

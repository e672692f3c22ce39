import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { macroF1 } from "#lib/eval/confusion.js";
import { NUMBERS, rowBatches, TARGET } from "#lib/models/neural/rowBatches.js";
import { confusion } from "#lib/models/search/score.js";
import { dense } from "#lib/nn/layers/dense.js";
import { crossEntropy } from "#lib/nn/losses.js";
import { relu } from "#lib/nn/ops/elementwise.js";
import { adam } from "#lib/nn/optimizers.js";
import { Checkpoints } from "#lib/nn/training/checkpoint.js";
import { type Network, WEIGHT } from "#lib/nn/training/network.js";
import { learningRateAt } from "#lib/nn/training/schedule.js";
import { type TrainingSettings, type TrainingTask, trainNetwork } from "#lib/nn/training/train.js";
import { Scratch } from "#lib/table/storedMatrix.js";
import { madeNumbers } from "../../checks/made.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();

const network: Network = (graph) => {
  const x = graph.input(NUMBERS, ["n", 4]);
  const target = graph.input(TARGET, ["n", 3]);
  const weight = graph.input(WEIGHT, ["n"]);
  const output = dense("out", relu(dense("hidden", x, 16)), 3);
  return { output, loss: crossEntropy(output, target, weight) };
};

const settings: TrainingSettings = {
  engine: "ort",
  optimizer: adam,
  learningRate: 0.03,
  schedule: "cosine",
  batch: 64,
  accumulate: 1,
  clip: null,
  epochs: 6,
  patience: null,
};

/** @param scratch where the rows lie; left out: in memory */
async function source(rows: number, seed = 1, scratch?: Scratch) {
  const { X, y } = madeNumbers({ rows, columns: 4, classes: 3, seed });
  const target = { classes: 3, y, weights: Float64Array.of(1, 1, 1) };
  const writer = scratch?.writer(4);
  writer?.add(X);
  return { y, batches: await rowBatches({ numbers: writer?.finish() ?? X, places: [] }, target) };
}

async function task(more: Partial<TrainingTask> = {}): Promise<TrainingTask> {
  const { batches } = await source(1000);
  const watched = await source(500, 2);
  return {
    model: "test",
    network,
    train: batches,
    validation: {
      source: watched.batches,
      score: { name: "validation_macro_f1", of: (output) => macroF1(confusion(output, 3, watched.y)) },
    },
    settings,
    rng: Rng.root(5),
    threads: 1,
    log: () => undefined,
    ...more,
  };
}

it("learns, keeps the best epoch, and says of each what it found", async () => {
  const { history, summary } = await trainNetwork(await task());
  expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(Object.keys(history[0])).toEqual([
    "epoch",
    "train_loss",
    "validation_loss",
    "validation_macro_f1",
    "learning_rate",
    "best_epoch",
  ]);
  const scores = history.map((row) => row.validation_macro_f1);
  expect(Math.max(...scores)).toBeGreaterThan(0.85);
  expect(scores[summary.best_epoch - 1]).toBe(Math.max(...scores));
  expect(summary).toMatchObject({
    epochs: 6,
    steps: 96,
    stopped: "epochs",
    parameters: 4 * 16 + 16 + 16 * 3 + 3,
  });
});

it("keeps the epoch of the smallest loss where it is told to", async () => {
  // A score that is largest at once, so that the two rules differ.
  const watched = await source(500, 2);
  let asked = 0;
  const falling = { name: "falling", of: () => -asked++ };
  const by = async (what: "score" | "loss") =>
    (await trainNetwork(await task({ validation: { source: watched.batches, score: falling, by: what } })))
      .history;
  const byLoss = await by("loss");
  const losses = byLoss.map((row) => row.validation_loss);
  expect(byLoss[5].best_epoch).toBe(losses.indexOf(Math.min(...losses)) + 1);
  expect(byLoss[5].best_epoch).toBeGreaterThan(1);
  expect(byLoss[5].falling).toBe(-5);
  expect((await by("score"))[5].best_epoch).toBe(1);
});

it("gives the same values again, for any number of threads", async () => {
  const one = await trainNetwork(await task());
  const two = await trainNetwork(await task({ threads: 2 }));
  expect(two).toEqual(one);
});

it("four batches of a quarter make the step of a whole one", async () => {
  const whole = { ...settings, batch: 100, epochs: 2, clip: 0.5 };
  const one = await trainNetwork(await task({ settings: whole }));
  const parts = await trainNetwork(await task({ settings: { ...whole, batch: 25, accumulate: 4 } }));
  expect(parts.summary.steps).toBe(one.summary.steps);
  for (const [name, values] of one.values)
    values.forEach((value, i) => {
      expect(parts.values.get(name)![i]).toBeCloseTo(value, 4);
    });
});

it("a last step of fewer batches weighs them as a whole", async () => {
  const few = { ...settings, batch: 100, accumulate: 10, epochs: 1 };
  const { batches } = await source(250);
  const parts = await trainNetwork(
    await task({ train: batches, settings: { ...few, batch: 125, accumulate: 3 } }),
  );
  const one = await trainNetwork(
    await task({ train: batches, settings: { ...few, batch: 250, accumulate: 1 } }),
  );
  expect(parts.summary.steps).toBe(1);
  for (const [name, values] of one.values)
    values.forEach((value, i) => {
      expect(parts.values.get(name)![i]).toBeCloseTo(value, 4);
    });
});

it("stops when no epoch has been better for so long as patience says", async () => {
  const slow = { ...settings, learningRate: 1e-12, epochs: 50, patience: 3 };
  const { history, summary } = await trainNetwork(
    await task({
      settings: slow,
      validation: { source: (await source(20)).batches, score: { name: "flat", of: () => 0.5 } },
    }),
  );
  expect(summary.stopped).toBe("patience");
  expect(history.length - summary.best_epoch).toBe(3);
});

it("keeps the last epoch where no rows can tell", async () => {
  const { summary } = await trainNetwork(await task({ validation: undefined }));
  expect(summary).toMatchObject({ best_epoch: 6, validation_loss: null });
});

it("an operator without a derivative is named before a step is taken", async () => {
  const { batches } = await source(10);
  let fed = 0;
  const feeds = (rows: Int32Array) => {
    fed++;
    return batches.feeds(rows);
  };
  const train = { ...batches, feeds };
  const stepped: Network = (graph) => {
    const { output } = network(graph);
    const rounded = graph.node("Round", [output], output.shape);
    const target = graph.input("rounded", ["n", 3]);
    return { output, loss: crossEntropy(rounded, target, graph.input("weights", ["n"])) };
  };
  await expect(trainNetwork(await task({ network: stepped, train }))).rejects.toThrow(
    "nn: operator Round has no derivative; it cannot be trained through.",
  );
  expect(fed).toBe(0);
});

it("a loss that is no number ends it, with the step and the learning rate", async () => {
  const wild = { ...settings, learningRate: 1e30, schedule: "constant" as const };
  await expect(trainNetwork(await task({ settings: wild }))).rejects.toThrow(
    /test: the loss is (NaN|-?Infinity) at step \d+ \(epoch 1\), learning rate 1e\+30\. Lower/,
  );
});

it("the learning rate rises over 5% of the steps and falls to 0", () => {
  const rates = Array.from({ length: 100 }, (_, i) => learningRateAt("cosine", 1, i + 1, 100));
  expect(rates.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(rates[52]).toBeCloseTo(0.5, 1);
  expect(rates[99]).toBeCloseTo(0, 12);
  expect(learningRateAt("constant", 0.3, 1, 100)).toBe(0.3);
});

it("goes on from a checkpoint after any epoch to the same values", async () => {
  const undisturbed = await trainNetwork(await task());
  for (const after of [1, 4]) {
    const checkpoints = new Checkpoints(join(folder.path, `after-${after}`));
    let written = 0;
    const ending = new Proxy(checkpoints, {
      get: (target, key: keyof Checkpoints) =>
        key !== "write"
          ? target[key].bind(target)
          : (hash: string, checkpoint: never) => {
              target.write(hash, checkpoint);
              if (++written === after) throw new Error("killed");
            },
    });
    await expect(trainNetwork(await task({ checkpoints: ending }))).rejects.toThrow("killed");
    const lines: string[] = [];
    // Where the rows lie makes no difference.
    const scratch = new Scratch(folder.path, 4000);
    const { batches: train } = await source(1000, 1, scratch);
    const log = (line: string) => lines.push(line);
    const resumed = await trainNetwork(await task({ checkpoints, log, train }));
    scratch.close();
    expect(lines[0]).toBe(`test: goes on after epoch ${after} of 6, from its checkpoint`);
    expect(resumed).toEqual(undisturbed);
    checkpoints.clear();
    expect(existsSync(join(folder.path, `after-${after}`))).toBe(false);
  }
});

it("takes no checkpoint of other rows or settings", async () => {
  const checkpoints = new Checkpoints(join(folder.path, "other"));
  await trainNetwork(await task({ checkpoints }));
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await trainNetwork(await task({ checkpoints, log, train: (await source(999)).batches }));
  await trainNetwork(await task({ checkpoints, log, settings: { ...settings, learningRate: 0.02 } }));
  expect(lines.filter((line) => line.includes("goes on"))).toEqual([]);
});

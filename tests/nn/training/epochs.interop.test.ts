import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Rows } from "#lib/models/contract.js";
import { sequenceOf, sequenceRows, stepsOf } from "#lib/models/neural/sequence/steps.js";
import { definition, type TransformerParams, transformer } from "#lib/models/neural/sequence/transformer.js";
import { Graph } from "#lib/nn/graph.js";
import { dense } from "#lib/nn/layers/dense.js";
import { MaskFeeds } from "#lib/nn/training/masks.js";
import { drawInitial } from "#lib/nn/training/train.js";

/** A Python with PyTorch. */
const torch = process.env.NIDSLAB_TORCH;
const besideTorch = torch === undefined ? describe.skip : describe;
const reason =
  torch === undefined ? " (skipped: set NIDSLAB_TORCH to a Python that has torch and numpy)" : "";

const [LENGTH, COLUMNS] = [6, 5];
const SEED = 3;
const EPOCHS = 3;
/** The last batch of an epoch is a short one. */
const [ROWS, BATCH] = [90, 32];

/** Windows of one to LENGTH rows, padded in front; an attack is above its own mean in the last row. */
function windows(rows: number, rng: Rng): Rows {
  const data = new Float32Array(rows * LENGTH * COLUMNS);
  const y = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const absent = rng.integer(LENGTH);
    for (let step = 0; step < LENGTH; step++)
      for (let j = 0; j < COLUMNS; j++)
        data[(row * LENGTH + step) * COLUMNS + j] = step < absent ? Number.NaN : 2 * rng.uniform() - 1;
    const last = data.subarray(((row + 1) * LENGTH - 1) * COLUMNS, (row + 1) * LENGTH * COLUMNS);
    y[row] = last.reduce((sum, x) => sum + x, 0) > 0 ? 1 : 0;
  }
  const X = { rows, columns: LENGTH * COLUMNS, data };
  return { X, y, features: [], classes: ["benign", "attack"], window: LENGTH };
}

interface Epoch {
  readonly train_loss: number;
  readonly validation_loss: number;
}

/** PyTorch's epochs, told everything that the loop draws. */
async function pytorch(chosen: TransformerParams, train: Rows, validation: Rows): Promise<Epoch[]> {
  const rng = Rng.root(SEED);
  const graph = new Graph();
  const steps = stepsOf(train);
  dense("output", transformer.vector(sequenceOf(graph, steps), chosen), 2);
  const values = drawInitial(graph, rng.fork("initial"));
  const masks = await MaskFeeds.of(graph.masks);
  const epochs = Array.from({ length: EPOCHS }, (_, e) => {
    const order = rng
      .fork("order")
      .fork(e + 1)
      .shuffle([...Array(ROWS).keys()]);
    return Array.from({ length: Math.ceil(ROWS / BATCH) }, (_, b) => {
      const rows = order.slice(b * BATCH, (b + 1) * BATCH);
      const drawn = masks.draw(rows.length, () =>
        rng
          .fork("dropout")
          .fork(e + 1)
          .fork(b + 1),
      );
      return {
        rows,
        masks: graph.masks.map(({ tensor: { name } }) => {
          const { data, dims } = drawn[name];
          return { shape: dims, values: [...(data as Float32Array)] };
        }),
      };
    });
  });
  const plain = ({ X, y }: Rows) => ({
    x: { shape: [X.rows, LENGTH, COLUMNS + 1], values: [...sequenceRows(steps, X).numbers.data] },
    y: [...y],
  });
  const input = {
    ...chosen,
    ...{ epochs, train: plain(train), validation: plain(validation) },
    parameters: Object.fromEntries(
      graph.parameters.map(({ tensor: { name, shape } }) => [
        name,
        { shape, values: [...values.get(name)!] },
      ]),
    ),
  };
  const { status, stdout, stderr } = spawnSync(torch!, [resolve("tests/nn/training/epochs.py")], {
    input: JSON.stringify(input),
    encoding: "utf8",
    env: { ...process.env, OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "passive", PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (status !== 0) throw new Error(`epochs.py failed: ${stderr}`);
  return JSON.parse(stdout) as Epoch[];
}

besideTorch(`epochs of the transformer beside PyTorch${reason}`, () => {
  it.each(["first", "last"])(
    "norm: %s: the same losses to 1e-5, with padding, dropout, clipping and a short batch",
    async (norm) => {
      const chosen = transformer.params.parse({
        ...{ norm, width: 8, heads: 2, feed_forward: 16, learning_rate: 0.01, schedule: "constant" },
        ...{ batch: BATCH, clip: 0.5, epochs: EPOCHS, patience: null },
      });
      const [train, validation] = [windows(ROWS, Rng.root(1)), windows(40, Rng.root(2))];
      const expected = await pytorch(chosen, train, validation);
      const { history } = await definition
        .create(chosen)
        .fit(train, { validation, rng: Rng.root(SEED), workers: 1, log: () => undefined });
      expected.forEach((epoch, e) => {
        for (const loss of ["train_loss", "validation_loss"] as const)
          expect(Math.abs(history![e][loss] - epoch[loss]), `${loss} of epoch ${e + 1}`).toBeLessThan(1e-5);
      });
      // It learns: what agrees is no standstill.
      expect(expected.at(-1)!.train_loss).toBeLessThan(expected[0].train_loss - 0.01);
    },
    120_000,
  );
});

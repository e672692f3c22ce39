import { z } from "zod";
import { hashBytes } from "../../../base/hash.js";
import { canonicalJson } from "../../../base/json.js";
import type { Graph, Tensor } from "../../../nn/graph.js";
import { normal } from "../../../nn/initial.js";
import { dense } from "../../../nn/layers/dense.js";
import { add, div, maximum, minus, mul, sub } from "../../../nn/ops/elementwise.js";
import { reshape, slice } from "../../../nn/ops/layout.js";
import { mean, sum } from "../../../nn/ops/reduce.js";
import { product } from "../../../nn/shape.js";
import type { BatchPlace, BatchSource, Feeds, NetworkOutputs } from "../../../nn/training/network.js";
import { type TrainedNetwork, trainNetwork } from "../../../nn/training/train.js";
import type { FitContext, Matrix } from "../../contract.js";
import { weightInput } from "../layers.js";
import { type NetworkParams, settingsOf } from "../networkParams.js";
import { networkRowsOf, rowBatches } from "../rowBatches.js";
import { type Sequence, type Steps, sequenceOf, sequenceRows } from "./steps.js";

/** `pretrain` of a model of windows. */
export const pretrainParam = z
  .strictObject({
    epochs: z.int().min(1).max(10_000).describe("passes over the training rows before those with labels"),
    mask: z.number().gt(0).lt(1).default(0.15).describe("share of the rows of a window that are hidden"),
  })
  .nullable()
  .default(null)
  .describe("first learn, without labels, to tell the hidden rows of a window from the others; null: not");
export type PretrainParams = z.infer<typeof pretrainParam>;

/** The input that says which rows of a window are hidden: [n, T], 1 or 0. */
const MASKED = "masked";

/** A model of windows that can be trained on hidden rows. */
export interface MaskedModel {
  readonly model: string;
  readonly steps: Steps;
  /** [n, T, width] of windows whose rows are hidden where `masked` [n, T] is 1. */
  readonly perStep: (sequence: Sequence, masked: Tensor) => Tensor;
}

/** n × T × d, a learned token in the place of hidden rows: their places in the window stay known. */
export function withMaskToken(x: Tensor, masked: Tensor): Tensor {
  const [n, steps, width] = x.shape;
  const token = x.graph.parameter("masked.token", [1, 1, width as number], normal(0.02));
  const hidden = reshape(masked, [n, steps, 1]);
  return add(mul(x, minus(1, hidden)), mul(hidden, token));
}

/**
 * First values of a model's weights: a dense layer behind each place of a window learns what the hidden rows were, by the
 * squared error over their numbers. Which rows are hidden is drawn anew for each batch; rows that there are not do not
 * count. Source: Devlin et al. 2019, BERT, arXiv:1810.04805, section 3.1, without its random and kept tokens; of numbers:
 * Zerveas et al. 2021, arXiv:2010.02803.
 * @param X the windows, n × T·d
 */
export async function pretrained(
  { model, steps, perStep }: MaskedModel,
  { epochs, mask }: NonNullable<PretrainParams>,
  chosen: NetworkParams,
  X: Matrix,
  { rng, workers, log, checkpoints }: FitContext,
): Promise<TrainedNetwork> {
  const rows = await rowBatches(
    networkRowsOf(X, (block) => sequenceRows(steps, block)),
    "none",
  );
  return trainNetwork({
    model: `${model}, pre-training`,
    network: (graph) => rebuiltRows(graph, steps, perStep),
    train: await maskedBatches(rows, steps.length, mask),
    settings: { ...settingsOf(chosen), epochs, patience: null },
    ...{ rng: rng.fork("pretrain"), threads: workers, log },
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
}

/** Rows of history.csv: the epochs of pre-training, then the others; a loss of another kind has a column of its own. */
export function joinedHistory(
  before: TrainedNetwork["history"],
  after: TrainedNetwork["history"],
): TrainedNetwork["history"] {
  return [
    ...before.map(({ epoch, train_loss, learning_rate, best_epoch }) => ({
      ...Object.fromEntries(Object.keys(after[0]).map((name) => [name, Number.NaN])),
      ...{ epoch, learning_rate, best_epoch, masked_loss: train_loss, pretraining: 1 },
    })),
    ...after.map((row) => ({
      ...row,
      epoch: before.length + row.epoch,
      best_epoch: before.length + row.best_epoch,
      masked_loss: Number.NaN,
      pretraining: 0,
    })),
  ];
}

function rebuiltRows(graph: Graph, steps: Steps, perStep: MaskedModel["perStep"]): NetworkOutputs {
  const sequence = sequenceOf(graph, steps);
  const { length, width } = steps;
  const masked = graph.input(MASKED, ["n", length]);
  const h = perStep(sequence, masked);
  const rows = product([h.shape[0], length]);
  const output = dense("rebuilt", reshape(h, [rows, h.shape[2]]), width);
  const difference = sub(output, reshape(slice(sequence.x, 2, 0, width), [rows, width]));
  const errors = reshape(mean(mul(difference, difference), [1]), ["n", length]);
  const counted = mul(mul(masked, sequence.mask), reshape(weightInput(graph), ["n", 1]));
  // A batch may have no hidden row.
  const loss = div(sum(mul(errors, counted), null), maximum(sum(counted, null), 1));
  return { output, loss };
}

/** Batches of windows, and which of their rows are hidden. */
async function maskedBatches(source: BatchSource, length: number, share: number): Promise<BatchSource> {
  const { Tensor } = await import("onnxruntime-node");
  const known = new Map<number, Float32Array>();
  const masksOf = (rows: Int32Array, place: BatchPlace | undefined): Feeds => {
    const masked = known.get(rows.length) ?? new Float32Array(rows.length * length);
    known.set(rows.length, masked);
    masked.fill(0);
    if (place !== undefined) {
      const drawn = new Uint32Array(masked.length);
      place.rng.fork(place.epoch).fork(place.batch).fill(drawn);
      for (let at = 0; at < drawn.length; at++) masked[at] = drawn[at] < share * 2 ** 32 ? 1 : 0;
    }
    return { [MASKED]: new Tensor("float32", masked, [rows.length, length]) };
  };
  const withMasks =
    (batches: Pick<BatchSource, "feeds">): BatchSource["feeds"] =>
    (rows, place) => ({ ...batches.feeds(rows, place), ...masksOf(rows, place) });
  const { fromTables } = source;
  return {
    rows: source.rows,
    ...(fromTables === undefined
      ? {}
      : { fromTables: { tables: fromTables.tables, feeds: withMasks(fromTables) } }),
    feeds: withMasks(source),
    expect: source.expect,
    hash: () => hashBytes(`${source.hash()}${canonicalJson({ length, share })}`),
  };
}

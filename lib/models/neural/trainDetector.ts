import type { Network } from "../../nn/training/network.js";
import type { Kept } from "../../nn/training/stepper.js";
import { type TrainedNetwork, trainNetwork } from "../../nn/training/train.js";
import type { FitContext, Matrix } from "../contract.js";
import { type NetworkParams, settingsOf } from "./networkParams.js";
import { rowBatches, type SwapNoise } from "./rowBatches.js";

/** A network that learns from benign rows what they are like. */
export interface BenignTask {
  readonly model: string;
  readonly network: Network;
  /** Rows that train. */
  readonly train: Matrix;
  /** Rows whose loss decides the epoch; none: the last one is kept. */
  readonly held: Matrix;
  readonly params: NetworkParams;
  /** With it the network has an input TARGET: the rows as they were. */
  readonly noise?: SwapNoise | null;
  readonly initial?: Kept;
}

/** Train it on rows without categories or missing values. */
export async function trainOnBenign(
  { model, network, train, held, params, noise = null, initial }: BenignTask,
  { rng, workers, log, checkpoints }: FitContext,
): Promise<TrainedNetwork> {
  const batches = (numbers: Matrix, swapped: SwapNoise | null) =>
    rowBatches({ numbers, places: [] }, noise === null ? "none" : "row", swapped);
  return trainNetwork({
    ...{ model, network, settings: settingsOf(params), rng, log, threads: workers },
    train: await batches(train, noise),
    ...(held.rows === 0 ? {} : { validation: { source: await batches(held, null) } }),
    ...(initial === undefined ? {} : { initial }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
}

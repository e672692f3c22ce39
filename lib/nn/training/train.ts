import { stopwatch } from "../../base/cost.js";
import { DataError } from "../../base/errors.js";
import { hashBytes } from "../../base/hash.js";
import { canonicalJson } from "../../base/json.js";
import type { Rng } from "../../base/rng.js";
import { Graph } from "../graph.js";
import { type Optimizer, slotNames } from "../optimizers.js";
import { size } from "../shape.js";
import { PARAMETERS, type TrainingGraph, trainingGraph } from "../trainingGraph.js";
import type { Checkpoints } from "./checkpoint.js";
import { Forward, joinParameters } from "./forward.js";
import { MaskFeeds } from "./masks.js";
import type { BatchSource, Feeds, Network, NetworkOutputs } from "./network.js";
import type { NetworkEngine } from "./openSession.js";
import { progressLine } from "./progress.js";
import { learningRateAt, type Schedule } from "./schedule.js";
import { type Kept, Stepper } from "./stepper.js";

/** How a network is trained. */
export interface TrainingSettings {
  readonly engine: NetworkEngine;
  readonly optimizer: Optimizer;
  /** The highest one. */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** Rows of a batch. */
  readonly batch: number;
  /** Batches whose gradients make a step. */
  readonly accumulate: number;
  /** The longest gradient; null: as it is. */
  readonly clip: number | null;
  readonly epochs: number;
  /** Epochs without a better one after which it stops; null: never. */
  readonly patience: number | null;
}

/** Rows that decide which epoch is kept, and when it stops. */
export interface Watched {
  readonly source: BatchSource;
  /** What the history tells beside the loss, called `name`. null: undefined on these rows. */
  readonly score?: { readonly name: string; readonly of: (output: Float32Array) => number | null };
  /** What is best: the largest score, or the smallest loss. Without a score: the loss. */
  readonly by?: "score" | "loss";
}

export interface TrainingTask {
  /** Whose network it is, in messages. */
  readonly model: string;
  readonly network: Network;
  readonly train: BatchSource;
  readonly validation?: Watched;
  readonly settings: TrainingSettings;
  /** First values of parameters, by name, in place of drawn ones. */
  readonly initial?: Kept;
  readonly rng: Rng;
  readonly threads: number;
  readonly log: (line: string) => void;
  readonly checkpoints?: Checkpoints;
}

export interface TrainedNetwork {
  /** Parameters, and what else is carried, of the epoch that is kept. */
  readonly values: Kept;
  /** A row an epoch. */
  readonly history: readonly Readonly<Record<string, number>>[];
  readonly summary: {
    readonly parameters: number;
    /** Where it was not ONNX Runtime. */
    readonly engine?: NetworkEngine;
    readonly epochs: number;
    /** The epoch that is kept. */
    readonly best_epoch: number;
    readonly steps: number;
    readonly stopped: "patience" | "epochs";
    readonly train_loss: number;
    readonly validation_loss: number | null;
  };
}

/**
 * The one training loop. Batches are drawn from a shuffle of the rows for each epoch; after it the validation rows are
 * looked at, and a checkpoint is written. Everything random has a stream of its own for each epoch or batch, so a training
 * that goes on from a checkpoint gives the same bytes as one that was never stopped.
 * @throws DataError when the loss is no number any more
 */
export async function trainNetwork(task: TrainingTask): Promise<TrainedNetwork> {
  const { network, settings, rng, threads } = task;
  // Other engines would take in whole tables at every step.
  const batches = settings.engine === "ort" ? (task.train.fromTables ?? task.train) : task.train;
  const built = network(new Graph());
  const graph = stepOf(built, settings, "tables" in batches ? batches.tables : []);
  const drawn = initialValues(built.loss.graph, graph, rng.fork("initial"), task.initial);
  const hash = task.checkpoints === undefined ? "" : inputsHash(task, drawn);
  const { progress, kept } = resumed(task, hash) ?? { progress: beginning(), kept: drawn };
  const validation =
    task.validation !== undefined && task.validation.source.rows > 0 ? task.validation : null;
  const forward = validation === null ? null : await Forward.start(network(new Graph(false)), threads);
  const stepper = await Stepper.start(graph, settings, kept, threads);
  const masks = await MaskFeeds.of(built.loss.graph.masks);
  let { best } = progress;
  try {
    const clock = stopwatch();
    const report = progressLine(task, progress.history.length, clock);
    while (progress.history.length < settings.epochs && progress.stopped === null) {
      const epoch = progress.history.length + 1;
      const passed = await pass(task, { batches, stepper, masks }, epoch);
      const row: Record<string, number> = { epoch, train_loss: passed.loss };
      let score: number | null = null;
      if (validation !== null && forward !== null) {
        const { source, score: wanted } = validation;
        if (wanted === undefined)
          row.validation_loss = await forward.each(stepper.kept, source, () => undefined);
        else {
          const said = await forward.run(stepper.kept, source);
          row.validation_loss = said.loss;
          score = wanted.of(said.output);
          if (score !== null) row[wanted.name] = score;
        }
      }
      row.learning_rate = passed.learningRate;
      const standing = {
        score: validation?.by === "loss" ? null : score,
        loss: validation === null ? null : row.validation_loss,
      };
      if (best === null || isBetter(standing, progress.standing)) {
        best = copied(stepper.kept, graph, slotNames(settings.optimizer));
        progress.bestEpoch = epoch;
        progress.standing = standing;
      }
      row.best_epoch = progress.bestEpoch;
      progress.history.push(row);
      if (settings.patience !== null && epoch - progress.bestEpoch >= settings.patience)
        progress.stopped = "patience";
      progress.best = best;
      task.checkpoints?.write(hash, checkpointOf(progress, stepper.kept));
      report(row, progress.stopped !== null || epoch === settings.epochs);
    }
  } finally {
    await stepper.release();
    await forward?.release();
  }
  return finished(progress, graph, settings, task.train.rows);
}

/** @param tables see TrainingGraphOptions */
function stepOf(
  { loss }: NetworkOutputs,
  { optimizer, clip, accumulate }: TrainingSettings,
  tables: readonly string[],
): TrainingGraph {
  return trainingGraph(loss, optimizer, clip, { gathers: accumulate > 1, tables });
}

/** Where a training stands. */
interface Progress {
  readonly history: Record<string, number>[];
  bestEpoch: number;
  standing: Standing;
  stopped: "patience" | null;
  best: Kept | null;
}

/** How good an epoch is: null where there are no rows to tell, when the last one is the best. */
interface Standing {
  readonly score: number | null;
  readonly loss: number | null;
}

function beginning(): Progress {
  return { history: [], bestEpoch: 0, standing: { score: null, loss: null }, stopped: null, best: null };
}

/** By the score; of equal scores, or without one, by the loss. */
function isBetter(now: Standing, before: Standing): boolean {
  if (now.loss === null || before.loss === null) return true;
  if (now.score !== null && before.score !== null && now.score !== before.score)
    return now.score > before.score;
  return now.loss < before.loss;
}

/** Steps of one epoch; the last one may be of fewer rows. */
export function stepsOfEpoch(rows: number, { batch, accumulate }: TrainingSettings): number {
  return Math.ceil(Math.ceil(rows / batch) / accumulate);
}

/** What takes steps, and what they are given. */
interface Steps {
  readonly batches: Pick<BatchSource, "feeds">;
  readonly masks: MaskFeeds;
  readonly stepper: Stepper;
}

/** Once through the training rows. */
async function pass(
  { model, train, settings, rng }: TrainingTask,
  { batches: source, masks, stepper }: Steps,
  epoch: number,
): Promise<{ readonly loss: number; readonly learningRate: number }> {
  const { batch, accumulate, epochs, learningRate: highest, schedule } = settings;
  const order = rng
    .fork("order")
    .fork(epoch)
    .shuffle(new Int32Array(train.rows).map((_, i) => i));
  train.expect(order);
  const [noise, dropout] = [rng.fork("noise"), rng.fork("dropout")];
  const batches = Math.ceil(train.rows / batch);
  const steps = stepsOfEpoch(train.rows, settings);
  let [total, learningRate] = [0, 0];
  for (let b = 0; b < batches; b++) {
    const rows = order.subarray(b * batch, (b + 1) * batch);
    const step = (epoch - 1) * steps + Math.floor(b / accumulate) + 1;
    const first = b - (b % accumulate);
    const gathered = {
      share: 1 / Math.min(accumulate, batches - first),
      taken: b === batches - 1 || b % accumulate === accumulate - 1,
    };
    learningRate = learningRateAt(schedule, highest, step, steps * epochs);
    const feeds = source.feeds(rows, { epoch, batch: b + 1, rng: noise });
    const dropped = masks.draw(rows.length, () => dropout.fork(epoch).fork(b + 1));
    const loss = await stepper.step([feeds, dropped], learningRate, step, gathered);
    if (!Number.isFinite(loss)) throw diverged(model, loss, step, epoch, learningRate);
    total += loss * rows.length;
  }
  if (!Object.values(stepper.kept).every(({ data }) => isFiniteAll(data as Float32Array)))
    throw diverged(model, Number.NaN, steps * epoch, epoch, learningRate);
  return { loss: total / train.rows, learningRate };
}

function isFiniteAll(values: Float32Array): boolean {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i] * 0;
  return zero === 0;
}

function diverged(model: string, loss: number, step: number, epoch: number, rate: number): DataError {
  return new DataError(
    `${model}: the loss is ${loss} at step ${step} (epoch ${epoch}), learning rate ${Number(rate.toPrecision(4))}. ` +
      "Lower learning_rate, set clip, or scale the columns in its view (scale: standard).",
  );
}

/** First values of a network's parameters and of what it carries, by name. */
export function drawInitial({ parameters, carried }: Graph, rng: Rng): Kept {
  return new Map(
    [...parameters, ...carried].map(({ tensor, initial }) => [
      tensor.name,
      initial(rng.fork(tensor.name), size(tensor.shape)),
    ]),
  );
}

function initialValues(
  network: Graph,
  { layout, kept }: TrainingGraph,
  rng: Rng,
  given: Kept | undefined,
): Kept {
  const own = new Map([...drawInitial(network, rng), ...(given ?? [])]);
  const parameters = joinParameters(layout, own);
  return new Map<string, Float32Array>(
    kept.map(({ name, shape }) => [
      name,
      name === PARAMETERS ? parameters : (own.get(name) ?? new Float32Array(size(shape))),
    ]),
  );
}

/** What decides every byte of the outcome; where the rows lie does not. */
function inputsHash({ network, train, validation, settings, rng }: TrainingTask, initial: Kept): string {
  return hashBytes(
    canonicalJson({
      graph: hashBytes(stepOf(network(new Graph()), settings, []).onnx),
      initial: hashBytes(new Uint8Array(initial.get(PARAMETERS)!.buffer)),
      rng: rng.path,
      settings,
      train: train.hash(),
      validation:
        validation === undefined ? null : { rows: validation.source.hash(), by: validation.by ?? "score" },
    }),
  );
}

/** Copies of what is served: all that is kept but the optimizer's own. */
function copied(kept: Feeds, graph: TrainingGraph, slots: readonly string[]): Kept {
  return new Map(
    graph.kept
      .filter(({ name }) => !slots.includes(name) && name !== "gathered")
      .map(({ name }) => [name, (kept[name].data as Float32Array).slice()]),
  );
}

/** The vector of parameters as one list for each, beside what is carried. */
function finished(
  { history, bestEpoch, stopped, best }: Progress,
  graph: TrainingGraph,
  settings: TrainingSettings,
  rows: number,
): TrainedNetwork {
  const values = new Map(best!);
  const parameters = values.get(PARAMETERS)!;
  values.delete(PARAMETERS);
  for (const { name, at, size: own } of graph.layout) values.set(name, parameters.slice(at, at + own));
  const { train_loss, validation_loss } = history[bestEpoch - 1];
  return {
    values,
    history,
    summary: {
      parameters: graph.size,
      ...(settings.engine === "ort" ? {} : { engine: settings.engine }),
      epochs: history.length,
      best_epoch: bestEpoch,
      steps: history.length * stepsOfEpoch(rows, settings),
      stopped: stopped ?? "epochs",
      train_loss,
      validation_loss: validation_loss ?? null,
    },
  };
}

/** Best values in a checkpoint have this before their names. */
const BEST = "best/";

function checkpointOf({ best, ...facts }: Progress, kept: Feeds) {
  return {
    facts,
    vectors: new Map([
      ...Object.entries(kept).map(([name, { data }]): [string, Float32Array] => [name, data as Float32Array]),
      ...[...best!].map(([name, values]): [string, Float32Array] => [`${BEST}${name}`, values]),
    ]),
  };
}

function resumed(
  { model, checkpoints, log, settings }: TrainingTask,
  hash: string,
): { readonly progress: Progress; readonly kept: Kept } | null {
  const found = checkpoints?.read(hash) ?? null;
  if (found === null) return null;
  const facts = found.facts as Omit<Progress, "best">;
  const best = new Map<string, Float32Array>();
  const kept = new Map<string, Float32Array>();
  for (const [name, values] of found.vectors) {
    if (name.startsWith(BEST)) best.set(name.slice(BEST.length), values);
    else kept.set(name, values);
  }
  log(`${model}: goes on after epoch ${facts.history.length} of ${settings.epochs}, from its checkpoint`);
  return { progress: { ...facts, best }, kept };
}

import type { Tensor as OrtTensor } from "onnxruntime-node";
import type { Optimizer } from "../optimizers.js";
import { ratesOf } from "../optimizers.js";
import { size } from "../shape.js";
import { GATHERING, LOSS, RATES, type TrainingGraph } from "../trainingGraph.js";
import type { Feeds } from "./network.js";
import { type GraphSession, type NetworkEngine, openTraining } from "./openSession.js";

/** What a step of training carries over, by the names of TrainingGraph.kept. */
export type Kept = ReadonlyMap<string, Float32Array>;

/** One of the two sets of buffers that take turns: what a step reads, and where it writes what the next one reads. */
interface Side {
  readonly kept: Readonly<Record<string, OrtTensor>>;
  readonly feeds: Record<string, OrtTensor>;
  readonly fetches: Readonly<Record<string, OrtTensor>>;
}

/** How the gradients of several batches make a step. */
export interface Gathered {
  /** What this batch's gradient counts; those of a step sum to 1. */
  readonly share: number;
  /** The step is taken with this batch. */
  readonly taken: boolean;
}

/** Takes steps of a training graph. All buffers are made once; a step allocates next to nothing. */
export class Stepper {
  private constructor(
    private readonly session: GraphSession,
    private readonly optimizer: Optimizer,
    private readonly rates: Float32Array,
    private readonly gathering: Float32Array,
    private readonly loss: OrtTensor,
    private now: Side,
    private next: Side,
  ) {}

  /** @param initial of everything that is kept */
  static async start(
    graph: TrainingGraph,
    { optimizer, engine }: { readonly optimizer: Optimizer; readonly engine: NetworkEngine },
    initial: Kept,
    threads: number,
  ): Promise<Stepper> {
    const { Tensor } = await import("onnxruntime-node");
    const session = await openTraining(graph.onnx, engine, threads);
    const numbers = (shape: readonly number[]): OrtTensor =>
      new Tensor("float32", new Float32Array(size(shape)), shape);
    const buffers = (): Record<string, OrtTensor> =>
      Object.fromEntries(graph.kept.map(({ name, shape }) => [name, numbers(shape)]));
    const [rates, gathering, loss] = [numbers([3]), numbers([2]), numbers([])];
    const [first, second] = [buffers(), buffers()];
    const side = (kept: Record<string, OrtTensor>, into: Record<string, OrtTensor>): Side => ({
      kept,
      feeds: { ...kept, [RATES]: rates, [GATHERING]: gathering },
      fetches: {
        [LOSS]: loss,
        ...Object.fromEntries(Object.entries(into).map(([name, tensor]) => [`${name}.next`, tensor])),
      },
    });
    for (const [name, tensor] of Object.entries(first)) (tensor.data as Float32Array).set(initial.get(name)!);
    return new Stepper(
      session,
      optimizer,
      rates.data as Float32Array,
      gathering.data as Float32Array,
      loss,
      side(first, second),
      side(second, first),
    );
  }

  /** What the next step starts from; good until then. */
  get kept(): Feeds {
    return this.now.kept;
  }

  /**
   * Learn a batch.
   * @param batch its inputs, in parts
   * @param step from 1
   * @returns the loss before it
   */
  async step(
    batch: readonly Feeds[],
    learningRate: number,
    step: number,
    gathered: Gathered,
  ): Promise<number> {
    const { now, next } = this;
    this.rates.set(ratesOf(this.optimizer, learningRate, step));
    this.gathering[0] = gathered.share;
    this.gathering[1] = gathered.taken ? 1 : 0;
    Object.assign(now.feeds, ...batch);
    await this.session.run(now.feeds, now.fetches);
    [this.now, this.next] = [next, now];
    return (this.loss.data as Float32Array)[0];
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

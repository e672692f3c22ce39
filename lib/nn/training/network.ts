import type { Tensor as OrtTensor } from "onnxruntime-node";
import type { Rng } from "../../base/rng.js";
import type { Graph, Tensor } from "../graph.js";

/** Tensors of a run's inputs, by name. */
export type Feeds = Readonly<Record<string, OrtTensor>>;

/** The input that says how much each row of a batch counts, float [n]; the loss is the mean by it. */
export const WEIGHT = "weight";

/** What a network says of a batch. */
export interface NetworkOutputs {
  /** A scalar. */
  readonly loss: Tensor;
  /** [n, k]: logits, a reconstruction, an embedding. */
  readonly output: Tensor;
}

/**
 * Builds a network in a graph: one of training, or one that serves. Both have the same parameters in the same order.
 */
export type Network = (graph: Graph) => NetworkOutputs;

/** Which batch of which pass, both from 1: what noise of its own a batch gets. */
export interface BatchPlace {
  readonly epoch: number;
  readonly batch: number;
  readonly rng: Rng;
}

/** Batches whose graph takes their rows out of tables by itself, so that they need not be copied. */
export interface TableBatches {
  /** The inputs that are such tables; ROWS says which of their rows a batch has. */
  readonly tables: readonly string[];
  /** As BatchSource's, the tables whole, and ROWS. */
  feeds(rows: Int32Array, place?: BatchPlace): Feeds;
}

/** Rows that batches are made of. */
export interface BatchSource {
  readonly rows: number;
  /** The same batches, where rows lie in memory as the network reads them. */
  readonly fromTables?: TableBatches;
  /**
   * The inputs of some rows. The tensors are good until the next call.
   * @param place left out where nothing is to be added to the rows
   */
  feeds(rows: Int32Array, place?: BatchPlace): Feeds;
  /** Rows will be asked for in this order: what lies in a file is read in larger pieces then. */
  expect(order: Int32Array): void;
  /** SHA-256 of all that it hands out: whether a checkpoint is of the same rows. */
  hash(): string;
}

import { z } from "zod";
import { macroF1 } from "../../eval/confusion.js";
import { Graph, type Tensor } from "../../nn/graph.js";
import { crossEntropy } from "../../nn/losses.js";
import { softmax } from "../../nn/ops/softmax.js";
import type { NetworkOutputs } from "../../nn/training/network.js";
import type { Kept } from "../../nn/training/stepper.js";
import { type TrainedNetwork, trainNetwork } from "../../nn/training/train.js";
import { classWeightParam, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, Matrix, Rows } from "../contract.js";
import { confusion } from "../search/score.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { weightInput } from "./layers.js";
import { embeddingOutputParam, networkParams, settingsOf } from "./networkParams.js";
import { type NetworkRows, networkRowsOf, rowBatches, TARGET } from "./rowBatches.js";
import { type NetworkInput, servedClassifier } from "./served.js";

/** Parameters of every classifier that the training loop trains. */
export const classifierParams = {
  ...networkParams,
  watch: z
    .enum(["macro_f1", "loss"])
    .default("macro_f1")
    .describe("what an epoch is better by on the validation rows: the one with the best is kept"),
  class_weight: classWeightParam,
  label_smoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("share of the target that is spread over all classes"),
  focal_gamma: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("above 0: focal loss, where rows that are told well count less"),
  embedding_output: embeddingOutputParam,
};
type ClassifierParams = z.infer<z.ZodObject<typeof classifierParams>>;

/** What a network makes of rows. */
export interface Told {
  /** [n, classes] */
  readonly logits: Tensor;
  /** [n, d]: what the classes are told from. */
  readonly vector: Tensor;
}

/** A network that tells classes apart. */
export interface ClassifierNetwork {
  readonly model: string;
  readonly input: NetworkInput;
  /** Rows as its graph reads them, each for itself; the same as `input` does in ONNX. */
  readonly rows: (X: Matrix) => NetworkRows;
  readonly told: (graph: Graph, classes: number) => Told;
  /** First values, of a network that goes on. */
  readonly initial?: Kept;
}

/** A trained classifier, and the values of its network. */
export interface FittedNetwork {
  readonly fitted: FittedClassifier;
  readonly values: TrainedNetwork["values"];
  /** The graph that is served. */
  readonly graph: Graph;
}

/** Train it by cross-entropy; the epoch that is best on the validation rows, by macro-F1 or loss, is kept. */
export async function fitClassifierNetwork(
  { model, input, rows, told, initial }: ClassifierNetwork,
  chosen: ClassifierParams,
  train: Rows,
  context: FitContext,
): Promise<FittedNetwork> {
  checkClasses(train, model);
  const { classes } = train;
  const weights = classWeights(classCounts(train), chosen.class_weight);
  const batches = ({ X, y }: Rows) =>
    rowBatches(networkRowsOf(X, rows), { classes: classes.length, y, weights });
  const { validation, rng, log, checkpoints, workers: threads } = context;
  const network = (graph: Graph): NetworkOutputs => {
    const output = told(graph, classes.length).logits;
    const target = graph.input(TARGET, ["n", classes.length]);
    const { label_smoothing: smoothing, focal_gamma: gamma } = chosen;
    return { output, loss: crossEntropy(output, target, weightInput(graph), { smoothing, gamma }) };
  };
  const { values, history, summary } = await trainNetwork({
    ...{ model, network, settings: settingsOf(chosen), rng, log, threads },
    train: await batches(train),
    ...(validation === undefined
      ? {}
      : {
          validation: {
            source: await batches(validation),
            score: {
              name: "validation_macro_f1",
              of: (output: Float32Array) => macroF1(confusion(output, classes.length, validation.y)),
            },
            by: chosen.watch === "loss" ? "loss" : "score",
          },
        }),
    ...(initial === undefined ? {} : { initial }),
    ...(checkpoints === undefined ? {} : { checkpoints }),
  });
  const graph = new Graph(false);
  const { logits, vector } = told(graph, classes.length);
  const output = softmax(logits);
  const own = { model, input, output, values, ...(chosen.embedding_output ? { embedding: vector } : {}) };
  const fitted = { ...servedClassifier(own, classes), summary, history };
  return { fitted, values, graph };
}

import { z } from "zod";
import { tfjsHere } from "../../engines/javascript.js";
import type { Optimizer } from "../../nn/optimizers.js";
import { cudaBuild } from "../../nn/training/cuda.js";
import type { TrainingSettings } from "../../nn/training/train.js";

export const learningRateParam = (usual: number) =>
  z.number().gt(0).lte(10).default(usual).describe("the highest one");

export const weightDecayParam = (usual: number) =>
  z
    .number()
    .min(0)
    .lt(1)
    .default(usual)
    .describe(
      "adamw: share of the weights, times the learning rate, that each step takes away; else added to the gradient",
    );

/** Parameters of every model that the training loop trains. */
export const networkParams = {
  engine: z
    .enum(["ort", "tfjs"])
    .default("ort")
    .describe(
      "what trains it: ONNX Runtime, or TensorFlow.js (nidslab engines add tfjs; tfjs-node where that is added). The same " +
        "first weights, batches and masks; what is served is the same graph",
    ),
  optimizer: z
    .enum(["adam", "adamw", "sgd"])
    .default("adam")
    .describe("how a step follows from the gradient"),
  learning_rate: learningRateParam(0.001),
  schedule: z
    .enum(["cosine", "constant"])
    .default("cosine")
    .describe(
      "cosine: the learning rate rises over the first 5% of the steps and falls to 0; constant: it stays",
    ),
  momentum: z.number().min(0).lt(1).default(0.9).describe("of optimizer: sgd"),
  weight_decay: weightDecayParam(0),
  batch: z.int().min(1).max(1_000_000).default(256).describe("rows of a batch"),
  accumulate: z.int().min(1).max(1000).default(1).describe("batches whose gradients make one step"),
  clip: z.number().gt(0).nullable().default(null).describe("the longest gradient of a step; null: as it is"),
  epochs: z.int().min(1).max(10_000).default(30).describe("passes over the training rows at most"),
  patience: z
    .int()
    .min(1)
    .nullable()
    .default(8)
    .describe("stop after so many epochs without a better one on the validation rows; null: never"),
};
/** `embedding_output`. */
export const embeddingOutputParam = z
  .boolean()
  .default(false)
  .describe("whether model.onnx also hands out the vector that it puts a row at (embedding), for maps");

export type NetworkParams = z.infer<z.ZodObject<typeof networkParams>>;

/** Widths of hidden layers. */
export const hiddenParam = z.array(z.int().min(1).max(65_536)).max(20);

/** Of a detector, which no validation rows are given to. */
export const heldOutParam = z
  .number()
  .min(0)
  .lt(1)
  .default(0.1)
  .describe(
    "share of the benign training rows whose loss decides the epoch; 0: none, and the last epoch is kept",
  );

/** What the training loop is told. @throws EngineError when the engine is not here */
export function settingsOf(params: NetworkParams): TrainingSettings {
  const { learning_rate: learningRate, schedule, batch, accumulate, clip, epochs, patience } = params;
  return {
    engine: params.engine === "tfjs" ? tfjsHere() : cudaBuild() === undefined ? "ort" : "ort-cuda",
    optimizer: optimizerOf(params),
    learningRate,
    schedule,
    batch,
    accumulate,
    clip,
    epochs,
    patience,
  };
}

function optimizerOf({ optimizer, momentum, weight_decay }: NetworkParams): Optimizer {
  if (optimizer === "sgd") return { type: "sgd", momentum, weight_decay };
  return { type: optimizer, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay };
}

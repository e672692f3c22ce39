import type { z } from "zod";
import type { Rng } from "../base/rng.js";
import type { Groups } from "../features/resample/groups.js";
import type { Checkpoints } from "../nn/training/checkpoint.js";
import type { OnnxBuilder, Value } from "../onnx/builder.js";
import type { FeatureInfo, Matrix } from "../table/matrix.js";

export type { FeatureInfo, Groups, Matrix };

/** Labelled rows as a model sees them: never a flow, an address or a time. */
export interface Rows {
  readonly X: Matrix;
  readonly features: readonly FeatureInfo[];
  /** Class index of each row, into `classes`. */
  readonly y: Int32Array;
  /** Class names; `classes[0]` is "benign". */
  readonly classes: readonly string[];
  /** Rows of a window that X holds side by side, oldest first, each of the columns of X over it; NaN where there is none. */
  readonly window?: number;
  /** What mixers may go by, a column of flows.parquet each: source, site, …; only where the model asks for it. */
  readonly groups?: Readonly<Record<string, Groups>>;
}

/** What `fit` may use beside the training rows. */
export interface FitContext {
  readonly validation?: Rows;
  readonly rng: Rng;
  /** Worker threads; the result never depends on it. */
  readonly workers: number;
  readonly log: (line: string) => void;
  /** `state` of the earlier model that is to be taught on, in models whose parameters have `continue_from`. */
  readonly state?: unknown;
  /** Where models that train in epochs leave how far they are; none outside of a stage. */
  readonly checkpoints?: Checkpoints;
  /** Absolute path of a file of the project; without it the working folder is the project. */
  readonly path?: (relative: string) => string;
}

/** A configured classifier. `fit` leaves `this` as it was. */
export interface Classifier {
  readonly kind: "classifier";
  fit(train: Rows, context: FitContext): Promise<FittedClassifier>;
}

/** A configured anomaly detector: fitted on benign rows only (the caller passes only those). */
export interface Detector {
  readonly kind: "detector";
  fit(benign: Rows, context: FitContext): Promise<FittedDetector>;
}

/** Vectors that a fitted model puts rows at, beside its output. */
export interface Embedding {
  readonly columns: number;
  /** As the model's own `emit`. @returns the model's output, then the embedding: float [n, columns] */
  emit(onnx: OnnxBuilder, input: Value): readonly Value[];
}

export interface FittedClassifier {
  readonly kind: "classifier";
  readonly classes: readonly string[];
  /** n × k, each row sums to 1; columns in the order of `classes`. */
  predictProba(X: Matrix): Matrix;
  /** Add the model's nodes after `input` (float [n, d]); returns float [n, k]. */
  emit(onnx: OnnxBuilder, input: Value): Value;
  /** Where it is asked for one. */
  readonly embedding?: Embedding;
  /** Facts for model.json: rounds kept, iterations, the gradient at the end, … */
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
  /** One row an epoch or round, for history.csv. */
  readonly history?: readonly Readonly<Record<string, number>>[];
  /** predictProba is the margin put between 0 and 1: its order and its side of .5 count, it is no probability. */
  readonly margin?: true;
  /** JSON files for the model's folder, by name: the mix plan. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** What the trainer needs to go on from this model (continueFrom.ts), as plain JSON. */
  readonly state?: unknown;
}

/** Rows that a model learns next. */
export interface LabelledBatch {
  readonly X: Matrix;
  /** Class index of each row of X. */
  readonly y: Int32Array;
  /** The batch is these rows of X, in this order; absent: all of them. */
  readonly rows?: Int32Array;
}

/** A classifier that is being taught batch by batch. The batches and their order decide the model, and nothing else. */
export interface OnlineSession {
  /** Learn the rows of a batch, one after the other. @returns how many it put into another class than theirs before */
  partialFit(batch: LabelledBatch): number;
  /** The model as it stands; later batches leave it alone. */
  freeze(): FittedClassifier;
  /** How many rows of a batch it puts into another class than theirs, as it stands. */
  wrong(batch: LabelledBatch): number;
  /** Passes over training rows that are done, those of the models that it goes on from with them. */
  readonly epochs: number;
  /** A pass over the training rows is done. @returns whether a further one would bring something */
  endEpoch(): boolean;
  /** What a session that is to go on from here is started with, as plain JSON. */
  state(): unknown;
}

export interface FittedDetector {
  readonly kind: "detector";
  /** n scores; higher is always more anomalous. */
  score(X: Matrix): Float64Array;
  /** Add the model's nodes after `input` (float [n, d]); returns float [n, 1]. */
  emit(onnx: OnnxBuilder, input: Value): Value;
  /** As a classifier's. */
  readonly embedding?: Embedding;
  readonly summary: Readonly<Record<string, number | string | boolean | null>>;
  /** As a classifier's. */
  readonly history?: readonly Readonly<Record<string, number>>[];
  /** As a classifier's. */
  readonly state?: unknown;
}

/** Shelves of `nidslab models`, in the order in which they are listed. */
export const modelFamilies = [
  "baseline",
  "linear",
  "bayes",
  "neighbors",
  "trees",
  "boosting",
  "neural",
  "ensemble",
  "one-class",
] as const;
export type ModelFamily = (typeof modelFamilies)[number];

/** A model that can be named in params.yaml: one file each, listed in registry.ts. */
export interface ModelDefinition<P = unknown> {
  readonly type: string;
  readonly kind: "classifier" | "detector";
  readonly family: ModelFamily;
  readonly title: string;
  /** The engine (lib/engines/) that must be added before it can be trained; its ONNX form needs none. */
  readonly engine?: string;
  /** The paper or page that it follows. */
  readonly source: string;
  /** When it works badly. */
  readonly limits: string;
  /**
   * The view that suits it when params.yaml names none: "raw" for trees, "scaled" for the rest. With "raw" it takes
   * categories and missing values as they are; with "scaled" it is given neither (guard.ts).
   */
  readonly view: "raw" | "scaled";
  /** It takes categories and missing values as they are, although another view suits it. */
  readonly anyColumn?: true;
  /** It is brought in as a file, and fits only the columns that it was trained on. */
  readonly pretrained?: true;
  /** It reads windows of rows: params.yaml must give it a `window`. */
  readonly sequence?: true;
  /** It takes rows block by block: they need not fit in memory. */
  readonly streams?: true;
  /** Strict; every key has a default, a range and a description. */
  readonly params: z.ZodType<P>;
  /** Parameters that do not go together, each with the key to blame. */
  problems?(params: P): { path: string[]; message: string }[];
  create(params: P): Classifier | Detector;
}

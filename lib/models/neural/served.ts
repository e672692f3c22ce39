import { emitGraph } from "../../nn/emit.js";
import type { Tensor } from "../../nn/graph.js";
import type { Kept } from "../../nn/training/stepper.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FittedClassifier, FittedDetector, Matrix } from "../contract.js";
import { syncRunner } from "./sync.js";

/** How a view's matrix enters a network. */
export interface NetworkInput {
  /** Columns of the matrix. */
  readonly width: number;
  /** Values of the graph's inputs, by name, from float [n, width]. */
  readonly emit: (onnx: OnnxBuilder, input: Value) => Map<string, Value>;
}

/** A trained network with what it reads. */
export interface ServedNetwork {
  readonly model: string;
  readonly input: NetworkInput;
  /** [n, k] probabilities, or a detector's [n, 1] scores, of a graph whose only inputs are a row's. */
  readonly output: Tensor;
  /** [n, d] of the same graph, where the model is to hand it out, too. */
  readonly embedding?: Tensor;
  /** Values of the graph's parameters and of what it carries. */
  readonly values: Kept;
}

/** Most rows of one call: a hidden layer of 256 takes a kilobyte a row, attention over 32 steps four a head. */
const BATCH = 4096;

/** The forward graph, its parameters constants. @returns a value for each of `outputs` */
function emitNetwork(
  { input: own, output, values }: ServedNetwork,
  onnx: OnnxBuilder,
  input: Value,
  outputs: readonly Tensor[] = [output],
): readonly Value[] {
  onnx.limitBatch(BATCH);
  const given = own.emit(onnx, input);
  const { parameters, carried } = output.graph;
  for (const { tensor } of [...parameters, ...carried])
    given.set(tensor.name, onnx.tensor("float", tensor.shape as number[], values.get(tensor.name)!));
  return emitGraph(output.graph, onnx, given, outputs);
}

/** How a served network is emitted. */
function emitters(served: ServedNetwork): Pick<FittedClassifier, "emit" | "embedding"> {
  const { output, embedding } = served;
  return {
    emit: (onnx, input) => emitNetwork(served, onnx, input)[0],
    ...(embedding === undefined
      ? {}
      : {
          embedding: {
            columns: embedding.shape[1] as number,
            emit: (onnx: OnnxBuilder, input: Value): readonly Value[] =>
              emitNetwork(served, onnx, input, [output, embedding]),
          },
        }),
  };
}

/** Probabilities by the graph that is served. */
export function servedClassifier(
  served: ServedNetwork,
  classes: readonly string[],
): Pick<FittedClassifier, "kind" | "classes" | "predictProba" | "emit" | "embedding"> {
  const run = runner(served);
  return {
    kind: "classifier",
    classes,
    predictProba: (X) => ({ rows: X.rows, columns: classes.length, data: run(X) }),
    ...emitters(served),
  };
}

/** Scores by the graph that is served. */
export function servedDetector(
  served: ServedNetwork,
): Pick<FittedDetector, "kind" | "score" | "emit" | "embedding"> {
  const run = runner(served);
  return {
    kind: "detector",
    score: (X) => Float64Array.from(run(X)),
    ...emitters(served),
  };
}

function runner(served: ServedNetwork): (X: Matrix) => Float32Array {
  return syncRunner({
    model: served.model,
    columns: served.input.width,
    width: served.output.shape[1] as number,
    emit: (onnx, input) => emitNetwork(served, onnx, input)[0],
  });
}

import type { InferenceSession } from "onnxruntime-node";
import type { TfjsEngine } from "../../engines/javascript.js";
import { openCuda } from "./cuda.js";
import type { Feeds } from "./network.js";

/** What runs training graphs: ONNX Runtime, on the processor or a GPU, or TensorFlow.js in one of its forms. */
export type NetworkEngine = "ort" | "ort-cuda" | TfjsEngine;

/** A graph that can be run. */
export interface GraphSession {
  /** @param fetches tensors that the outputs are written into */
  run(feeds: Feeds, fetches: Feeds): Promise<unknown>;
  release(): Promise<void>;
}

/** A session of a graph that this kit has built. @param threads from params.yaml, never from the machine */
export async function openSession(onnx: Uint8Array, threads: number): Promise<InferenceSession> {
  const { InferenceSession } = await import("onnxruntime-node");
  return InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

/** The same for steps of training. @throws EngineError when the engine is not here */
export async function openTraining(
  onnx: Uint8Array,
  engine: NetworkEngine,
  threads: number,
): Promise<GraphSession> {
  if (engine === "ort") return openSession(onnx, threads);
  if (engine === "ort-cuda") return openCuda(onnx, threads);
  const { TfjsSession } = await import("../tfjs/session.js");
  return TfjsSession.open(onnx, engine, threads);
}

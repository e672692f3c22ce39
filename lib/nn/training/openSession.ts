import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { InferenceSession } from "onnxruntime-node";
import type { TfjsEngine } from "../../engines/javascript.js";
import { openCuda } from "./cuda.js";
import type { Feeds } from "./network.js";

/** What runs training graphs: ONNX Runtime, on the processor or a GPU, or TensorFlow.js in one of its forms. */
export type NetworkEngine = "ort" | "ort-cuda" | TfjsEngine;

/** A graph that can be run. */
export interface GraphSession {
  /** @param fetches tensors that the outputs are written into */
  run(feeds: Feeds, fetches: Feeds): Promise<void>;
  release(): Promise<void>;
}

/**
 * Microseconds for which a thread that waits for its next part of a graph keeps a core, before it sleeps: as long as most
 * pauses inside a step. ONNX Runtime's own number is so large that on a machine with other work a step took twice the processor
 * time with two threads that it takes with one.
 */
const PATIENCE = "20";

/** A session of a graph that this kit has built. @param threads from params.yaml, never from the machine */
export async function openSession(onnx: Uint8Array, threads: number): Promise<InferenceSession> {
  const { InferenceSession } = await import("onnxruntime-node");
  return InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { spin_duration_us: PATIENCE } } },
  });
}

/** The same for steps of training. @throws EngineError when the engine is not here */
export async function openTraining(
  onnx: Uint8Array,
  engine: NetworkEngine,
  threads: number,
): Promise<GraphSession> {
  if (engine === "ort") return new OrtSession(await openSession(onnx, threads));
  if (engine === "ort-cuda") return new OrtSession(await openCuda(onnx, threads));
  const { TfjsSession } = await import("../tfjs/session.js");
  return TfjsSession.open(onnx, engine, threads);
}

/**
 * ONNX Runtime's session, whose outputs are where they are asked for and nowhere else. onnxruntime-node hands out a copy of
 * each besides: as much memory every step as all that is kept, which calls for a collection of all garbage every hundred
 * steps. The copies are let go of at once, and the next step's take their place.
 */
class OrtSession implements GraphSession {
  private readonly nowhere = closedPort();

  constructor(private readonly session: InferenceSession) {}

  async run(feeds: Feeds, fetches: Feeds): Promise<void> {
    const copies = Object.values(await this.session.run(feeds, fetches));
    this.nowhere.postMessage(
      null,
      copies.map(({ data }) => (data as Float32Array).buffer as ArrayBuffer),
    );
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** What is transferred to it is freed. */
function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.close();
  return port1;
}

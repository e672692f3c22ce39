import type { InferenceSession } from "onnxruntime-node";

/** A session of a graph that this kit has built. @param threads from params.yaml, never from the machine */
export async function openSession(onnx: Uint8Array, threads: number): Promise<InferenceSession> {
  const { InferenceSession } = await import("onnxruntime-node");
  return InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}

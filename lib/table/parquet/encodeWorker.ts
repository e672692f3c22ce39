import { parentPort } from "node:worker_threads";
import { NidslabError } from "../../base/errors.js";
import { ChunkEncoder, type ChunkValues } from "./encodeChunk.js";
import type { Answer } from "./encodeTeam.js";

/** A thread of an EncodeTeam: answers every column of values with its chunk. */
const encoder = new ChunkEncoder();

parentPort?.on("message", (values: ChunkValues) => {
  try {
    const chunk = encoder.encode(values);
    parentPort?.postMessage({ chunk } satisfies Answer, [chunk.bytes.buffer as ArrayBuffer]);
  } catch (error) {
    // An error's class does not survive the way to the other thread.
    if (!(error instanceof NidslabError)) throw error;
    parentPort?.postMessage({ refused: error.message } satisfies Answer);
  }
});

import { parentPort } from "node:worker_threads";
import { NidslabError } from "../../base/errors.js";
import { ChunkEncoder } from "./encodeChunk.js";
import type { Answer, Order } from "./encodeTeam.js";
import type { EncodedChunk } from "./format.js";

/** A thread of an EncodeTeam: answers every order with the chunks of the columns that it took. */
const encoder = new ChunkEncoder();

function work({ group, next }: Order): Answer {
  const chunks: [number, EncodedChunk][] = [];
  for (;;) {
    const column = Atomics.add(next, 0, 1);
    if (column >= group.length) return { chunks };
    try {
      chunks.push([column, encoder.encode(group[column])]);
    } catch (error) {
      // An error's class does not survive the way to the other thread.
      if (!(error instanceof NidslabError)) throw error;
      Atomics.store(next, 0, group.length);
      return { chunks, refused: { column, why: error.message } };
    }
  }
}

parentPort?.on("message", (order: Order) => parentPort?.postMessage(work(order)));

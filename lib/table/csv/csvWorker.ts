import { parentPort, workerData } from "node:worker_threads";
import { BlockParser } from "./parse.js";
import type { WorkerOrder, WorkerStart } from "./pool.js";

/** A worker thread that parses blocks: one answer to each order, in order. */
function work({ plan, header }: WorkerStart): void {
  const parser = new BlockParser(plan, Buffer.from(header));
  parentPort?.on("message", ({ id, length, memory }: WorkerOrder) => {
    if (memory !== undefined) parser.take(memory);
    parentPort?.postMessage(parser.parse(id, length));
  });
}

work(workerData as WorkerStart);

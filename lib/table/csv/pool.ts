import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import type { Block } from "./blocks.js";
import type { BlockFacts } from "./columns.js";
import type { BlockMemory } from "./memory.js";
import { BlockParser } from "./parse.js";
import type { CsvPlan } from "./plan.js";

/** Where blocks are parsed, in their own memory. */
export interface Parsers {
  /** How many blocks may be under way. */
  readonly room: number;
  parse(block: Block): Promise<Parsed>;
  stop(): Promise<void>;
}

export interface Parsed {
  readonly facts: BlockFacts;
  readonly memory: BlockMemory;
}

/** What a worker thread is started with, and what it is sent; it sends back the block's facts. */
export interface WorkerStart {
  readonly plan: CsvPlan;
  readonly header: Uint8Array;
}
export interface WorkerOrder {
  readonly id: number;
  readonly length: number;
  /** Only when the thread gets it for the first time: each sending would make another object of it there. */
  readonly memory?: Pick<BlockMemory, "id" | "kernel" | "places">;
}

/** Parse on this thread. */
export function ownThread({ plan, header }: WorkerStart): Parsers {
  const parser = new BlockParser(plan, header);
  return {
    room: 1,
    parse: async ({ memory, length }) => {
      parser.take(memory);
      return { facts: parser.parse(memory.id, length), memory };
    },
    stop: async () => {},
  };
}

/** Parse on `count` threads; a block goes to the one that has the fewest before it. */
export function workerThreads(start: WorkerStart, count: number): Parsers {
  const threads = Array.from({ length: count }, () => new ParserThread(start));
  return {
    room: 2 * count,
    parse: (block) => threads.reduce((a, b) => (b.load < a.load ? b : a)).parse(block),
    stop: async () => {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

class ParserThread {
  private readonly worker: Worker;
  private readonly sent = new Set<number>();
  private readonly waiting: { resolve(facts: BlockFacts): void; reject(error: Error): void }[] = [];
  private failure: Error | undefined;

  constructor(workerData: WorkerStart) {
    this.worker = new Worker(threadFile("table/csv/csvWorker.js"), { workerData });
    this.worker.on("message", (facts: BlockFacts) => this.waiting.shift()?.resolve(facts));
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () =>
      this.fail(new DataError("read: a worker thread ended before its work was done.")),
    );
  }

  /** Blocks that it has not answered. */
  get load(): number {
    return this.waiting.length;
  }

  parse({ memory, length }: Block): Promise<Parsed> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting.push({ resolve: (facts) => resolve({ facts, memory }), reject });
      const { id, kernel, places } = memory;
      const order: WorkerOrder = this.sent.has(id)
        ? { id, length }
        : { id, length, memory: { id, kernel, places } };
      this.sent.add(id);
      this.worker.postMessage(order);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(error);
  }
}

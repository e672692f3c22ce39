import { Worker } from "node:worker_threads";
import { DataError } from "../base/errors.js";
import { threadFile } from "../base/threadFile.js";
import type { BlockMemory } from "./csv/memory.js";
import type { ParseOrder } from "./csv/pool.js";
import type { EncodeOrder } from "./parquet/encodeTeam.js";

/** What a thread is asked to do (tableWorker.ts). */
export type TableOrder = ParseOrder | EncodeOrder;

/** A thread that reads and writes tables. It takes its orders in turn, and answers each that was asked. */
export class TableThread {
  private readonly worker = new Worker(threadFile("table/tableWorker.js"));
  private readonly waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  private failure: Error | undefined;

  constructor() {
    // Only a thread that owes an answer keeps the process alive.
    this.worker.unref();
    this.worker.on("message", (answer: unknown) => {
      this.waiting.shift()?.resolve(answer);
      if (this.load === 0) this.worker.unref();
    });
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.fail(new DataError("table: a thread ended before its work was done.")));
  }

  /** Answers that it owes. */
  get load(): number {
    return this.waiting.length;
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  ask<Answer>(order: TableOrder): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.waiting.push({ resolve: (answer) => resolve(answer as Answer), reject });
      this.worker.ref();
      this.worker.postMessage(order);
    });
  }

  /** An order that has no answer. */
  tell(order: TableOrder): void {
    if (this.failure === undefined) this.worker.postMessage(order);
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}

let running: TableThread[] = [];
let memories: BlockMemory[] = [];
let members = 0;

/**
 * The threads of the process that read and write tables: one team for all files, because to start a thread takes as long as to
 * parse several MB. They end when the last member leaves.
 */
export class ThreadTeam {
  private left = false;

  private constructor() {
    members++;
  }

  static join(): ThreadTeam {
    return new ThreadTeam();
  }

  /** `count` threads, the same ones for everybody; those that lack are started. */
  threads(count: number): readonly TableThread[] {
    running = running.filter(({ failed }) => !failed);
    while (running.length < count) running.push(new TableThread());
    return running.slice(0, count);
  }

  /**
   * Memories that a file's blocks have left. Threads seldom collect garbage, and V8 does not count shared memory: were they
   * made anew for each file, those of many would be held.
   */
  get spare(): BlockMemory[] {
    return memories;
  }

  /** What was asked is answered only if somebody stays. */
  async leave(): Promise<void> {
    if (this.left) return;
    this.left = true;
    members--;
    if (members > 0) return;
    memories = [];
    await Promise.all(running.splice(0).map((thread) => thread.stop()));
  }
}

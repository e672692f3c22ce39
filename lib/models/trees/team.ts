import { Worker } from "node:worker_threads";
import { breathe } from "../../base/breathe.js";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import type { BoosterTask } from "../boosting/boosterTask.js";
import type { ForestTask } from "./growForest.js";

/** One thread's part of a training run. The main thread is member 0 and does its share too. */
export interface Member<R> {
  /** Do this member's part of a phase; the numbers of the phases belong to the task. */
  run(phase: number): void;
  /** What this member has made, when all phases are over. */
  result(): R;
}

/** What is to be trained: plain data and typed arrays over shared memory, so that it can be sent to threads. */
export type Task = ForestTask | BoosterTask;

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly task: Task;
  readonly member: number;
  readonly control: Int32Array;
}

/** Cells of the control array. */
export const cell = { step: 0, phase: 1, pending: 2, failed: 3 } as const;
/** The phase that ends a worker: it posts its result. */
export const FINISH = -1;

/**
 * Threads that go through the phases of a training run in step: `step` starts a phase on every member, does member 0's
 * part on this thread and returns when all are through. With one member there is no thread at all.
 */
export class Team<R> {
  private failure: Error | undefined;
  private readonly results: Promise<R>[];

  private constructor(
    private readonly own: Member<R>,
    private readonly threads: readonly Worker[],
    private readonly control: Int32Array,
  ) {
    this.results = threads.map(
      (thread) =>
        new Promise<R>((resolve, reject) => {
          const fail = (error: Error): void => {
            this.failure ??= error;
            reject(error);
          };
          thread.on("message", resolve);
          thread.on("error", fail);
          thread.on("exit", () =>
            fail(new DataError("trees: a worker thread ended before its work was done.")),
          );
        }),
    );
    // Failures are thrown by `step` and `finish`; until then nobody may be waiting for a result.
    for (const result of this.results) result.catch(() => undefined);
  }

  static start<R>(task: Task, own: Member<R>, members: number): Team<R> {
    const control = new Int32Array(new SharedArrayBuffer(16));
    const threads = Array.from({ length: members - 1 }, (_, i) => {
      const workerData: WorkerStart = { task, member: i + 1, control };
      return new Worker(threadFile("models/trees/treeWorker.js"), { workerData });
    });
    return new Team(own, threads, control);
  }

  /** Run one phase on every member. @throws what a member threw */
  async step(phase: number): Promise<void> {
    this.begin(phase);
    this.own.run(phase);
    for (let left = this.pending(); left > 0; left = this.pending()) {
      // Waiting in short slices lets this thread hear of a worker that died.
      Atomics.wait(this.control, cell.pending, left, 50);
      if (this.pending() > 0) await breathe();
      if (this.failure !== undefined) throw this.failure;
    }
    if (Atomics.load(this.control, cell.failed) !== 0) {
      while (this.failure === undefined) await breathe();
      throw this.failure;
    }
  }

  /** End the threads and collect what each member made, in the order of the members. */
  async finish(): Promise<R[]> {
    this.begin(FINISH);
    return [this.own.result(), ...(await Promise.all(this.results))];
  }

  /** End the threads whatever they are doing. Call it in a `finally`. */
  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private begin(phase: number): void {
    Atomics.store(this.control, cell.phase, phase);
    Atomics.store(this.control, cell.pending, this.threads.length);
    Atomics.add(this.control, cell.step, 1);
    Atomics.notify(this.control, cell.step);
  }

  private pending(): number {
    for (let spin = 0; spin < SPIN; spin++) {
      if (Atomics.load(this.control, cell.pending) === 0) return 0;
    }
    return Atomics.load(this.control, cell.pending);
  }
}

/** Looks at a cell before a thread goes to sleep: most phases are shorter than waking up takes. */
export const SPIN = 2000;

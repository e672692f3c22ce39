import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import { ChunkEncoder, type ChunkValues } from "./encodeChunk.js";
import type { EncodedChunk } from "./format.js";

/** What a thread answers: the chunk, or what was wrong with its values. */
export type Answer = { readonly chunk: EncodedChunk } | { readonly refused: string };

interface Job {
  readonly values: ChunkValues;
  resolve(chunk: EncodedChunk): void;
  reject(error: Error): void;
}

/** A thread and what it has to do, the oldest first. */
interface Encoder {
  readonly worker: Worker;
  readonly jobs: Job[];
}

/** Fewer values than this in a row group are encoded sooner than threads are started. */
const WORTH_A_THREAD = 1_000_000;
/** Jobs that a thread has at hand, so that it need not wait for the next. */
const AT_HAND = 2;
/** Threads when nothing is said; with more, filling and writing are what takes the time. */
const MOST_THREADS = 4;

/** Encodes column chunks on threads, or with one worker, or when there is little to do, on this one. */
export class EncodeTeam {
  private readonly encoders: Encoder[] = [];
  private readonly waiting: Job[] = [];
  private own: ChunkEncoder | undefined;
  private failure: Error | undefined;

  constructor(private readonly workers = Math.min(MOST_THREADS, availableParallelism())) {}

  /** Encode a row group. The chunks come in the order of `group`; its arrays must rest until then. */
  async encode(group: readonly ChunkValues[], rows: number): Promise<EncodedChunk[]> {
    const small = rows * group.length < WORTH_A_THREAD && this.encoders.length === 0;
    if (this.workers <= 1 || small) return this.encodeHere(group);
    while (this.encoders.length < this.workers) this.startThread();
    return Promise.all(
      group.map(
        (values) =>
          new Promise<EncodedChunk>((resolve, reject) => {
            this.waiting.push({ values, resolve, reject });
            this.share();
          }),
      ),
    );
  }

  /** End the threads whatever they are doing. */
  async stop(): Promise<void> {
    this.fail(new DataError("write: a Parquet file was left before it was finished."));
    await Promise.all(this.encoders.splice(0).map(({ worker }) => worker.terminate()));
  }

  private async encodeHere(group: readonly ChunkValues[]): Promise<EncodedChunk[]> {
    this.own ??= new ChunkEncoder();
    const chunks: EncodedChunk[] = [];
    for (const values of group) {
      chunks.push(this.own.encode(values));
      // A big chunk takes milliseconds: let signals, messages and other work in between.
      if (chunks.length % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return chunks;
  }

  private startThread(): void {
    const worker = new Worker(threadFile("table/parquet/encodeWorker.js"));
    const encoder: Encoder = { worker, jobs: [] };
    worker.unref();
    worker.on("message", (answer: Answer) => {
      const job = encoder.jobs.shift();
      if (encoder.jobs.length === 0) worker.unref();
      if ("chunk" in answer) job?.resolve(answer.chunk);
      else job?.reject(new DataError(answer.refused));
      this.share();
    });
    worker.on("error", (error) => this.fail(error));
    worker.on("exit", () =>
      this.fail(new DataError("write: a thread that encodes Parquet ended before its work was done.")),
    );
    this.encoders.push(encoder);
  }

  /** Give what waits to the threads that have least at hand. */
  private share(): void {
    if (this.failure !== undefined) {
      this.fail(this.failure);
      return;
    }
    for (;;) {
      const [first] = this.waiting;
      const idlest = this.encoders.reduce((a, b) => (b.jobs.length < a.jobs.length ? b : a));
      if (first === undefined || idlest.jobs.length >= AT_HAND) return;
      this.waiting.shift();
      idlest.jobs.push(first);
      idlest.worker.ref();
      idlest.worker.postMessage(first.values);
    }
  }

  private fail(error: Error): void {
    this.failure ??= error;
    const open = [...this.waiting.splice(0), ...this.encoders.flatMap(({ jobs }) => jobs.splice(0))];
    for (const job of open) job.reject(this.failure);
  }
}

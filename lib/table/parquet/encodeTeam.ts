import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.js";
import { threadFile } from "../../base/threadFile.js";
import { ChunkEncoder, type ChunkValues } from "./encodeChunk.js";
import type { EncodedChunk } from "./format.js";

/** A row group for all threads: each takes the next column that none has taken. */
export interface Order {
  readonly group: readonly ChunkValues[];
  /** Shared: the column that is next. */
  readonly next: Int32Array;
}

/** What a thread answers when no column is left: its chunks by column, and the column whose values it refused. */
export interface Answer {
  readonly chunks: readonly (readonly [column: number, chunk: EncodedChunk])[];
  readonly refused?: { readonly column: number; readonly why: string };
}

/** A thread, and who waits for its answer. */
interface Encoder {
  readonly worker: Worker;
  waiting?: { resolve(answer: Answer): void; reject(error: Error): void };
}

/** Fewer values than this in a row group are encoded sooner than threads are started. */
const WORTH_A_THREAD = 1_000_000;
/** Threads when nothing is said; with more, filling and writing are what takes the time. */
const MOST_THREADS = 4;

/** Encodes row groups, one at a time, on threads, or with one worker, or when there is little to do, on this one. */
export class EncodeTeam {
  private readonly encoders: Encoder[] = [];
  private own: ChunkEncoder | undefined;
  private failure: Error | undefined;

  constructor(private readonly workers = Math.min(MOST_THREADS, availableParallelism())) {}

  /**
   * Encode a row group. The chunks come in the order of `group`; its arrays must rest until the chunks, which may stand in
   * them, are no longer needed.
   * @throws DataError as `ChunkEncoder.encode` does, of the first column that it refuses
   */
  async encode(group: readonly ChunkValues[], rows: number): Promise<EncodedChunk[]> {
    const small = rows * group.length < WORTH_A_THREAD && this.encoders.length === 0;
    if (this.workers <= 1 || small) return this.encodeHere(group);
    while (this.encoders.length < this.workers) this.startThread();
    const order: Order = { group, next: new Int32Array(new SharedArrayBuffer(4)) };
    const answers = await Promise.all(this.encoders.map((encoder) => this.ask(encoder, order)));
    const [refused] = answers.flatMap((answer) => answer.refused ?? []).sort((a, b) => a.column - b.column);
    if (refused !== undefined) throw new DataError(refused.why);
    return answers
      .flatMap(({ chunks }) => chunks)
      .sort(([a], [b]) => a - b)
      .map(([, chunk]) => chunk);
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
    const encoder: Encoder = { worker };
    worker.unref();
    worker.on("message", (answer: Answer) => {
      worker.unref();
      encoder.waiting?.resolve(answer);
    });
    worker.on("error", (error) => this.fail(error));
    worker.on("exit", () =>
      this.fail(new DataError("write: a thread that encodes Parquet ended before its work was done.")),
    );
    this.encoders.push(encoder);
  }

  private ask(encoder: Encoder, order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      encoder.waiting = { resolve, reject };
      encoder.worker.ref();
      encoder.worker.postMessage(order);
    });
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { waiting } of this.encoders) waiting?.reject(this.failure);
  }
}

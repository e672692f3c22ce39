import { availableParallelism } from "node:os";
import { DataError } from "../../base/errors.js";
import { ThreadTeam } from "../threads.js";
import { ChunkEncoder, type ChunkValues } from "./encodeChunk.js";
import type { EncodeAnswer } from "./encodeColumns.js";
import type { EncodedChunk } from "./format.js";

/** A row group for several threads: each takes the next column that none has taken (encodeColumns.ts). */
export interface EncodeOrder {
  readonly kind: "encode";
  readonly group: readonly ChunkValues[];
  /** Shared: the column that is next. */
  readonly next: Int32Array;
}

/** Fewer values than this in a row group are encoded sooner than threads are started. */
const WORTH_A_THREAD = 1_000_000;
/** Threads when nothing is said; with more, filling and writing are what takes the time. */
const MOST_THREADS = 4;

/** Encodes row groups, one at a time, on threads, or with one worker, or when there is little to do, on this one. */
export class EncodeTeam {
  private readonly team = ThreadTeam.join();
  private own: ChunkEncoder | undefined;
  private onThreads = false;

  constructor(private readonly workers = Math.min(MOST_THREADS, availableParallelism())) {}

  /**
   * Encode a row group. The chunks come in the order of `group`; its arrays must rest until the chunks, which may stand in
   * them, are no longer needed.
   * @throws DataError as `ChunkEncoder.encode` does, of the first column that it refuses
   */
  async encode(group: readonly ChunkValues[], rows: number): Promise<EncodedChunk[]> {
    this.onThreads ||= this.workers > 1 && rows * group.length >= WORTH_A_THREAD;
    if (!this.onThreads) return this.encodeHere(group);
    const order: EncodeOrder = { kind: "encode", group, next: new Int32Array(new SharedArrayBuffer(4)) };
    const threads = this.team.threads(this.workers);
    const answers = await Promise.all(threads.map((thread) => thread.ask<EncodeAnswer>(order)));
    const [refused] = answers.flatMap((answer) => answer.refused ?? []).sort((a, b) => a.column - b.column);
    if (refused !== undefined) throw new DataError(refused.why);
    return answers
      .flatMap(({ chunks }) => chunks)
      .sort(([a], [b]) => a - b)
      .map(([, chunk]) => chunk);
  }

  /** Nothing more will be encoded. */
  async leave(): Promise<void> {
    await this.team.leave();
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
}

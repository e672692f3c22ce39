import { NidslabError } from "../../base/errors.js";
import type { ChunkEncoder } from "./encodeChunk.js";
import type { EncodeOrder } from "./encodeTeam.js";
import type { EncodedChunk } from "./format.js";

/** What a thread answers when no column is left: its chunks by column, and the column whose values it refused. */
export interface EncodeAnswer {
  readonly chunks: readonly (readonly [column: number, chunk: EncodedChunk])[];
  readonly refused?: { readonly column: number; readonly why: string };
}

/** Encode columns of a row group, always the next one that no thread has taken. */
export function encodeColumns(encoder: ChunkEncoder, { group, next }: EncodeOrder): EncodeAnswer {
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

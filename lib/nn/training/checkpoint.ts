import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../base/files.js";
import { parseJson } from "../../base/json.js";
import type { Kept } from "./stepper.js";

/** Where a training stands after an epoch: JSON, and vectors by name. */
export interface Checkpoint {
  readonly facts: unknown;
  readonly vectors: Kept;
}

/** First line of a checkpoint. */
interface Head {
  readonly facts: unknown;
  readonly vectors: readonly { readonly name: string; readonly length: number }[];
}

/**
 * Checkpoints of what a stage trains, below one folder: `<hash of the inputs>/checkpoint.bin`. A file is whole or not
 * there, whenever the process ends.
 */
export class Checkpoints {
  constructor(private readonly folder: string) {}

  /** The last one of a training with these inputs, if there is one. */
  read(hash: string): Checkpoint | null {
    const path = this.path(hash);
    if (!existsSync(path)) return null;
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    const { facts, vectors } = parseJson<Head>(bytes.toString("utf8", 0, end), path);
    const found = new Map<string, Float32Array>();
    let at = end + 1;
    for (const { name, length } of vectors) {
      const values = new Float32Array(length);
      new Uint8Array(values.buffer).set(bytes.subarray(at, at + 4 * length));
      found.set(name, values);
      at += 4 * length;
    }
    return { facts, vectors: found };
  }

  /** Take the place of the former one. */
  write(hash: string, { facts, vectors }: Checkpoint): void {
    const head: Head = {
      facts,
      vectors: [...vectors].map(([name, { length }]) => ({ name, length })),
    };
    const parts = [...vectors.values()].map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    );
    // Not canonical: the columns of a history keep their order.
    writeFileAtomic(this.path(hash), Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts]));
  }

  /** Remove all of them: the stage has finished. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path(hash: string): string {
    return join(this.folder, hash, "checkpoint.bin");
  }
}

import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.js";

let made = 0;

/** Bytes that do not fit in memory, in a file without a name: with the process it is gone. */
export class ScratchFile {
  private size = 0;

  private constructor(
    private readonly folder: string,
    private readonly file: number,
  ) {}

  /** @param folder made when it is not there */
  static open(folder: string): ScratchFile {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${process.pid}-${made++}.rows`);
    const file = openSync(path, "wx+");
    rmSync(path);
    return new ScratchFile(folder, file);
  }

  /** Add bytes; returns where they begin. @throws DataError when the disk is full */
  append(data: ArrayBufferView): number {
    const bytes = bytesOf(data);
    const begin = this.size;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.file, bytes, at, undefined, begin + at);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOSPC") throw cause;
      throw new DataError(
        `table: ${this.folder} has no room for rows that do not fit in memory: the disk is full after ` +
          `${Math.round(begin / 1e6)} MB of them. Make room there, or set dataset.rows in params.yaml.`,
        { cause },
      );
    }
    this.size += bytes.length;
    return begin;
  }

  /** Fill `into` with what begins at `place`. @throws DataError when the file has been cut off */
  read(into: ArrayBufferView, place: number): void {
    const bytes = bytesOf(into);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.file, bytes, at, bytes.length - at, place + at);
      if (read === 0) throw new DataError(`table: a file of rows in ${this.folder} ends too early.`);
      at += read;
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

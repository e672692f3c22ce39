import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes that are read at once. DVC 2.x hashed text in such chunks, and its hash depends on where they end. */
const CHUNK = 1 << 20;

/**
 * Read a file of any size piece by piece.
 * @param take called with each chunk; the next one overwrites it
 * @param length bytes of every chunk but the last
 */
export function eachChunk(path: string, take: (chunk: Buffer) => void, length = CHUNK): void {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(length, fstatSync(file).size + 1));
    for (;;) {
      let filled = 0;
      for (let read = -1; read !== 0 && filled < buffer.length; filled += read) {
        read = readSync(file, buffer, filled, buffer.length - filled, null);
      }
      if (filled === 0) return;
      take(buffer.subarray(0, filled));
    }
  } finally {
    closeSync(file);
  }
}

/** md5 of a file's bytes, in memory of one chunk. @returns hex digits */
export function md5OfFile(path: string, length = CHUNK): string {
  const hash = createHash("md5");
  eachChunk(path, (chunk) => hash.update(chunk), length);
  return hash.digest("hex");
}

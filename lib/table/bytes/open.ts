import { type BigIntStats, closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DataError } from "../../base/errors.js";
import { shownPath, unreadable } from "../../base/files.js";

/** A regular file that is open for reading, and what it was when it was opened. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly path: string;
  readonly before: BigIntStats;
}

/**
 * Open a regular file. What a path names is looked at first: opening a FIFO would wait for its writer.
 * @throws DataError when the file is not there, cannot be read or is no regular file
 */
export async function openFile(path: string): Promise<OpenFile> {
  expectRegular(path);
  try {
    const handle = await open(path, "r");
    return { handle, path, before: await handle.stat({ bigint: true }) };
  } catch (cause) {
    throw unreadable(path, "Check the path.", cause);
  }
}

/** To be called when a file has been read to its end. @throws DataError when it was written to in the meantime */
export async function expectUnchanged({ handle, path, before }: OpenFile): Promise<void> {
  const after = await handle.stat({ bigint: true });
  if (after.size === before.size && after.mtimeNs === before.mtimeNs) return;
  throw new DataError(
    `read: ${shownPath(path)} changed while being read (${before.size} bytes before, ${after.size} after). ` +
      "Wait until it is complete, or read a copy of it.",
  );
}

/** The first `count` bytes of a file, fewer when it is shorter. @throws DataError as `openFile` does */
export function firstBytes(path: string, count: number): Uint8Array {
  expectRegular(path);
  try {
    const file = openSync(path, "r");
    try {
      const buffer = new Uint8Array(count);
      return buffer.subarray(0, readSync(file, buffer, 0, count, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(path, "Check the path.", cause);
  }
}

function expectRegular(path: string): void {
  let kind: string;
  try {
    const status = statSync(path);
    if (status.isFile()) return;
    kind = kindOf(status);
  } catch (cause) {
    throw unreadable(path, "Check the path.", cause);
  }
  throw new DataError(`read: ${shownPath(path)} is ${kind}, a regular file was expected. Name a file.`);
}

/** What stands at a path where no regular file does, for messages. */
export function kindOf(status: Stats): string {
  if (status.isDirectory()) return "a folder";
  return status.isFIFO() ? "a FIFO" : status.isSocket() ? "a socket" : "a device";
}

import { FormatError } from "../../base/errors.js";
import { shownPath, unreadable } from "../../base/files.js";
import type { Tally } from "../../base/tally.js";
import { textBytes } from "./encoding.js";
import { gunzip, isGzip } from "./gzip.js";
import { expectUnchanged, firstBytes, type OpenFile, openFile } from "./open.js";

/** Bytes that are pulled, one piece after the other. */
export interface ByteSource {
  /** Fill `into` from its start; returns how many bytes, 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Longest line that is read: whatever looks for line ends must hold one line in memory. */
export const LONGEST_LINE = 2 ** 26;

/**
 * The text of a file as UTF-8 bytes with LF line ends: gzip (known by content) is decompressed, UTF-16 with a byte order
 * mark is decoded, a byte order mark is taken off, and the CR line ends of a file without LF become LF; each repair is
 * counted (`utf16`, `byte_order_mark`, `cr_line_ends`). CR before LF stays, as do bytes that are not UTF-8.
 * `read` throws FormatError for a gzip stream that is truncated, corrupt or a bomb, and at the end DataError when the file
 * was changed while it was read.
 * @throws DataError when the file is not there, cannot be read or is no regular file
 */
export async function openText(path: string, repaired: Tally): Promise<ByteSource> {
  const compressed = isGzip(firstBytes(path, 2));
  const file = await openFile(path);
  return textBytes(watched(file, compressed ? gunzip(file) : plain(file)), repaired);
}

function plain(file: OpenFile): ByteSource {
  return {
    async read(into) {
      try {
        return (await file.handle.read(into, 0, into.length, null)).bytesRead;
      } catch (cause) {
        throw unreadable(file.path, "Check the path.", cause);
      }
    },
    close: () => file.handle.close(),
  };
}

function watched(file: OpenFile, source: ByteSource): ByteSource {
  return {
    async read(into) {
      const count = await source.read(into);
      if (count === 0) await expectUnchanged(file);
      return count;
    },
    close: () => source.close(),
  };
}

/** Thrown by what cuts bytes into lines; who counts the lines turns it into the error of `overlongLine`. */
export class OverlongLine extends Error {}

/** The error for a line that is longer than `LONGEST_LINE`. */
export function overlongLine(path: string, line: number): FormatError {
  return new FormatError(
    `read: ${shownPath(path)}: line ${line} is longer than ${LONGEST_LINE / 2 ** 20} MiB, so this is no file of flow ` +
      "records. Check that it is text with line ends.",
  );
}

import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { codeOf, FormatError, messageOf } from "../base/errors.js";
import { unreadable } from "../base/files.js";
import type { Tally } from "../base/tally.js";

const BLOCK = 1 << 18;
const HEAD = 1 << 16;

/** Consecutive lines of a file without their ends; `first` is the number of the first one, counted from 1. */
export interface LineBatch {
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * Read a text file in batches of lines, in constant memory. Gzip is known by content. A byte order mark, CR before LF
 * and bytes that are not UTF-8 are repaired and counted (`byte_order_mark`, `crlf`, `invalid_utf8`) by line.
 * @throws DataError when the file is not there, FormatError when its gzip is truncated or corrupt
 */
export async function* readLines(path: string, repaired: Tally): AsyncGenerator<LineBatch, void> {
  const compressed = isGzip(firstBytes(path, 2));
  const file = createReadStream(path, { highWaterMark: BLOCK });
  // pipeline hands an error of the file on to the stream that is read below.
  const bytes: Readable = compressed ? pipeline(file, createGunzip({ chunkSize: BLOCK }), () => {}) : file;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  let number = 1;
  const batch = (text: string): LineBatch => {
    const lines = text.split("\n");
    const odd = text.includes("\r") || text.includes("\ufffd") || number === 1;
    const first = number;
    number += lines.length;
    return { first, lines: odd ? lines.map((line, i) => clean(line, first + i, repaired)) : lines };
  };
  try {
    for await (const chunk of bytes) {
      const text = rest + decoder.decode(chunk as Uint8Array, { stream: true });
      const end = text.lastIndexOf("\n");
      rest = text.slice(end + 1);
      if (end >= 0) yield batch(text.slice(0, end));
    }
  } catch (cause) {
    throw streamError(path, cause);
  } finally {
    file.destroy();
  }
  rest += decoder.decode();
  if (rest !== "") yield batch(rest);
}

function clean(line: string, number: number, repaired: Tally): string {
  let text = line;
  if (number === 1 && text.startsWith("\ufeff")) {
    repaired.add("byte_order_mark", number);
    text = text.slice(1);
  }
  if (text.endsWith("\r")) {
    repaired.add("crlf", number);
    text = text.slice(0, -1);
  }
  if (text.includes("\ufffd")) repaired.add("invalid_utf8", number);
  return text;
}

function streamError(path: string, cause: unknown): unknown {
  const code = codeOf(cause) ?? "";
  if (code === "Z_BUF_ERROR") {
    return new FormatError(
      `read: ${path}: the gzip stream ends too early (the file is truncated). Copy or download it again.`,
      { cause },
    );
  }
  if (code.startsWith("Z_")) {
    return new FormatError(
      `read: ${path}: the gzip stream is corrupt (${messageOf(cause)}). Copy or download it again.`,
      {
        cause,
      },
    );
  }
  return code === "" ? cause : unreadable(path, "Check dataset.path in params.yaml.", cause);
}

/** The beginning of a file as text, decompressed, for finding out what it is; empty when nothing can be decompressed. */
export function readHead(path: string): string {
  const bytes = firstBytes(path, HEAD);
  return headText(isGzip(bytes) ? inflateSome(bytes) : bytes);
}

function headText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes);
}

function inflateSome(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, HEAD);
  } catch {
    // Not gzip after all: what it is will be said by whoever looks at the empty head.
    return new Uint8Array(0);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The first `count` bytes of a file, fewer when it is shorter. @throws DataError when it cannot be read */
export function firstBytes(path: string, count: number): Uint8Array {
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

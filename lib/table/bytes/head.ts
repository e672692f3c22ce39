import { endsWithCr, markOf } from "./encoding.js";
import { inflateSome, isGzip } from "./gzip.js";
import { firstBytes } from "./open.js";

const HEAD = 1 << 16;

/**
 * The beginning of a file as text, for finding out what it is: about 64 KiB, whole lines unless the first one is longer.
 * Decompressed; empty when nothing can be decompressed; UTF-16 and CR line ends are understood as when it is read.
 * @throws DataError when the file is not there, cannot be read or is no regular file
 */
export function readHead(path: string): string {
  const stored = firstBytes(path, HEAD);
  const bytes = isGzip(stored) ? inflateSome(stored) : stored;
  const cut = bytes.length >= HEAD;
  const { encoding, length } = markOf(bytes);
  const raw = bytes.subarray(length, HEAD);
  const text = new TextDecoder(encoding).decode(raw, { stream: cut });
  const lines =
    encoding === "utf-8" && !endsWithCr(raw)
      ? text
      : text.includes("\n")
        ? text
        : text.replaceAll("\r", "\n");
  const end = lines.lastIndexOf("\n");
  return cut && end >= 0 ? lines.slice(0, end + 1) : lines;
}

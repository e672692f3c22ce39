import type { Tally } from "../base/tally.js";
import { LONGEST_LINE, openText, overlongLine } from "../table/bytes/source.js";

const BLOCK = 1 << 18;

/** Consecutive lines of a file without their ends; `first` is the number of the first one, counted from 1. */
export interface LineBatch {
  readonly first: number;
  readonly lines: readonly string[];
}

/**
 * Read a text file in batches of lines, in constant memory. Gzip, UTF-16 and CR line ends are understood (see `openText`);
 * CR before LF and bytes that are not UTF-8 are repaired and counted (`crlf`, `invalid_utf8`) by line.
 * @throws DataError when the file is not there, is no regular file or changes while it is read, FormatError when its gzip
 *   is truncated, corrupt or a bomb, or a line is longer than 64 MiB
 */
export async function* readLines(path: string, repaired: Tally): AsyncGenerator<LineBatch, void> {
  const source = await openText(path, repaired);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const block = new Uint8Array(BLOCK);
  let pieces: string[] = [];
  let held = 0;
  let number = 1;
  const batch = (text: string): LineBatch => {
    const lines = text.split("\n");
    const odd = text.includes("\r") || text.includes("\ufffd");
    const first = number;
    number += lines.length;
    return { first, lines: odd ? lines.map((line, i) => clean(line, first + i, repaired)) : lines };
  };
  try {
    for (let count = await source.read(block); count > 0; count = await source.read(block)) {
      const text = decoder.decode(block.subarray(0, count), { stream: true });
      const end = text.lastIndexOf("\n");
      if (end >= 0) {
        pieces.push(text.slice(0, end));
        yield batch(pieces.join(""));
        pieces = [];
        held = 0;
      }
      pieces.push(text.slice(end + 1));
      held += text.length - (end + 1);
      if (held > LONGEST_LINE) throw overlongLine(path, number);
    }
  } finally {
    await source.close();
  }
  const rest = pieces.join("") + decoder.decode();
  if (rest !== "") yield batch(rest);
}

function clean(line: string, number: number, repaired: Tally): string {
  let text = line;
  if (text.endsWith("\r")) {
    repaired.add("crlf", number);
    text = text.slice(0, -1);
  }
  if (text.includes("\ufffd")) repaired.add("invalid_utf8", number);
  return text;
}

import type { Tally } from "../../base/tally.js";
import type { ByteSource } from "./source.js";

const LF = 10;
const CR = 13;
const CHUNK = 1 << 18;

/** The encoding that the byte order mark of a text tells, and the length of the mark. */
export function markOf(bytes: Uint8Array): { encoding: "utf-8" | "utf-16le" | "utf-16be"; length: number } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: "utf-16le", length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: "utf-16be", length: 2 };
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { encoding: "utf-8", length: marked ? 3 : 0 };
}

/** Whether lines end with CR alone: there are such ends (the last byte may be half of CRLF) and no LF. */
export function endsWithCr(bytes: Uint8Array): boolean {
  return !bytes.includes(LF) && bytes.subarray(0, -1).includes(CR);
}

/** A source as UTF-8 without a mark and with LF line ends; the first read decides about both. */
export function textBytes(source: ByteSource, repaired: Tally): ByteSource {
  let reader: ((into: Uint8Array) => Promise<number>) | undefined;
  return {
    async read(into) {
      reader ??= await start(source, repaired);
      return reader(into);
    },
    close: () => source.close(),
  };
}

async function start(source: ByteSource, repaired: Tally): Promise<(into: Uint8Array) => Promise<number>> {
  const first = await fill(source, new Uint8Array(CHUNK));
  const { encoding, length } = markOf(first);
  const bytes = first.subarray(length);
  let read = behind(bytes, source);
  if (encoding !== "utf-8") {
    repaired.add("utf16", 1);
    read = decoded(read, new TextDecoder(encoding));
  } else if (length > 0) repaired.add("byte_order_mark", 1);
  const text =
    encoding === "utf-8" ? bytes : new TextEncoder().encode(new TextDecoder(encoding).decode(bytes));
  return endsWithCr(text) ? withLf(read, repaired) : read;
}

async function fill(source: ByteSource, into: Uint8Array): Promise<Uint8Array> {
  let length = 0;
  while (length < into.length) {
    const count = await source.read(into.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return into.subarray(0, length);
}

/** First the bytes that were read already, then the rest of the source. */
function behind(bytes: Uint8Array, source: ByteSource): (into: Uint8Array) => Promise<number> {
  let rest = bytes;
  return async (into) => {
    if (rest.length === 0) return source.read(into);
    const part = rest.subarray(0, into.length);
    into.set(part);
    rest = rest.subarray(part.length);
    return part.length;
  };
}

function decoded(
  read: (into: Uint8Array) => Promise<number>,
  decoder: InstanceType<typeof TextDecoder>,
): (into: Uint8Array) => Promise<number> {
  const encoder = new TextEncoder();
  const chunk = new Uint8Array(CHUNK);
  let rest: Uint8Array = new Uint8Array(0);
  let ended = false;
  return async (into) => {
    while (rest.length === 0 && !ended) {
      const count = await read(chunk);
      ended = count === 0;
      rest = encoder.encode(decoder.decode(chunk.subarray(0, count), { stream: !ended }));
    }
    const part = rest.subarray(0, into.length);
    into.set(part);
    rest = rest.subarray(part.length);
    return part.length;
  };
}

function withLf(
  read: (into: Uint8Array) => Promise<number>,
  repaired: Tally,
): (into: Uint8Array) => Promise<number> {
  let line = 1;
  return async (into) => {
    const count = await read(into);
    for (let i = 0; i < count; i++) {
      if (into[i] === CR) {
        into[i] = LF;
        repaired.add("cr_line_ends", line++);
      } else if (into[i] === LF) line++;
    }
    return count;
  };
}

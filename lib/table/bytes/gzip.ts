import { pipeline, type Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { codeOf, FormatError, messageOf } from "../../base/errors.js";
import { shownPath, unreadable } from "../../base/files.js";
import type { OpenFile } from "./open.js";
import type { ByteSource } from "./source.js";

const CHUNK = 1 << 18;
/** A gzip stream is taken for a bomb when it has given more than this and more than so many times its own size. */
const BOMB_BYTES = 2 ** 30;
const BOMB_RATIO = 200;

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * As much as the beginning of a gzip stream gives, in a stream with a fault what stands before it (so that the file is known
 * and the fault is said when it is read); nothing when it is no gzip after all.
 */
export function inflateSome(bytes: Uint8Array): Uint8Array {
  const whole = inflated(bytes);
  if (whole !== undefined) return whole;
  let best: Uint8Array = new Uint8Array(0);
  let [sound, faulty] = [0, bytes.length];
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    const some = inflated(bytes.subarray(0, middle));
    if (some === undefined) faulty = middle;
    else [sound, best] = [middle, some];
  }
  return best;
}

function inflated(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return undefined;
  }
}

/**
 * The content of a gzip file (of several members, one after the other). Flow records shrink to a fifth or a tenth of their
 * size, KDD'99, the most repetitive known set, to a fortieth; the format ends at a thousandth. A stream that has given more
 * than 1 GiB and more than 200 times the bytes that it took is refused as a bomb.
 * `read` throws FormatError when the stream is truncated, corrupt or a bomb.
 */
export function gunzip(file: OpenFile): ByteSource {
  const compressed = file.handle.createReadStream({ autoClose: false, highWaterMark: CHUNK, start: 0 });
  const gunzipper = createGunzip({ chunkSize: CHUNK });
  // pipeline hands an error of the file on to the stream that is read below.
  const chunks = (pipeline(compressed, gunzipper, () => {}) as Readable).iterator();
  let rest: Uint8Array = new Uint8Array(0);
  let given = 0;
  return {
    async read(into) {
      if (rest.length === 0) {
        try {
          const next = await chunks.next();
          if (next.done === true) return 0;
          rest = next.value as Uint8Array;
        } catch (cause) {
          throw streamError(file.path, cause);
        }
        given += rest.length;
        if (given > BOMB_BYTES && given > BOMB_RATIO * gunzipper.bytesWritten) throw bomb(file.path);
      }
      const part = rest.subarray(0, into.length);
      into.set(part);
      rest = rest.subarray(part.length);
      return part.length;
    },
    async close() {
      compressed.destroy();
      gunzipper.destroy();
      await file.handle.close();
    },
  };
}

function bomb(path: string): FormatError {
  return new FormatError(
    `read: ${shownPath(path)}: the gzip stream expands more than ${BOMB_RATIO} times and beyond 1 GiB, as no flow data ` +
      "does. If you trust it, decompress it (gzip -d) and read the result.",
  );
}

function streamError(path: string, cause: unknown): unknown {
  const code = codeOf(cause) ?? "";
  if (code === "Z_BUF_ERROR") {
    return new FormatError(
      `read: ${shownPath(path)}: the gzip stream ends too early (the file is truncated). Copy or download it again.`,
      { cause },
    );
  }
  if (code.startsWith("Z_")) {
    return new FormatError(
      `read: ${shownPath(path)}: the gzip stream is corrupt (${messageOf(cause)}). Copy or download it again.`,
      { cause },
    );
  }
  return code === "" ? cause : unreadable(path, "Check the path.", cause);
}

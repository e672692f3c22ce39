import type { ByteBuffer } from "./byteBuffer.js";

/*
 * The texts of a chunk: a code a row (-1 is missing), and the distinct texts as UTF-8, one after the other; text i ends at
 * `ends[i]`. Loops over rows stand alone: inside a longer function the engine gives their compiled code up again and again.
 */

/** Longer texts are not named in the statistics. */
const LONGEST_STATISTIC = 64;

/** 1 where a text is, else 0. */
export function markPresent(codes: Int32Array, into: Int32Array): void {
  for (let i = 0; i < codes.length; i++) into[i] = codes[i] >= 0 ? 1 : 0;
}

/** The codes that are not missing, one after the other. */
export function writeDense(codes: Int32Array, into: Int32Array): void {
  let at = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) into[at++] = codes[i];
}

/** Write the text of a code. */
export function appendBytes(utf8: Uint8Array, ends: Int32Array, code: number, out: ByteBuffer): void {
  const from = startOf(ends, code);
  const to = ends[code];
  out.reserve(to - from);
  if (to - from < 32) for (let i = from, at = out.length; i < to; i++) out.bytes[at++] = utf8[i];
  else out.bytes.set(utf8.subarray(from, to), out.length);
  out.length += to - from;
}

/** Least and greatest text by bytes; nothing when one of them is long. */
export function textRange(utf8: Uint8Array, ends: Int32Array): { min?: Uint8Array; max?: Uint8Array } {
  if (ends.length === 0) return {};
  let min = 0;
  let max = 0;
  for (let code = 1; code < ends.length; code++) {
    if (isBefore(utf8, ends, code, min)) min = code;
    else if (isBefore(utf8, ends, max, code)) max = code;
  }
  const least = utf8.slice(startOf(ends, min), ends[min]);
  const greatest = utf8.slice(startOf(ends, max), ends[max]);
  return Math.max(least.length, greatest.length) > LONGEST_STATISTIC ? {} : { min: least, max: greatest };
}

function isBefore(utf8: Uint8Array, ends: Int32Array, one: number, other: number): boolean {
  let a = startOf(ends, one);
  let b = startOf(ends, other);
  const aEnd = ends[one];
  const bEnd = ends[other];
  while (a < aEnd && b < bEnd && utf8[a] === utf8[b]) {
    a++;
    b++;
  }
  return b < bEnd && (a === aEnd || utf8[a] < utf8[b]);
}

/** Where the text of a code begins. */
export function startOf(ends: Int32Array, code: number): number {
  return code > 0 ? ends[code - 1] : 0;
}

import type { ByteBuffer } from "./byteBuffer.js";

const BLOCK = 65_536;
const HASH_BITS = 14;
const MULTIPLIER = 0x1e35a7bd;
const table = new Uint16Array(1 << HASH_BITS);

/**
 * Append the Snappy form of `source` (the raw format, as Parquet has it: no frame, no checksum). What does not
 * compress is passed over quickly.
 * Source: google/snappy, format_description.txt; the search for matches is CompressFragment's.
 */
export function snappy(source: Uint8Array, out: ByteBuffer): void {
  out.varint(source.length);
  out.reserve(source.length + Math.ceil(source.length / 6) + 64);
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  for (let start = 0; start < source.length; start += BLOCK) {
    block(source, view, start, Math.min(start + BLOCK, source.length), out);
  }
}

function block(source: Uint8Array, view: DataView, start: number, end: number, out: ByteBuffer): void {
  table.fill(0);
  const limit = end - 15;
  let emitted = start;
  let at = start + 1;
  while (at < limit) {
    let candidate = start;
    let found = false;
    for (let skip = 32; at < limit; at += skip++ >>> 5) {
      const word = view.getInt32(at, true);
      const slot = Math.imul(word, MULTIPLIER) >>> (32 - HASH_BITS);
      candidate = start + table[slot];
      table[slot] = at - start;
      if (word === view.getInt32(candidate, true)) {
        found = true;
        break;
      }
    }
    if (!found) break;
    literal(source, emitted, at, out);
    let length = 4;
    while (
      at + length < limit &&
      view.getInt32(at + length, true) === view.getInt32(candidate + length, true)
    )
      length += 4;
    while (at + length < end && source[at + length] === source[candidate + length]) length++;
    copy(at - candidate, length, out);
    at += length;
    emitted = at;
    if (at < limit) {
      table[Math.imul(view.getInt32(at - 1, true), MULTIPLIER) >>> (32 - HASH_BITS)] = at - 1 - start;
    }
  }
  literal(source, emitted, end, out);
}

function literal(source: Uint8Array, from: number, to: number, out: ByteBuffer): void {
  const length = to - from;
  if (length === 0) return;
  const { bytes } = out;
  let at = out.length;
  const n = length - 1;
  if (n < 60) bytes[at++] = n << 2;
  else if (n < 256) {
    bytes[at++] = 60 << 2;
    bytes[at++] = n;
  } else {
    bytes[at++] = 61 << 2;
    bytes[at++] = n & 255;
    bytes[at++] = n >>> 8;
  }
  if (length < 32) for (let i = from; i < to; i++) bytes[at++] = source[i];
  else {
    bytes.set(source.subarray(from, to), at);
    at += length;
  }
  out.length = at;
}

function copy(offset: number, length: number, out: ByteBuffer): void {
  const { bytes } = out;
  let at = out.length;
  let left = length;
  while (left > 0) {
    // The rest must not be shorter than a copy can be said cheaply, as in the reference.
    const n = left > 67 ? 64 : left > 64 ? 60 : left;
    if (n >= 4 && n < 12 && offset < 2048) {
      bytes[at++] = 1 | ((n - 4) << 2) | ((offset >>> 8) << 5);
      bytes[at++] = offset & 255;
    } else {
      bytes[at++] = 2 | ((n - 1) << 2);
      bytes[at++] = offset & 255;
      bytes[at++] = offset >>> 8;
    }
    left -= n;
  }
  out.length = at;
}

import type { ByteBuffer } from "./byteBuffer.js";

const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
const TWO32 = 2 ** 32;

/** Largest spread (max - min) of integers whose differences, and the differences of those, are exact in doubles. */
export const DELTA_SPREAD = 2 ** 51;

const deltas = new Float64Array(BLOCK);

/**
 * Append `count` integers as differences: times, counters and numbers of a small range take few bits.
 * Their spread must be below DELTA_SPREAD. Source: parquet-format, Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)".
 */
export function deltaBinaryPacked(values: ArrayLike<number>, count: number, out: ByteBuffer): void {
  out.varint(BLOCK);
  out.varint(MINIBLOCKS);
  out.varint(count);
  out.zigzag(count > 0 ? values[0] : 0);
  for (let start = 1; start < count; start += BLOCK) {
    const n = Math.min(BLOCK, count - start);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const delta = values[start + i] - values[start + i - 1];
      deltas[i] = delta;
      if (delta < least) least = delta;
    }
    for (let i = 0; i < n; i++) deltas[i] -= least;
    deltas.fill(0, n);
    out.zigzag(least);
    block(n, out);
  }
}

/** The four bit widths, then the miniblocks that hold a value. */
function block(n: number, out: ByteBuffer): void {
  out.reserve(MINIBLOCKS + BLOCK * 8 + 8);
  const widthsAt = out.length;
  out.length += MINIBLOCKS;
  for (let mini = 0; mini < MINIBLOCKS; mini++) {
    const from = mini * MINIBLOCK;
    let largest = 0;
    if (from < n) for (let i = from; i < from + MINIBLOCK; i++) if (deltas[i] > largest) largest = deltas[i];
    const width = largest < TWO32 ? 32 - Math.clz32(largest) : 64 - Math.clz32(Math.floor(largest / TWO32));
    out.bytes[widthsAt + mini] = width;
    if (width > 0) pack(from, width, out);
  }
}

function pack(from: number, width: number, out: ByteBuffer): void {
  const { view } = out;
  let at = out.length;
  let word = 0;
  let filled = 0;
  const put = (bits: number, count: number): void => {
    if (count === 0) return;
    word |= bits << filled;
    filled += count;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = filled > 0 ? bits >>> (count - filled) : 0;
    }
  };
  for (let i = from; i < from + MINIBLOCK; i++) {
    const low = deltas[i] >>> 0;
    put(low, Math.min(width, 32));
    if (width > 32) put((deltas[i] - low) / TWO32, width - 32);
  }
  // 32 values of any width end at a whole word.
  out.length = at;
}

import { FormatError } from "../../base/errors.js";
import type { ByteBuffer } from "./byteBuffer.js";

/** Bits that the numbers 0 … `largest` need. */
export function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}

/**
 * Append `count` small non-negative integers of `width` bits (0 to 32) as runs of one value and as bit-packed groups of
 * eight, whichever is shorter. Source: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".
 */
export function hybrid(values: ArrayLike<number>, count: number, width: number, out: ByteBuffer): void {
  if (width === 0) {
    if (count > 0) out.varint(count << 1);
    return;
  }
  // A run costs up to four bytes of header and two of the groups that it cuts apart, beside its value.
  const shortest = Math.max(8, Math.ceil((48 + width) / width));
  let packedFrom = 0;
  let at = 0;
  while (at < count) {
    const value = values[at];
    let end = at + 1;
    while (end < count && values[end] === value) end++;
    const toWholeGroup = (packedFrom - at) & 7;
    if (end - at - toWholeGroup >= shortest) {
      const runFrom = at + toWholeGroup;
      packed(values, packedFrom, runFrom, width, out);
      out.varint((end - runFrom) * 2);
      out.littleEndian(value, (width + 7) >>> 3);
      packedFrom = end;
    }
    at = end;
  }
  packed(values, packedFrom, count, width, out);
}

function packed(values: ArrayLike<number>, from: number, to: number, width: number, out: ByteBuffer): void {
  if (to === from) return;
  const groups = (to - from + 7) >>> 3;
  out.varint(groups * 2 + 1);
  bitPack(values, from, to, width, out);
  const missing = out.length;
  const bytes = groups * width - (((to - from) * width + 7) >>> 3);
  out.reserve(bytes);
  out.bytes.fill(0, missing, missing + bytes);
  out.length += bytes;
}

/** Append the low `width` bits (1 to 32) of each value, low bits first, to a whole byte at the end. */
function bitPack(values: ArrayLike<number>, from: number, to: number, width: number, out: ByteBuffer): void {
  const size = ((to - from) * width + 7) >>> 3;
  out.reserve(size + 4);
  const { view } = out;
  let at = out.length;
  const end = at + size;
  let word = 0;
  let filled = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    word |= value << filled;
    filled += width;
    if (filled >= 32) {
      view.setInt32(at, word, true);
      at += 4;
      filled -= 32;
      word = filled > 0 ? value >>> (width - filled) : 0;
    }
  }
  if (filled > 0) view.setInt32(at, word, true);
  out.length = end;
}

/**
 * Read `count` integers of `width` bits from `at` on into `out`; the reverse of `hybrid`.
 * @throws FormatError when the bytes end before
 */
export function unhybrid(
  source: Uint8Array,
  at: number,
  width: number,
  out: Int32Array,
  count: number,
): void {
  let from = at;
  const wholeBytes = (width + 7) >>> 3;
  for (let done = 0; done < count; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (from >= source.length) throw new FormatError("a page ends before its values do");
      const byte = source[from++];
      header |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    const n = Math.min(count - done, (header & 1) === 0 ? header >>> 1 : (header >>> 1) * 8);
    if (n === 0) throw new FormatError("a run of values is empty");
    if ((header & 1) === 0) {
      let value = 0;
      for (let i = 0; i < wholeBytes; i++) value |= source[from++] << (8 * i);
      out.fill(value, done, done + n);
    } else {
      bitUnpack(source, from, width, out, done, n);
      from += (header >>> 1) * width;
    }
    done += n;
  }
}

/** Widths up to 24 bits, which is more than a row group has rows. */
function bitUnpack(
  source: Uint8Array,
  at: number,
  width: number,
  out: Int32Array,
  start: number,
  count: number,
): void {
  const mask = (1 << width) - 1;
  let from = at;
  let word = 0;
  let filled = 0;
  for (let i = start; i < start + count; i++) {
    while (filled < width) {
      word |= source[from++] << filled;
      filled += 8;
    }
    out[i] = word & mask;
    word >>>= width;
    filled -= width;
  }
}

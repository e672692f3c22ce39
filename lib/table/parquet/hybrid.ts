import { FormatError } from "../../base/errors.js";

/** Bits that the numbers 0 … `largest` need. */
export function bitWidth(largest: number): number {
  return 32 - Math.clz32(largest);
}

/**
 * Read `count` integers of `width` bits from `at` on into `out`; the reverse of wasm/hybrid.ts.
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

import { FormatError } from "../../base/errors.js";

/**
 * Read `count` integers from `at` on into `out`; the reverse of `deltaBinaryPacked`, for what it writes.
 * @returns where the next byte is
 * @throws FormatError when the bytes end before
 */
export function undelta(source: Uint8Array, at: number, out: Float64Array, count: number): number {
  const reader = new Varints(source, at);
  const block = reader.unsigned();
  const mini = block / reader.unsigned();
  if (reader.unsigned() !== count || !(mini > 0 && mini % 32 === 0 && block <= 1024))
    throw new FormatError("the header of a page of differences is damaged");
  let last = reader.signed();
  if (count > 0) out[0] = last;
  for (let done = 1; done < count; ) {
    const least = reader.signed();
    const widthsAt = reader.at;
    reader.at += block / mini;
    for (let i = 0; i < block / mini && done < count; i++) {
      const width = source[widthsAt + i];
      if (reader.at + (mini / 8) * width > source.length || width > 53)
        throw new FormatError("a page of differences is damaged");
      const bits = new Bits(source, reader.at);
      reader.at += (mini / 8) * width;
      for (let k = 0; k < mini && done < count; k++) {
        last += least + bits.next(width);
        out[done++] = last;
      }
    }
  }
  return reader.at;
}

/** Little-endian bit strings of up to 53 bits. */
class Bits {
  private word = 0;
  private filled = 0;

  constructor(
    private readonly source: Uint8Array,
    private at: number,
  ) {}

  next(width: number): number {
    if (width <= 24) return this.few(width);
    if (width <= 48) return this.few(24) + this.few(width - 24) * 2 ** 24;
    return this.few(24) + this.few(24) * 2 ** 24 + this.few(width - 48) * 2 ** 48;
  }

  private few(width: number): number {
    while (this.filled < width) {
      this.word |= this.source[this.at++] << this.filled;
      this.filled += 8;
    }
    const value = this.word & ((1 << width) - 1);
    this.word >>>= width;
    this.filled -= width;
    return value;
  }
}

class Varints {
  constructor(
    private readonly source: Uint8Array,
    public at: number,
  ) {}

  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (this.at >= this.source.length) throw new FormatError("a page ends before its values do");
      const byte = this.source[this.at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** Exact below 2^52, and above for what is a multiple of the spacing of doubles there. */
  signed(): number {
    const start = this.at;
    const value = this.unsigned();
    if (value < 2 ** 53) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    let exact = 0n;
    for (let i = this.at - 1; i >= start; i--) exact = (exact << 7n) | BigInt(this.source[i] & 127);
    return Number(exact & 1n ? -((exact + 1n) >> 1n) : exact >> 1n);
  }
}

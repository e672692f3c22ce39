/** Bytes that grow: little-endian words, and the variable-length integers of Thrift and Parquet (ULEB128). */
export class ByteBuffer {
  bytes: Uint8Array;
  view: DataView;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** A buffer in memory that is there; beyond it, it goes on elsewhere. */
  static over(bytes: Uint8Array): ByteBuffer {
    const buffer = new ByteBuffer(0);
    buffer.bytes = bytes;
    buffer.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return buffer;
  }

  /** Make room for `count` more bytes; `bytes` and `view` may be others afterwards. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  /** The low bytes of an integer of less than 2^53, low byte first. */
  littleEndian(value: number, count: number): void {
    for (let i = 0, rest = value; i < count; i++) {
      this.byte(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }

  /** Unsigned LEB128 of a non-negative safe integer. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  /** Zigzag, then LEB128; exact for |value| < 2^52, and for any integer whose double is exact. */
  zigzag(value: number): void {
    if (Math.abs(value) < 2 ** 52) this.varint(value < 0 ? -2 * value - 1 : 2 * value);
    else this.bigVarint(value < 0 ? -2n * BigInt(value) - 1n : 2n * BigInt(value));
  }

  append(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** What was written; it shares memory with the buffer. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  private bigVarint(value: bigint): void {
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) this.byte(Number(rest & 127n) | 128);
    this.byte(Number(rest));
  }
}

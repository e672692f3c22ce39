const encoder = new TextEncoder();

/** Grows a buffer of protobuf fields. Source: https://protobuf.dev/programming-guides/encoding/ */
export class ProtoWriter {
  private buffer = new Uint8Array(256);
  private length = 0;

  private reserve(extra: number): void {
    if (this.length + extra <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + extra));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  private varint(value: number | bigint): void {
    this.reserve(10);
    if (typeof value === "number" && value >= 0 && value < 0x80000000) {
      let rest = value;
      while (rest > 127) {
        this.buffer[this.length++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      this.buffer[this.length++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.buffer[this.length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  integer(field: number, value: number | bigint): void {
    this.varint(field << 3);
    this.varint(value);
  }

  float(field: number, value: number): void {
    this.varint((field << 3) | 5);
    this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(this.length, value, true);
    this.length += 4;
  }

  bytes(field: number, value: Uint8Array): void {
    this.varint((field << 3) | 2);
    this.varint(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  string(field: number, value: string): void {
    this.bytes(field, encoder.encode(value));
  }

  /** A field that was read elsewhere, key and all. */
  raw(field: Uint8Array): void {
    this.reserve(field.length);
    this.buffer.set(field, this.length);
    this.length += field.length;
  }

  message(field: number, value: ProtoWriter): void {
    this.bytes(field, value.finish());
  }

  packedIntegers(field: number, values: ArrayLike<number | bigint>): void {
    const packed = new ProtoWriter();
    for (let i = 0; i < values.length; i++) packed.varint(values[i]);
    this.message(field, packed);
  }

  packedFloats(field: number, values: ArrayLike<number>): void {
    const floats = Float32Array.from(values);
    this.bytes(field, new Uint8Array(floats.buffer));
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}

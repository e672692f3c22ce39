import { ByteBuffer } from "./byteBuffer.js";

const STOP = 0;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;
const utf8 = new TextEncoder();

/** Writes structs in Thrift's compact protocol, fields in rising order. Source: apache/thrift, compact-protocol.md. */
export class ThriftWriter {
  private last = 0;

  constructor(private readonly out: ByteBuffer = new ByteBuffer()) {}

  i16(field: number, value: number): void {
    this.header(field, I16);
    this.out.zigzag(value);
  }

  i32(field: number, value: number): void {
    this.header(field, I32);
    this.out.zigzag(value);
  }

  i64(field: number, value: number): void {
    this.header(field, I64);
    this.out.zigzag(value);
  }

  binary(field: number, value: Uint8Array): void {
    this.header(field, BINARY);
    this.blob(value);
  }

  string(field: number, value: string): void {
    this.binary(field, utf8.encode(value));
  }

  struct(field: number, fill: (inner: ThriftWriter) => void): void {
    this.header(field, STRUCT);
    this.body(fill);
  }

  structs<T>(field: number, items: readonly T[], fill: (inner: ThriftWriter, item: T) => void): void {
    this.list(field, items.length, STRUCT);
    for (const item of items) this.body((inner) => fill(inner, item));
  }

  i32s(field: number, items: readonly number[]): void {
    this.list(field, items.length, I32);
    for (const item of items) this.out.zigzag(item);
  }

  strings(field: number, items: readonly string[]): void {
    this.list(field, items.length, BINARY);
    for (const item of items) this.blob(utf8.encode(item));
  }

  /** A whole struct: its fields, then the stop byte. */
  body(fill: (inner: ThriftWriter) => void): void {
    fill(new ThriftWriter(this.out));
    this.out.byte(STOP);
  }

  private list(field: number, count: number, type: number): void {
    this.header(field, LIST);
    if (count < 15) this.out.byte((count << 4) | type);
    else {
      this.out.byte(0xf0 | type);
      this.out.varint(count);
    }
  }

  private blob(value: Uint8Array): void {
    this.out.varint(value.length);
    this.out.append(value);
  }

  private header(field: number, type: number): void {
    const step = field - this.last;
    this.last = field;
    this.out.byte((step << 4) | type);
  }
}

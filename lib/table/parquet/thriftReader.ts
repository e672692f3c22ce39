import { FormatError } from "../../base/errors.js";

/** A struct as it was read: field number to value. Integers of any width are numbers (safe ones, as sizes are). */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | ThriftStruct | readonly ThriftValue[];

const DEEPEST = 16;

/** Reads structs in Thrift's compact protocol. Source: apache/thrift, compact-protocol.md. */
export class ThriftReader {
  /** Where the next byte is. */
  at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws FormatError (or RangeError, at the end of the bytes) when it is not such a struct */
  struct(depth = 0): ThriftStruct {
    if (depth > DEEPEST) throw new FormatError("structs lie too deep in one another");
    const fields = new Map<number, ThriftValue>();
    for (let field = 0; ; ) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return fields;
      field = head >>> 4 === 0 ? this.zigzag() : field + (head >>> 4);
      fields.set(field, type === 1 || type === 2 ? type === 1 : this.value(type, depth));
    }
  }

  private value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return this.byte() === 1;
      case 3:
        return this.byte();
      case 4:
      case 5:
      case 6:
        return this.zigzag();
      case 7:
        this.at += 8;
        return this.view.getFloat64(this.at - 8, true);
      case 8:
        return this.binary();
      case 9:
      case 10:
        return this.list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new FormatError(`a field has the unknown type ${type}`);
    }
  }

  private list(depth: number): ThriftValue[] {
    const head = this.byte();
    const count = head >>> 4 === 15 ? this.varint() : head >>> 4;
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.value(head & 15, depth + 1));
    return items;
  }

  private binary(): Uint8Array {
    const length = this.varint();
    if (length > this.bytes.length - this.at) throw new FormatError("a text goes beyond the end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private byte(): number {
    return this.view.getUint8(this.at++);
  }

  private varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  private zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

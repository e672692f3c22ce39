import { FormatError } from "../base/errors.js";

/** One field of a protobuf message: a number (varint, 4 or 8 bytes) or bytes (text, a message, packed numbers). */
export interface ProtoField {
  readonly field: number;
  /** Varints as signed 64-bit integers; `fixed32` as the bits of a float. Lost beyond 2^53, which ONNX's own do not reach. */
  readonly number: number;
  /** null for a number. */
  readonly bytes: Uint8Array | null;
  /** The whole field with its key, to copy it as it is. */
  readonly raw: Uint8Array;
}

/**
 * The fields of a protobuf message, in their order. Wire types 0, 1, 2 and 5, which are all that protobuf 3 writes.
 * @param wanted the fields to keep; the others are only passed over
 * @throws FormatError when the bytes end within a field or hold another wire type
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export function protoFields(bytes: Uint8Array, wanted?: readonly number[]): ProtoField[] {
  const fields: ProtoField[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const key = varint(bytes, at);
    at = key.next;
    const field = Math.floor(key.value / 8);
    const wire = key.value % 8;
    let number = 0;
    let inner: Uint8Array | null = null;
    if (wire === 0) {
      const read = varint(bytes, at);
      number = read.value;
      at = read.next;
    } else if (wire === 2) {
      const length = varint(bytes, at);
      at = length.next + length.value;
      if (length.value < 0 || at > bytes.length) throw cut(start);
      if (wanted === undefined || wanted.includes(field)) inner = bytes.subarray(length.next, at);
    } else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (at + size > bytes.length) throw cut(start);
      number = wire === 1 ? view.getFloat64(at, true) : view.getFloat32(at, true);
      at += size;
    } else {
      throw new FormatError(
        `onnx: wire type ${wire} at byte ${start}; a protobuf 3 message was expected. The file is damaged or no ONNX model.`,
      );
    }
    if (wanted === undefined || wanted.includes(field))
      fields.push({ field, number, bytes: inner, raw: bytes.subarray(start, at) });
  }
  return fields;
}

/** Numbers of a packed field of varints. */
export function packedVarints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = varint(bytes, at);
    numbers.push(read.value);
    at = read.next;
  }
  return numbers;
}

/** A varint as a signed 64-bit integer. */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let low = 0;
  // The first 28 bits fit an integer of JavaScript; nearly all varints end there.
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw cut(at);
    low |= (byte & 127) << (7 * i);
    if (byte < 128) return { value: low, next: at + i + 1 };
  }
  let value = BigInt(low);
  for (let i = 4; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw cut(at);
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: Number(BigInt.asIntN(64, value)), next: at + i + 1 };
  }
  throw new FormatError(`onnx: a number of more than 10 bytes at byte ${at}. The file is damaged.`);
}

function cut(at: number): FormatError {
  return new FormatError(`onnx: the field at byte ${at} is cut off. The file is incomplete: restore it.`);
}

import { FormatError } from "../../base/errors.js";

/**
 * The bytes that were compressed with Snappy (raw format).
 * @throws FormatError when the data is damaged
 * Source: google/snappy, format_description.txt.
 */
export function unsnappy(source: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  while (source[at++] >= 128);
  let to = 0;
  while (at < source.length) {
    const tag = source[at++];
    let length = tag >>> 2;
    if ((tag & 3) === 0) {
      if (length >= 60) {
        const bytes = length - 59;
        length = 0;
        for (let i = 0; i < bytes; i++) length += source[at++] * 2 ** (8 * i);
      }
      length++;
      if (!(length <= source.length - at && length <= size - to)) throw damaged();
      if (length < 32) for (let i = 0; i < length; i++) out[to + i] = source[at + i];
      else out.set(source.subarray(at, at + length), to);
      at += length;
      to += length;
      continue;
    }
    let offset: number;
    if ((tag & 3) === 1) {
      length = (length & 7) + 4;
      offset = ((tag >>> 5) << 8) | source[at++];
    } else {
      length++;
      offset = source[at] | (source[at + 1] << 8);
      at += 2;
      if ((tag & 3) === 3) {
        offset += (source[at] + source[at + 1] * 256) * 65_536;
        at += 2;
      }
    }
    if (!(offset > 0 && offset <= to && length <= size - to)) throw damaged();
    if (offset >= length && length >= 32) out.copyWithin(to, to - offset, to - offset + length);
    else for (let i = 0; i < length; i++) out[to + i] = out[to + i - offset];
    to += length;
  }
  if (to !== size) throw damaged();
  return out;
}

function damaged(): FormatError {
  return new FormatError("a compressed page is damaged");
}

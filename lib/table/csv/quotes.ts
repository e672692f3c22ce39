/**
 * Quoting by RFC 4180, for all who look at bytes. A quote opens a field only as its first byte; anywhere else it is plain
 * text. Inside, two quotes are one, and line ends are content. A field that does not close within 64 lines and 1 MiB was
 * never meant to be quoted: reading goes on at the line after the one on which it opens.
 */
const LF = 10;
const CR = 13;
const QUOTE = 34;
const TAB = 9;
const SPACE = 32;
const MOST_LINES = 64;
const MOST_BYTES = 2 ** 20;

/** The bytes end before the field does: with more bytes it may close. */
export const UNDECIDED = -1;
/** The field is too long to be one. */
export const UNCLOSED = -2;

/** Position of the quote that closes the field that opens at `open`, in bytes[0, length); or UNDECIDED or UNCLOSED. */
export function closingQuote(bytes: Uint8Array, open: number, length: number): number {
  const limit = Math.min(length, open + MOST_BYTES);
  let lines = 0;
  for (let at = open + 1; at < limit; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (at + 1 === length) return UNDECIDED; // may be the first of two
      if (bytes[at + 1] !== QUOTE) return at;
      at++;
    } else if (byte === LF && ++lines === MOST_LINES) return UNCLOSED;
  }
  return limit < length || length - open >= MOST_BYTES ? UNCLOSED : UNDECIDED;
}

/**
 * Position of the delimiter, LF or CR LF that ends a quoted field, `after` its closing quote and blanks; -1 when other text
 * stands there or the bytes end.
 */
export function fieldEnd(bytes: Uint8Array, after: number, length: number, delimiter: number): number {
  let at = after;
  while (at < length && bytes[at] !== delimiter && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  if (at >= length) return -1;
  if (bytes[at] === delimiter || bytes[at] === LF) return at;
  return bytes[at] === CR && bytes[at + 1] === LF && at + 1 < length ? at : -1;
}

/** Position after the next line end from `at`, or `length`. */
export function nextLine(bytes: Uint8Array, at: number, length: number): number {
  const end = bytes.indexOf(LF, at);
  return end < 0 || end >= length ? length : end + 1;
}

/**
 * Position after the last record that ends within bytes[0, length), which begins with a record; 0 when none does. What
 * stands behind it is undecided: its quotes may close with more bytes.
 */
export function lastRecordEnd(bytes: Buffer, length: number, delimiter: number): number {
  let end = 0;
  for (let at = 0; ; ) {
    const quote = nextQuote(bytes, at, length);
    const line = bytes.subarray(at, quote < 0 ? length : quote).lastIndexOf(LF);
    if (line >= 0) end = at + line + 1;
    if (quote < 0) return end;
    const before = bytes[quote - 1];
    if (quote > 0 && before !== delimiter && before !== LF) {
      at = quote + 1;
      continue;
    }
    const close = closingQuote(bytes, quote, length);
    if (close === UNDECIDED) return end;
    if (close >= 0 && fieldEnd(bytes, close + 1, length, delimiter) >= 0) at = close + 1;
    else {
      at = nextLine(bytes, close < 0 ? quote : close, length);
      if (bytes[at - 1] !== LF) return end;
      end = at;
    }
  }
}

/** Near quotes are found faster by a loop than by a native call, distant ones the other way. */
const NEAR = 128;

function nextQuote(bytes: Buffer, from: number, length: number): number {
  const near = Math.min(length, from + NEAR);
  for (let at = from; at < near; at++) if (bytes[at] === QUOTE) return at;
  const at = near < length ? bytes.indexOf(QUOTE, near) : -1;
  return at < length ? at : -1;
}

/** The distinct values of numbers in ascending order, and the place of each row's among them. */
export interface Ranks {
  /** From 1 on; 0 is a missing value. */
  readonly codes: Int32Array;
  /** Value of each code; the first stands for the missing one. */
  readonly values: Float64Array;
}

/** Rank numbers; 0 and -0 are one value, NaN is missing. */
export function ranks(values: ArrayLike<number>): Ranks {
  const codes = new Int32Array(values.length);
  const distinct = new Float64Array(values.length + 1);
  let count = 1;
  for (const row of ascending(values)) {
    if (count === 1 || values[row] !== distinct[count - 1]) distinct[count++] = values[row];
    codes[row] = count - 1;
  }
  return { codes, values: distinct.subarray(0, count) };
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** Where the digits of a key are, the least first: which of its words, and from which bit on. */
const places = [0, 1].flatMap((word) => [0, DIGIT_BITS, 2 * DIGIT_BITS].map((shift) => ({ word, shift })));

/**
 * The rows that have a number, in ascending order of it: an LSD radix sort over the bits of the doubles (Herf 2001),
 * which is several times as fast as a sort that compares.
 */
function ascending(values: ArrayLike<number>): Int32Array {
  const keys = keysOf(values);
  let from = new Int32Array(values.length);
  let rows = 0;
  for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) from[rows++] = row;
  from = from.subarray(0, rows);
  let to = new Int32Array(rows);
  const starts = new Int32Array(DIGITS);
  for (const { word, shift } of places) {
    starts.fill(0);
    for (let i = 0; i < rows; i++) starts[(keys[2 * from[i] + word] >>> shift) & (DIGITS - 1)]++;
    if (starts.includes(rows)) continue; // all have this digit
    for (let digit = 0, start = 0; digit < DIGITS; digit++) {
      const here = starts[digit];
      starts[digit] = start;
      start += here;
    }
    for (let i = 0; i < rows; i++) {
      const row = from[i];
      to[starts[(keys[2 * row + word] >>> shift) & (DIGITS - 1)]++] = row;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Bits of the numbers, low word and high word, so changed that they are ordered as whole numbers without a sign. */
function keysOf(values: ArrayLike<number>): Uint32Array {
  const doubles = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) doubles[row] = values[row] + 0; // -0 becomes 0
  const keys = new Uint32Array(doubles.buffer);
  for (let at = 0; at < keys.length; at += 2) {
    const flip = keys[at + 1] >>> 31 === 1 ? 0xffffffff : 0;
    keys[at] ^= flip;
    keys[at + 1] ^= flip | 0x80000000;
  }
  return keys;
}

/**
 * Decimal text to double, correctly rounded: equal to Number(text) for every text of the grammar
 * [+-] (digits [. digits] | . digits) [e|E [+-] digits]. Sources: Clinger 1990, How to read floating point numbers
 * accurately; Dekker 1971, A floating-point technique for extending the available precision; Ziv 1991 for the rounding test.
 */
const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const EXPONENT = 101; // e
const LIMIT = 2 ** 53;
const SPLIT = 2 ** 27 + 1;

/** Powers of ten that a double holds exactly. */
const powersOfTen = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** The number in bytes[start, end); NaN when the text is not one of the grammar. An overflow is ±Infinity. */
export function parseDecimal(bytes: Buffer, start: number, end: number): number {
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at++;
  // Up to 18 significant digits, nine and nine; `exponent` is that of the last digit kept.
  let high = 0;
  let low = 0;
  let kept = 0;
  let exponent = 0;
  let exact = true;
  let digits = 0;
  let dotted = false;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit >>> 0 > 9) {
      if (bytes[at] !== DOT || dotted) break;
      dotted = true;
      continue;
    }
    digits++;
    if (kept < 18) {
      if (kept > 0 || digit > 0) kept++;
      if (kept <= 9) high = high * 10 + digit;
      else low = low * 10 + digit;
      if (dotted) exponent--;
    } else {
      if (digit > 0) exact = false;
      if (!dotted) exponent++;
    }
  }
  if (digits === 0) return Number.NaN;
  if (at < end) {
    const written = writtenExponent(bytes, at, end);
    if (Number.isNaN(written)) return Number.NaN;
    exponent += written;
  }
  if (exact && exponent >= -22 && exponent <= 22) {
    const value = scaled(high, low, kept > 9 ? kept - 9 : 0, exponent);
    if (!Number.isNaN(value)) return negative ? -value : value;
  }
  return Number(bytes.toString("latin1", start, end));
}

/** The exponent that stands at `at` and ends with the text; NaN when something else does. */
function writtenExponent(bytes: Buffer, at: number, end: number): number {
  if ((bytes[at] | 32) !== EXPONENT) return Number.NaN;
  let p = at + 1;
  const negative = bytes[p] === MINUS;
  if (negative || bytes[p] === PLUS) p++;
  if (p >= end) return Number.NaN;
  let value = 0;
  for (; p < end; p++) {
    const digit = bytes[p] - 48;
    if (digit >>> 0 > 9) return Number.NaN;
    value = Math.min(value * 10 + digit, 99999);
  }
  return negative ? -value : value;
}

/**
 * (high · 10^lowDigits + low) · 10^exponent, correctly rounded, for whole numbers high below 2^53 and low below 10^9, lowDigits
 * up to 9 and |exponent| up to 22; NaN when that cannot be told here (which is rare).
 */
function scaled(high: number, low: number, lowDigits: number, exponent: number): number {
  const power = powersOfTen[lowDigits];
  const mantissa = high * power + low;
  if (mantissa < LIMIT) {
    // Both are exact, so the one operation rounds correctly (Clinger).
    return exponent < 0 ? mantissa / powersOfTen[-exponent] : mantissa * powersOfTen[exponent];
  }
  if (exponent > 0) return Number.NaN;
  // The mantissa as a sum of two doubles without error, then its quotient to twice the precision.
  const product = high * power;
  const productError = productTail(high, power, product);
  const sum = product + low;
  const back = sum - product;
  const tail = product - (sum - back) + (low - back) + productError;
  const divisor = powersOfTen[-exponent];
  const quotient = sum / divisor;
  const taken = quotient * divisor;
  const correction = (sum - taken - productTail(quotient, divisor, taken) + tail) / divisor;
  // Ziv's test: when the value may be on either side of a tie, somebody with more digits must decide.
  const doubt = Math.abs(correction) * 2 ** -40;
  const value = quotient + (correction - doubt);
  return value === quotient + (correction + doubt) ? value : Number.NaN;
}

/** a · b − product without error, product being the rounded a · b (Dekker and Veltkamp). */
function productTail(a: number, b: number, product: number): number {
  const aTop = a * SPLIT - (a * SPLIT - a);
  const bTop = b * SPLIT - (b * SPLIT - b);
  const aRest = a - aTop;
  const bRest = b - bTop;
  return aTop * bTop - product + aTop * bRest + aRest * bTop + aRest * bRest;
}

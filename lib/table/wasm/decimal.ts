/**
 * Decimal text to double, correctly rounded, for the spellings that nearly all numbers have: an optional minus, digits, and
 * perhaps a point with more digits, together at most nineteen. Sources: eight digits at once by Lemire 2022, Faster base64
 * and number parsing, as in simdjson; Clinger 1990 for what two exact doubles give; Dekker 1971 and Ziv 1991 for the rest.
 */
const MINUS: u8 = 45;
const DOT: u8 = 46;
const ZEROS: u64 = 0x3030303030303030;
/** Digits that an unsigned integer of 64 bits holds whatever they are. */
const MOST_DIGITS = 19;
const EXACT: u64 = 1 << 53;
const SPLIT: f64 = 134217729; // 2^27 + 1

/** 10^0 to 10^22, which doubles hold exactly; the first nine as integers, too. */
const powers = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
]);
const wholePowers = memory.data<u64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000]);

/** What `number` read last. */
export let value: f64 = 0;
let mantissa: u64 = 0;

/**
 * Read the number at `at` into `value`; returns the position behind it, or -1 when it is spelled otherwise or needs more care.
 * No text of a number at all: NaN and `at`. Up to eight bytes behind the number are looked at.
 */
export function number(at: i32): i32 {
  const negative = load<u8>(at) === MINUS;
  const first = negative ? at + 1 : at;
  mantissa = 0;
  let end = digits(first, first + MOST_DIGITS);
  if (end === first) {
    value = NaN;
    return negative ? -1 : at;
  }
  if (end < 0) return -1;
  let places = 0;
  if (load<u8>(end) === DOT) {
    const point = end;
    end = digits(point + 1, first + MOST_DIGITS + 1);
    if (end < 0) return -1;
    places = end - point - 1;
  }
  let found: f64;
  if (places === 0) found = f64(mantissa);
  else if (mantissa < EXACT) found = f64(mantissa) / load<f64>(powers + (places << 3));
  else {
    found = quotient(mantissa, load<f64>(powers + (places << 3)));
    if (isNaN(found)) return -1;
  }
  value = negative ? -found : found;
  return end;
}

/**
 * Read the one to eleven decimals at `at` behind `whole`, which is below 10^7, into `value`; returns the position behind them,
 * or 0 when there are not so many, or the number needs more care.
 */
export function decimals(whole: u64, at: i32): i32 {
  const word = wordAt(at);
  let places = leadingDigits(word);
  let all: u64;
  if (places < 8) {
    if (places === 0) return 0;
    all = whole * load<u64>(wholePowers + (places << 3)) + eightDigits(word << (64 - (places << 3)));
  } else {
    const rest = wordAt(at + 8);
    const more = leadingDigits(rest);
    if (more > 3) return 0;
    all = whole * 100000000 + eightDigits(word);
    if (more > 0) all = all * load<u64>(wholePowers + (more << 3)) + eightDigits(rest << (64 - (more << 3)));
    places = 8 + more;
  }
  if (all >= EXACT) return 0;
  value = f64(all) / load<f64>(powers + (places << 3));
  return at + places;
}

/** How many of the eight bytes of `word` (each a character XOR "0") are digits before the first that is none. */
export function leadingDigits(word: u64): i32 {
  return i32(ctz(((word + 0x7676767676767676) | word) & 0x8080808080808080)) >> 3;
}

/** The number that eight digits spell, the first in the low byte. */
export function eightDigits(word: u64): u64 {
  const pairs = word * 10 + (word >> 8);
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 +
      ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
    32
  );
}

/** The eight bytes at `at`, so that digits are 0 to 9. */
export function wordAt(at: i32): u64 {
  return load<u64>(at) ^ ZEROS;
}

/** Take the digits at `from` into `mantissa`; returns the position behind them, -1 when that is beyond `limit`. */
function digits(from: i32, limit: i32): i32 {
  let at = from;
  for (;;) {
    const word = wordAt(at);
    const count = leadingDigits(word);
    at += count;
    if (at > limit) return -1;
    if (count === 8) {
      mantissa = mantissa * 100000000 + eightDigits(word);
      continue;
    }
    if (count > 0)
      mantissa = mantissa * load<u64>(wholePowers + (count << 3)) + eightDigits(word << (64 - (count << 3)));
    return at;
  }
}

/** The whole number `m` of 2^53 or more divided by a power of ten; NaN when its rounding cannot be told here. */
function quotient(m: u64, divisor: f64): f64 {
  // The number as a sum of two doubles without error, then its quotient to twice the precision.
  const high = f64(m & ~0x7ff);
  const low = f64(m & 0x7ff);
  const sum = high + low;
  const tail = high - sum + low;
  const near = sum / divisor;
  const taken = near * divisor;
  const correction = (sum - taken - productTail(near, divisor, taken) + tail) / divisor;
  // Ziv's test: when the value may be on either side of a tie, somebody with more digits must decide.
  const doubt = abs(correction) * 9.094947017729282e-13; // 2^-40
  const found = near + (correction - doubt);
  return found === near + (correction + doubt) ? found : NaN;
}

/** a · b − product without error, product being the rounded a · b (Dekker and Veltkamp). */
function productTail(a: f64, b: f64, product: f64): f64 {
  const aTop = a * SPLIT - (a * SPLIT - a);
  const bTop = b * SPLIT - (b * SPLIT - b);
  const aRest = a - aTop;
  const bRest = b - bTop;
  return aTop * bTop - product + aTop * bRest + aRest * bTop + aRest * bRest;
}

const DOT = 46;
const SLASH = 47;
const DASH = 45;
const PLUS = 43;
const COLON = 58;
const SPACE = 32;
const T = 84;
const Z = 90;
const [A, P, M] = [97, 112, 109];
const MINUTE_US = 60e6;
const HOUR_US = 60 * MINUTE_US;
const DAY_US = 86_400e6;
const NOT_A_TIME = Number.NaN;

/**
 * How a time is written; all become integer microseconds, UTC, digits below a microsecond are cut.
 * - `iso`: 2017-07-03 11:57:51.590705; T or blank, - or / or ., seconds and zone may lack (then 0 and UTC)
 * - `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns`: decimal text, exact to the microsecond
 * - `dmy`: dd/mm/yyyy hh:mm[:ss], also with - or . and one-digit days, months and hours; `mdy`: the month first
 * - `date_ymd`, `date_dmy`, `date_mdy`: the day alone, which is its midnight
 *
 * AM or PM, in any case and with a blank before it or not, makes a clock of `iso`, `dmy` or `mdy` one of twelve hours.
 */
export const timeFormats = [
  ...(["iso", "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "dmy", "mdy"] as const),
  ...(["date_ymd", "date_dmy", "date_mdy"] as const),
] as const;
export type TimeFormat = (typeof timeFormats)[number];

/**
 * The time in bytes[start, end) as integer microseconds, UTC; NaN when the text is not one of the format.
 * @param afternoon what the column's plan says of clocks without AM and PM
 */
export function parseTime(
  format: TimeFormat,
  bytes: Uint8Array,
  start: number,
  end: number,
  afternoon = false,
): number {
  const text: Cursor = { bytes, at: start, end, afternoon };
  switch (format) {
    case "iso":
      return isoTime(text);
    case "dmy":
    case "mdy":
      return dayTime(text, format);
    case "date_ymd":
      return wholeDay(text, yearFirst(text));
    case "date_dmy":
      return wholeDay(text, yearLast(text, "dmy"));
    case "date_mdy":
      return wholeDay(text, yearLast(text, "mdy"));
    case "epoch_s":
      return epochTime(text, 6);
    case "epoch_ms":
      return epochTime(text, 3);
    case "epoch_us":
      return epochTime(text, 0);
    case "epoch_ns":
      return nanosecondTime(text);
  }
}

/** A local time whose clock says neither AM nor PM, where hours 1 to 7 are of the afternoon. */
export function inAfternoon(us: number): number {
  return us + afternoonUs(Math.floor(us / HOUR_US) % 24);
}

function afternoonUs(hour: number): number {
  return hour >= 1 && hour < 8 ? 12 * HOUR_US : 0;
}

/** Whether a text is a time of the format. */
export function isTime(format: TimeFormat, text: string): boolean {
  const bytes = Buffer.from(text);
  return !Number.isNaN(parseTime(format, bytes, 0, bytes.length));
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  readonly afternoon: boolean;
}

/** Decimal digits, `least` to `most`; NaN when there are fewer (more are left for what follows to trip over). */
function digits(text: Cursor, least: number, most: number): number {
  const start = text.at;
  let value = 0;
  while (text.at < text.end && text.at - start < most) {
    const digit = text.bytes[text.at] - 48;
    if (digit >>> 0 > 9) break;
    value = value * 10 + digit;
    text.at++;
  }
  return text.at - start < least ? Number.NaN : value;
}

/** Take one byte if it is there. */
function took(text: Cursor, byte: number): boolean {
  if (text.at >= text.end || text.bytes[text.at] !== byte) return false;
  text.at++;
  return true;
}

/** "-", "/" or ".", twice the same; 0 when it is none of them. */
function separator(text: Cursor): number {
  return [DASH, SLASH, DOT].find((byte) => took(text, byte)) ?? 0;
}

/** yyyy-mm-dd. */
function yearFirst(text: Cursor): number {
  const year = digits(text, 4, 4);
  const between = separator(text);
  const month = digits(text, 1, 2);
  if (between === 0 || !took(text, between)) return NOT_A_TIME;
  return dayUs(year, month, digits(text, 1, 2));
}

/** dd/mm/yyyy, or the month first. */
function yearLast(text: Cursor, order: "dmy" | "mdy"): number {
  const first = digits(text, 1, 2);
  const between = separator(text);
  const second = digits(text, 1, 2);
  if (between === 0 || !took(text, between)) return NOT_A_TIME;
  const year = digits(text, 4, 4);
  return order === "mdy" ? dayUs(year, first, second) : dayUs(year, second, first);
}

function wholeDay({ at, end }: Cursor, day: number): number {
  return at === end ? day : NOT_A_TIME;
}

function isoTime(text: Cursor): number {
  const day = yearFirst(text);
  if (Number.isNaN(day) || (!took(text, T) && !took(text, SPACE))) return NOT_A_TIME;
  const time = clockUs(text);
  const zone = zoneUs(text);
  return text.at === text.end ? day + time - zone : NOT_A_TIME;
}

function dayTime(text: Cursor, order: "dmy" | "mdy"): number {
  const day = yearLast(text, order);
  if (Number.isNaN(day) || !took(text, SPACE)) return NOT_A_TIME;
  const time = clockUs(text);
  return text.at === text.end ? day + time : NOT_A_TIME;
}

/** hh:mm[:ss[.fraction]][ AM| PM]. */
function clockUs(text: Cursor): number {
  const hour = digits(text, 1, 2);
  if (!took(text, COLON)) return NOT_A_TIME;
  const minute = digits(text, 2, 2);
  const second = took(text, COLON) ? digits(text, 2, 2) : 0;
  const fraction = took(text, DOT) ? fractionOf(text, 6) : 0;
  if (hour > 23 || minute > 59 || second > 59) return NOT_A_TIME;
  return (hour * 60 + minute) * MINUTE_US + second * 1e6 + fraction + halfDayUs(text, hour);
}

/** The digits after a dot, scaled to `places` places and cut there. */
function fractionOf(text: Cursor, places: number): number {
  const start = text.at;
  const value = digits(text, 0, places);
  const read = text.at - start;
  digits(text, 0, text.end);
  return value * 10 ** (places - read);
}

/** What AM or PM adds to a clock of twelve hours; without them, what the column's plan has for its hour. */
function halfDayUs(text: Cursor, hour: number): number {
  const { at, bytes, end, afternoon } = text;
  const first = at < end && bytes[at] === SPACE ? at + 1 : at;
  const letter = bytes[first] | 32;
  if (first + 2 > end || (letter !== A && letter !== P) || (bytes[first + 1] | 32) !== M)
    return afternoon ? afternoonUs(hour) : 0;
  text.at = first + 2;
  if (hour < 1 || hour > 12) return NOT_A_TIME;
  return ((hour === 12 ? -12 : 0) + (letter === P ? 12 : 0)) * HOUR_US;
}

/** Z, +hh:mm, +hhmm or +hh, with a blank before it or not; nothing is UTC. */
function zoneUs(text: Cursor): number {
  if (text.at === text.end) return 0;
  took(text, SPACE);
  if (took(text, Z)) return 0;
  const west = took(text, DASH);
  if (!west && !took(text, PLUS)) return NOT_A_TIME;
  const hours = digits(text, 2, 2);
  took(text, COLON);
  const minutes = text.at < text.end ? digits(text, 2, 2) : 0;
  if (hours > 23 || minutes > 59) return NOT_A_TIME;
  return (west ? -1 : 1) * (hours * 60 + minutes) * MINUTE_US;
}

/** Decimal text in units of 10^places microseconds; with an exponent as exact as a double is. */
function epochTime(text: Cursor, places: number): number {
  const { at: start } = text;
  const negative = took(text, DASH);
  const first = text.at;
  const whole = digits(text, 0, 16);
  const dot = text.at;
  const part = took(text, DOT) ? fractionOf(text, places) : 0;
  const read = text.at - first - (text.at > dot ? 1 : 0);
  if (read === 0) return NOT_A_TIME;
  let us = whole * 10 ** places + part;
  if (text.at < text.end) {
    const value = decimalText(text.bytes, start, text.end);
    us = Math.abs(Math.trunc(value * 10 ** places));
  }
  if (!Number.isSafeInteger(us)) return NOT_A_TIME;
  return negative && us !== 0 ? -us : us;
}

/** Epoch nanoseconds: the last three digits before the dot are below a microsecond. */
function nanosecondTime(text: Cursor): number {
  const { bytes, at: start, end } = text;
  const negative = took(text, DASH);
  const first = text.at;
  while (text.at < end && (bytes[text.at] - 48) >>> 0 <= 9) text.at++;
  const whole = text.at;
  if (whole === first) return NOT_A_TIME;
  if (took(text, DOT)) digits(text, 0, end);
  let us = digits({ ...text, at: first, end: Math.max(first, whole - 3) }, 0, end);
  if (text.at < end) us = Math.abs(Math.trunc(decimalText(bytes, start, end) / 1e3));
  if (!Number.isSafeInteger(us)) return NOT_A_TIME;
  return negative && us !== 0 ? -us : us;
}

/** A decimal number with an exponent; NaN for other text. */
function decimalText(bytes: Uint8Array, start: number, end: number): number {
  const written = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + 40)));
  return /^-?\d+(\.\d+)?[eE][+-]?\d+$/.test(written) ? Number(written) : Number.NaN;
}

/** Midnight of a day of the Gregorian calendar; NaN when there is no such day. */
function dayUs(year: number, month: number, day: number): number {
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)))
    return NOT_A_TIME;
  return (Date.UTC(year, month - 1, day) / 86_400e3) * DAY_US;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;
const iso = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * A time as Zeek writes it (decimal seconds, or ISO 8601) in integer microseconds; digits below a microsecond are cut.
 * Decimal text never passes through floating-point seconds. Seconds may count from the start of a capture (then the
 * result is small); an ISO time without a zone is UTC.
 * @returns undefined when the text is not a time
 */
export function parseTimeUs(text: string): number | undefined {
  const seconds = decimal.exec(text);
  if (seconds !== null) {
    const us = Number(seconds[2]) * 1e6 + micros(seconds[3]);
    if (!Number.isSafeInteger(us)) return undefined;
    return seconds[1] === "-" && us !== 0 ? -us : us;
  }
  const parts = iso.exec(text);
  if (parts !== null) {
    const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
    const ms = Date.UTC(year, month - 1, day, hour, minute, second);
    return ms * 1000 + micros(parts[7]) - zoneMinutes(parts[8]) * 60e6;
  }
  // An exponent (1.6e9): exact up to the microsecond because Zeek's times need 16 digits at most.
  const value = /^-?\d+(\.\d+)?[eE][+-]?\d+$/.test(text) ? Math.round(Number(text) * 1e6) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function micros(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 6).padEnd(6, "0"));
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone[0] === "-" ? -minutes : minutes;
}

/**
 * A day, counted from 1970-01-01, as yyyy-mm-dd.
 * Source: Hinnant, chrono-compatible low-level date algorithms (civil_from_days)
 */
export function dayText(day: number): string {
  const shifted = day + 719_468; // from 0000-03-01
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const dayOfMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const padded = (value: number, width: number): string => String(value).padStart(width, "0");
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(dayOfMonth, 2)}`;
}

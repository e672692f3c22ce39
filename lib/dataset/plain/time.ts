import { DataError } from "../../base/errors.js";
import { isTime, type TimeFormat, timeFormats } from "../../table/csv/times.js";
import { isNumber } from "./inspect.js";

/** Seconds from 1973 to 5138; the same digits in milliseconds, microseconds and nanoseconds are as far apart. */
const FIRST = 1e8;
const LAST = 1e11;

/** The same minute in every format, for messages. */
export const timeExamples: Readonly<Record<TimeFormat, string>> = {
  iso: "2024-12-31 23:59:00",
  epoch_s: "1735689540",
  epoch_ms: "1735689540000",
  epoch_us: "1735689540000000",
  epoch_ns: "1735689540000000000",
  dmy: "31.12.2024 23:59",
  mdy: "12/31/2024 23:59",
  date_ymd: "2024-12-31",
  date_dmy: "31.12.2024",
  date_mdy: "12/31/2024",
};

/** A clock without its day. */
const CLOCK = /^\d{1,2}:\d{2}/;

/**
 * How the values of a time column are written. Epoch numbers are told by their size, days and months by values that only
 * one order allows.
 * @param shown how messages call the column
 * @throws DataError when the values do not say it
 */
export function timeFormatOf(values: readonly string[], shown: string): TimeFormat {
  const ask = (why: string): DataError =>
    new DataError(
      `ingest: dataset.columns.time: ${why} Set dataset.columns.time_format in params.yaml to one of ${timeFormats.join(", ")}.`,
    );
  if (values.length === 0) throw ask(`${shown} has no value in its first rows.`);
  const fits = (format: TimeFormat): boolean => values.every((value) => isTime(format, value));
  const [first] = (["iso", "date_ymd"] as const).filter(fits);
  if (first !== undefined) return first;
  if (values.every(isNumber)) {
    const sizes = values.map((value) => Math.abs(Number(value)));
    const within = (scale: number): boolean =>
      sizes.every((size) => size >= FIRST * scale && size < LAST * scale);
    if (within(1)) return "epoch_s";
    if (within(1e3)) return "epoch_ms";
    if (within(1e6)) return "epoch_us";
    if (within(1e9)) return "epoch_ns";
    throw ask(`${shown} holds numbers such as ${values[0]}, which are no seconds, ms, us or ns since 1970.`);
  }
  const orders = (["dmy", "mdy", "date_dmy", "date_mdy"] as const).filter(fits);
  if (orders.length > 1)
    throw ask(
      `${shown} may be day/month or month/day (${values[0]}): no value in its first rows says which.`,
    );
  if (orders.length === 1) return orders[0];
  throw unreadable(values, shown) ?? ask(`${shown} holds no times that are known, such as "${values[0]}".`);
}

/** Values that no format reads, so that none can be asked for; undefined: one that was not looked at may. */
function unreadable(values: readonly string[], shown: string): DataError | undefined {
  const where = `ingest: dataset.columns.time: ${shown} holds`;
  const clock = values.find((value) => CLOCK.test(value));
  if (clock !== undefined)
    return new DataError(
      `${where} "${clock}", a time without its date. Put the date before it in the table, or set dataset.columns.time in ` +
        "params.yaml to null.",
    );
  for (const format of timeFormats) {
    const some = values.find((value) => isTime(format, value));
    const other = values.find((value) => !isTime(format, value));
    if (some !== undefined && other !== undefined)
      return new DataError(
        `${where} "${some}" and "${other}", which no one format reads. Write them alike in the table, or set ` +
          "dataset.columns.time in params.yaml to null.",
      );
  }
  return undefined;
}

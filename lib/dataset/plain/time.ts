import { DataError } from "../../base/errors.js";
import { isTime, type TimeFormat, timeFormats } from "../../table/csv/times.js";
import { isNumber } from "./inspect.js";

/** Seconds from 1973 to 5138; the same digits in milliseconds, microseconds and nanoseconds are as far apart. */
const FIRST = 1e8;
const LAST = 1e11;

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
  throw ask(
    `${shown} holds no times that are known, such as "${values.find((value) => !isTime("iso", value))}".`,
  );
}

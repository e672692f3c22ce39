import { DataError } from "../../base/errors.js";
import type { TimeFormat } from "../../table/csv/plan.js";
import { isTime } from "../../table/csv/times.js";
import { isNumber } from "./inspect.js";

/** Seconds from 1973 to 5138; the same digits in milliseconds and microseconds are as far apart. */
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
      `ingest: dataset.columns.time: ${why} Set dataset.columns.time_format in params.yaml to iso, epoch_s, epoch_ms, ` +
        "epoch_us, dmy or mdy.",
    );
  if (values.length === 0) throw ask(`${shown} has no value in its first rows.`);
  const fits = (format: TimeFormat): boolean => values.every((value) => isTime(format, value));
  if (fits("iso")) return "iso";
  if (values.every(isNumber)) {
    const sizes = values.map((value) => Math.abs(Number(value)));
    const within = (scale: number): boolean =>
      sizes.every((size) => size >= FIRST * scale && size < LAST * scale);
    if (within(1)) return "epoch_s";
    if (within(1e3)) return "epoch_ms";
    if (within(1e6)) return "epoch_us";
    throw ask(`${shown} holds numbers such as ${values[0]}, which are no seconds, ms or us since 1970.`);
  }
  const [dmy, mdy] = [fits("dmy"), fits("mdy")];
  if (dmy && mdy)
    throw ask(
      `${shown} may be day/month or month/day (${values[0]}): no value in its first rows says which.`,
    );
  if (dmy || mdy) return dmy ? "dmy" : "mdy";
  throw ask(
    `${shown} holds no times that are known, such as "${values.find((value) => !isTime("iso", value))}".`,
  );
}

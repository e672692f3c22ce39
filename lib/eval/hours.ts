import type { Table } from "../table/table.js";
import type { PartHours } from "./alerts.js";

const HOUR_US = 3.6e9;
const DAY_US = 24 * HOUR_US;

/** Columns that `partHours` looks at, where a table has them. */
export const hourColumns = ["start_us", "dataset", "site", "day"] as const;

/**
 * Hours of one site's traffic that some rows amount to.
 *
 * A recording is what has one dataset, site and day; where no day is known, the UTC day of the start. It lasts from its
 * first to its last start. Of each recording the rows count for their share: a test part of three tenths of the flows,
 * drawn at random, amounts to three tenths of the hours, so that alerts an hour are those of the whole traffic. Hours of
 * sites are added, also where they run at the same time: alerts an hour are those of one site.
 * @param flows every row of the recordings, whichever part it is in
 * @param rows rows of the part
 */
export function partHours(flows: Table, rows: ArrayLike<number>): PartHours {
  if (!flows.has("start_us")) return { reason: "the flows have no start times" };
  const start = flows.numbers("start_us");
  const recording = recordings(flows, start);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  const size = new Map<number, number>();
  for (let row = 0; row < flows.rows; row++) {
    if (Number.isNaN(start[row])) continue;
    const name = recording[row];
    first.set(name, Math.min(first.get(name) ?? Number.POSITIVE_INFINITY, start[row]));
    last.set(name, Math.max(last.get(name) ?? Number.NEGATIVE_INFINITY, start[row]));
    size.set(name, (size.get(name) ?? 0) + 1);
  }
  const own = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) {
    if (Number.isNaN(start[rows[i]])) return { reason: "flows of the part have no start time" };
    own.set(recording[rows[i]], (own.get(recording[rows[i]]) ?? 0) + 1);
  }
  let hours = 0;
  for (const [name, count] of own) {
    const span = (last.get(name)! - first.get(name)!) / HOUR_US;
    hours += (span * count) / size.get(name)!;
  }
  return hours > 0 ? { hours } : { reason: "the flows of the part span no time" };
}

/** A number for each row that rows of one recording have in common. */
function recordings(flows: Table, start: ArrayLike<number>): Int32Array {
  const columns = ["dataset", "site", "day"].filter((name) => flows.has(name));
  const codes = columns.map((name) => flows.text(name).codes);
  const day = columns.indexOf("day");
  const known = new Map<string, number>();
  return Int32Array.from({ length: flows.rows }, (_, row) => {
    const parts: (number | string)[] = codes.map((column) => column[row]);
    // A day that is not known is that of the clock; "u" keeps it apart from codes.
    if (day < 0 || parts[day] === -1) parts.push(`u${Math.floor(start[row] / DAY_US)}`);
    const key = parts.join(" ");
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key)!;
  });
}

import { DataError } from "../../base/errors.js";
import { sortedBy } from "../../table/order.js";
import type { Table, TextColumn } from "../../table/table.js";
import { place, sourceCodes } from "../context/source.js";
import type { WindowParams } from "./params.js";

/** The rows of each window. */
export interface Windows {
  readonly length: number;
  /** n × length row numbers of the table, oldest first, each row's own window ending with itself; -1: there is none. */
  readonly rows: Int32Array;
  /** Rows without a time or a host, whose window is themselves. */
  readonly alone: number;
}

/** Who and when, by kind of table: flows by originator and end, telemetry by host and time. */
const entities = [
  { host: "orig_addr", start: "start_us", duration: "duration_s" },
  { host: "host", start: "start_us", duration: null },
] as const;

/** Columns of flows.parquet that windows read, where they are there. */
export const windowSources: readonly string[] = [
  ...new Set([
    ...entities.flatMap(({ host, start, duration }) => [start, duration ?? start, host]),
    ...place,
  ]),
];

/**
 * The last `length` rows of the same host up to each row, in the order in which they ended (a flow is known when it
 * has ended): a window never crosses a host, a source or a day, and knows no labels. A host's first rows have shorter
 * windows, with -1 in front. Linear in the rows.
 * @throws DataError when the table has no host or no time
 */
export function windowsOf(table: Table, { length }: Pick<WindowParams, "length">): Windows {
  const { host, end } = hostsAndEnds(table);
  const hosts = host.codes;
  const isPlaced = (row: number): boolean => end[row] > -Infinity && hosts[row] >= 0;
  const placed = Int32Array.from({ length: table.rows }, (_, row) => row).filter(isPlaced);
  const id = ["row_id", "input_row"].find((name) => table.has(name));
  const byRow = id === undefined ? placed : sortedBy(placed, table.numbers(id));
  const sources = sourceCodes(table);
  const order = sortedBy(sortedBy(sortedBy(byRow, end), hosts), sources);
  const rows = new Int32Array(table.rows * length).fill(-1);
  for (let row = 0; row < table.rows; row++) rows[(row + 1) * length - 1] = row;
  for (let i = 0, first = 0; i < order.length; i++) {
    const row = order[i];
    if (i > 0 && (sources[row] !== sources[order[i - 1]] || hosts[row] !== hosts[order[i - 1]])) first = i;
    const count = Math.min(length, i - first + 1);
    for (let back = 0; back < count; back++) rows[(row + 1) * length - 1 - back] = order[i - back];
  }
  return { length, rows, alone: table.rows - placed.length };
}

/**
 * Who each row is of, and when it ended, in microseconds; NaN or -Infinity is unknown.
 * @throws DataError when the table has no host or no time
 */
export function hostsAndEnds(table: Table): { readonly host: TextColumn; readonly end: Float64Array } {
  const entity = entities.find(({ host, start }) => table.has(host) && table.has(start));
  if (entity === undefined) {
    throw new DataError(
      `features: windows need a time (start_us) and a host (orig_addr, or host) of each row; the table has ${table.names.join(", ")}. ` +
        "Name them under dataset.columns in params.yaml (time, entity), or leave out the models that take windows.",
    );
  }
  const duration =
    entity.duration !== null && table.has(entity.duration) ? table.numbers(entity.duration) : null;
  const end = Float64Array.from(table.numbers(entity.start), (us, i) => {
    const lasted = duration?.[i] ?? 0;
    return us + (lasted > 0 && lasted < Infinity ? Math.round(1e6 * lasted) : 0);
  });
  return { host: table.text(entity.host), end };
}

/**
 * That some window is full: a network whose windows never are would learn how much of them is empty.
 * @throws DataError when no host has as many rows as a window
 */
export function checkHistory({ length, rows }: Windows): void {
  let most = 0;
  for (let first = 0; first < rows.length; first += length) {
    if (rows[first] >= 0) return;
    most = Math.max(most, length - rows.subarray(first, first + length).lastIndexOf(-1) - 1);
  }
  throw new DataError(
    `features: no host has the ${length} rows of a window: the longest history within a source and day has ${most}. ` +
      `Set window.length of the model to ${Math.max(2, most)} or less in params.yaml, or leave its window out.`,
  );
}

import { dayText } from "../flow/time.js";
import type { Column, Table, TextColumn } from "../table/table.js";

const DAY_US = 86_400e6;

/**
 * Where and when flows with addresses and times were captured: `host`, the originator, whose behaviour a flow shows, and
 * `day`, the date (UTC) on which it starts.
 */
export function captured(table: Table): Record<string, Column> {
  return { host: table.column("orig_addr"), day: daysOf(table.numbers("start_us")) };
}

/** The date (UTC) of each time in microseconds; missing where there is none. */
export function daysOf(startUs: ArrayLike<number>): TextColumn {
  const dictionary: string[] = [];
  const known = new Map<number, number>();
  const codes = new Int32Array(startUs.length);
  let last = Number.NaN;
  let code = -1;
  for (let row = 0; row < codes.length; row++) {
    const day = Math.floor(startUs[row] / DAY_US);
    if (Number.isNaN(day)) {
      codes[row] = -1;
      continue;
    }
    if (day !== last) {
      code = known.get(day) ?? dictionary.push(dayText(day)) - 1;
      known.set(day, code);
      last = day;
    }
    codes[row] = code;
  }
  return { kind: "text", codes, dictionary };
}

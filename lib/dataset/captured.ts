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

function daysOf(startUs: ArrayLike<number>): TextColumn {
  const dictionary: string[] = [];
  const known = new Map<number, number>();
  const codes = Int32Array.from(startUs, (us) => {
    if (Number.isNaN(us)) return -1;
    const day = Math.floor(us / DAY_US);
    const code = known.get(day) ?? dictionary.push(dayText(day)) - 1;
    known.set(day, code);
    return code;
  });
  return { kind: "text", codes, dictionary };
}

import { float32, type NumberColumn, type Table } from "../table/table.js";
import { historyColumns } from "./history.js";
import type { FeatureColumn } from "./schema.js";

/** A column made from other columns of the same row. */
export interface Derived {
  readonly column: FeatureColumn;
  readonly values: NumberColumn;
}

type Numbers = ArrayLike<number>;

/**
 * Row-level columns: totals, rates, sizes a packet, shares, and the letters of Zeek's history counted. A column whose
 * sources the table lacks is left out. Nothing is fitted.
 *
 * A division by zero is a missing value (a rate over no time, a share of nothing), never 0 or infinite.
 */
export function derivedColumns(flows: Table): Derived[] {
  const derived: Derived[] = [];
  const add = (
    name: string,
    unit: string,
    sources: readonly string[],
    of: (...values: number[]) => number,
  ): void => {
    if (!sources.every((source) => flows.has(source))) return;
    const columns = sources.map((source) => flows.numbers(source));
    derived.push({ column: numeric(name, unit), values: float32(rowwise(flows.rows, columns, of)) });
  };
  const sum = (a: number, b: number): number => a + b;
  const sides = ["orig", "resp"] as const;
  add("total_bytes", "bytes", ["orig_bytes", "resp_bytes"], sum);
  add("total_ip_bytes", "bytes", ["orig_ip_bytes", "resp_ip_bytes"], sum);
  add("total_pkts", "packets", ["orig_pkts", "resp_pkts"], sum);
  add("orig_bytes_share", "ratio", ["orig_bytes", "resp_bytes"], (a, b) => ratio(a, a + b));
  add("orig_pkts_share", "ratio", ["orig_pkts", "resp_pkts"], (a, b) => ratio(a, a + b));
  for (const side of sides) {
    add(`${side}_bytes_per_s`, "bytes/s", [`${side}_bytes`, "duration_s"], ratio);
    add(`${side}_pkts_per_s`, "packets/s", [`${side}_pkts`, "duration_s"], ratio);
    add(`${side}_bytes_per_pkt`, "bytes/packet", [`${side}_bytes`, `${side}_pkts`], ratio);
    add(`${side}_ip_bytes_per_pkt`, "bytes/packet", [`${side}_ip_bytes`, `${side}_pkts`], ratio);
  }
  if (flows.has("history")) {
    for (const { name, values } of historyColumns(flows.text("history")))
      derived.push({ column: numeric(name, "count"), values: float32(values) });
  }
  // NSL-KDD has no packets, and its rates over neighbours are columns already.
  add("src_dst_bytes", "bytes", ["src_bytes", "dst_bytes"], sum);
  add("src_bytes_share", "ratio", ["src_bytes", "dst_bytes"], (a, b) => ratio(a, a + b));
  return derived;
}

function numeric(name: string, unit: string): FeatureColumn {
  return { name, type: "float32", unit, profile: "realistic", origin: "derived" };
}

function ratio(a: number, b: number): number {
  return b > 0 ? a / b : Number.NaN;
}

function rowwise(
  rows: number,
  columns: readonly Numbers[],
  of: (...values: number[]) => number,
): Float32Array {
  const [a, b] = columns;
  const out = new Float32Array(rows);
  for (let row = 0; row < rows; row++) out[row] = of(a[row], b[row]);
  return out;
}

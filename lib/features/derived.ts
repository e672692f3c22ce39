import { float32, type NumberColumn, type Table } from "../table/table.js";
import { historyColumns } from "./history.js";
import type { FeatureColumn } from "./schema.js";

/** A column made from other columns of the same row. */
export interface Derived {
  readonly column: FeatureColumn;
  readonly values: NumberColumn;
}

/** Groups of derived columns, as `features.derived` in params.yaml names them. */
export const derivedGroups = ["totals", "shares", "rates", "sizes", "history"] as const;
export type DerivedGroup = (typeof derivedGroups)[number];

type Numbers = ArrayLike<number>;

/**
 * Row-level columns of the given groups: totals of both sides, the originator's shares, rates (per second), sizes (bytes
 * a packet), and the letters of Zeek's history counted. A column whose sources the table lacks is left out. Nothing is
 * fitted; NSL-KDD has bytes but no packets, and its rates over neighbours are columns already.
 *
 * A division by zero is a missing value (a rate over no time, a share of nothing), never 0 or infinite.
 */
export function derivedColumns(flows: Table, groups: readonly DerivedGroup[]): Derived[] {
  const derived: Derived[] = [];
  const add = (
    group: DerivedGroup,
    name: string,
    unit: string,
    sources: readonly [string, string],
    of: (a: number, b: number) => number,
  ): void => {
    if (!groups.includes(group) || !sources.every((source) => flows.has(source))) return;
    const [a, b] = sources.map((source): Numbers => flows.numbers(source));
    const values = Float32Array.from({ length: flows.rows }, (_, row) => of(a[row], b[row]));
    derived.push({ column: numeric(name, unit), values: float32(values) });
  };
  add("totals", "total_bytes", "bytes", ["orig_bytes", "resp_bytes"], sum);
  add("totals", "total_ip_bytes", "bytes", ["orig_ip_bytes", "resp_ip_bytes"], sum);
  add("totals", "total_pkts", "packets", ["orig_pkts", "resp_pkts"], sum);
  add("shares", "orig_bytes_share", "ratio", ["orig_bytes", "resp_bytes"], share);
  add("shares", "orig_pkts_share", "ratio", ["orig_pkts", "resp_pkts"], share);
  for (const side of ["orig", "resp"]) {
    add("rates", `${side}_bytes_per_s`, "bytes/s", [`${side}_bytes`, "duration_s"], ratio);
    add("rates", `${side}_pkts_per_s`, "packets/s", [`${side}_pkts`, "duration_s"], ratio);
    add("sizes", `${side}_bytes_per_pkt`, "bytes/packet", [`${side}_bytes`, `${side}_pkts`], ratio);
    add("sizes", `${side}_ip_bytes_per_pkt`, "bytes/packet", [`${side}_ip_bytes`, `${side}_pkts`], ratio);
  }
  if (groups.includes("history") && flows.has("history")) {
    const states = flows.has("conn_state") ? flows.text("conn_state") : undefined;
    for (const { name, values } of historyColumns(flows.text("history"), states))
      derived.push({ column: numeric(name, "count"), values: float32(values) });
  }
  return derived;
}

function numeric(name: string, unit: string): FeatureColumn {
  return { name, type: "float32", unit, profile: "realistic", origin: "derived" };
}

function sum(a: number, b: number): number {
  return a + b;
}

function ratio(a: number, b: number): number {
  return b > 0 ? a / b : Number.NaN;
}

function share(a: number, b: number): number {
  return ratio(a, a + b);
}

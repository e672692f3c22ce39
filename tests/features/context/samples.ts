import type { Rng } from "#lib/base/rng.js";
import { contextColumns } from "#lib/features/context/build.js";
import { type ContextParams, contextGroups, contextParams } from "#lib/features/context/params.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const states = ["SF", "S0", "REJ", "RSTR", null];

/** Random flows of few hosts and ports over about two minutes, many of equal ends, in two sources, in any order. */
export function someFlows(rng: Rng, rows: number): Table {
  const pick = <T>(values: readonly T[]): T => values[rng.integer(values.length)];
  const numbers = (of: () => number) => Float64Array.from({ length: rows }, of);
  const texts = (of: () => string | null) => text(Array.from({ length: rows }, of));
  return Table.of({
    row_id: int64(numbers(() => 0).map((_, row) => row)),
    source: texts(() => pick(["day1", "day2"])),
    start_us: int64(numbers(() => (rng.uniform() < 0.03 ? Number.NaN : 1e15 + 250_000 * rng.integer(500)))),
    duration_s: float64(numbers(() => pick([Number.NaN, 0, 0.25, 1.5, 20]))),
    orig_addr: texts(() =>
      pick(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", rng.uniform() < 0.1 ? null : "10.0.0.5"]),
    ),
    resp_addr: texts(() => pick(["10.0.0.1", "10.0.0.8", "10.0.0.9"])),
    orig_port: int64(numbers(() => pick([1024, 1025, 50000]))),
    resp_port: int64(numbers(() => pick([53, 80, 443]))),
    proto: texts(() => pick(["tcp", "udp"])),
    service: texts(() => pick(["http", "dns", null])),
    conn_state: texts(() => pick(states)),
    orig_bytes: int64(numbers(() => rng.integer(1000))),
    resp_bytes: int64(numbers(() => pick([0, Number.NaN, 5000]))),
    resp_pkts: int64(numbers(() => rng.integer(2))),
  });
}

export const someParams = (changes: object = {}): ContextParams =>
  contextParams.parse({ flows: 7, seconds: [2, 10], lambda: [1, 0.5], groups: contextGroups, ...changes });

/** The context of a table, by column. */
export function contextOf(table: Table, params = someParams()): Map<string, Float32Array> {
  return new Map(contextColumns(table, params).columns.map(({ column, values }) => [column.name, values]));
}

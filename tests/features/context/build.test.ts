import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { contextColumns } from "#lib/features/context/build.js";
import { contextColumnsOf } from "#lib/features/context/columns.js";
import { contextFlows } from "#lib/features/context/flows.js";
import { contextGroups } from "#lib/features/context/params.js";
import { ContextState } from "#lib/features/context/state.js";
import { int64, Table, text } from "#lib/table/table.js";
import { contextOf, someFlows, someParams } from "./samples.js";

const seeds = [1, 2, 3, 4, 5, 6];
/** A number as its bits, so that NaN equals NaN and -0 is not 0. */
const bits = (values: Float32Array): number[] => [
  ...new Uint32Array(values.buffer, values.byteOffset, values.length),
];

describe("contextColumns", () => {
  const flows = Table.of({
    start_us: int64([1e6, 2e6, 3e6, 4e6, 9e6, Number.NaN]),
    orig_addr: text(["a", "a", "b", "a", "a", "a"]),
    resp_addr: text(["x", "y", "x", "x", "x", "x"]),
    resp_port: int64([80, 80, 22, 80, 80, 80]),
    proto: text(["tcp", "tcp", "tcp", "tcp", "tcp", "tcp"]),
    conn_state: text(["S0", "SF", "REJ", "SF", "SF", "SF"]),
    orig_bytes: int64([0, 100, 0, 50, 70, 10]),
    resp_bytes: int64([0, 300, 0, 150, 30, 10]),
  });
  const params = someParams({
    flows: 2,
    seconds: [5],
    groups: ["responder", "originator", "pair", "arrivals"],
  });
  const of = (name: string): number[] => [...(contextOf(flows, params).get(`ctx_${name}`) ?? [])];

  it("counts what ended before, over the last seconds and over the last flows of everybody", () => {
    expect(of("orig_flows_5s")).toEqual([0, 1, 0, 2, 1, Number.NaN]);
    expect(of("orig_flows_last2")).toEqual([0, 1, 0, 1, 1, Number.NaN]);
    expect(of("orig_peers_5s")).toEqual([0, 1, 0, 2, 1, Number.NaN]);
    expect(of("resp_flows_5s")).toEqual([0, 0, 1, 2, 1, Number.NaN]);
    expect(of("resp_srvs_5s")).toEqual([0, 0, 1, 2, 1, Number.NaN]);
    expect(of("resp_peers_5s")).toEqual([0, 0, 1, 2, 1, Number.NaN]);
    expect(of("pair_srv_flows_5s")).toEqual([0, 0, 0, 1, 1, Number.NaN]);
  });

  it("gives shares and means of them; of nothing they are missing", () => {
    expect(of("resp_unanswered_share_5s")).toEqual([Number.NaN, Number.NaN, 1, 0.5, 0, Number.NaN]);
    expect(of("resp_failed_share_5s")).toEqual([Number.NaN, Number.NaN, 1, 1, 0, Number.NaN]);
    expect(of("resp_same_srv_share_5s")).toEqual([Number.NaN, Number.NaN, 0, 0.5, 1, Number.NaN]);
    expect(of("orig_bytes_mean_5s")).toEqual([Number.NaN, 0, Number.NaN, 200, 200, Number.NaN]);
  });

  it("tells the pauses of a host and of a pair and port, this flow's own among them, and not its bytes", () => {
    expect(of("orig_pause_us")).toEqual([Number.NaN, 1e6, Number.NaN, 2e6, 5e6, Number.NaN]);
    expect(of("pair_pause_us")).toEqual([Number.NaN, Number.NaN, Number.NaN, 3e6, 5e6, Number.NaN]);
    expect(of("pair_pause_mean_us")).toEqual([Number.NaN, Number.NaN, Number.NaN, 3e6, 4e6, Number.NaN]);
    expect(of("pair_bytes_mean")).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 100, Number.NaN]);
  });

  it("counts rows without a start or an address, which have no context and are in nobody's past", () => {
    expect(contextColumns(flows, params).unplaced).toBe(1);
    const without = contextOf(flows.take([0, 1, 2, 3, 4]), params);
    for (const [name, values] of contextOf(flows, params))
      expect(bits(values.slice(0, 5))).toEqual(bits(without.get(name) as Float32Array));
  });

  it("has no columns where flows have no times or addresses", () => {
    expect(contextColumns(flows.select(["start_us", "orig_addr"]), params)).toEqual({
      columns: [],
      unplaced: 0,
    });
  });

  it("takes a flow without a word of the responder as unanswered where conn_state is missing", () => {
    const silent = flows.select(flows.names.filter((name) => name !== "conn_state"));
    expect([...(contextOf(silent, params).get("ctx_resp_unanswered_share_5s") ?? [])].slice(2, 5)).toEqual([
      1, 1, 0,
    ]);
  });

  it("names each column once, with its unit, and never an address", () => {
    const columns = contextColumnsOf(someParams());
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
    expect(
      columns.every(
        ({ name, unit, origin }) => name.startsWith("ctx_") && unit !== null && origin === "context",
      ),
    ).toBe(true);
  });
});

describe("context of any flows", () => {
  it.each(seeds)("is the same whatever the order of the rows (seed %i)", (seed) => {
    const rng = Rng.root(seed);
    const table = someFlows(rng, 300);
    const order = rng.shuffle(Int32Array.from({ length: table.rows }, (_, row) => row));
    const shuffled = contextOf(table.take(order));
    for (const [name, values] of contextOf(table)) {
      expect(bits(shuffled.get(name) as Float32Array), name).toEqual(
        bits(values.map((_, i) => values[order[i]])),
      );
    }
  });

  it.each(seeds)("is the same in a stream, whatever the batches (seed %i)", (seed) => {
    const rng = Rng.root(seed);
    const table = someFlows(rng, 300);
    const whole = contextOf(table);
    const names = [...whole.keys()];
    const sources = table.strings("source");
    const ends = contextFlows(table).endUs;
    for (const source of ["day1", "day2"]) {
      const arriving = [...ends.keys()].filter((row) => sources[row] === source && !Number.isNaN(ends[row]));
      arriving.sort((a, b) => ends[a] - ends[b] || a - b);
      const state = new ContextState(someParams());
      for (let at = 0; at < arriving.length; ) {
        const rows = arriving.slice(at, at + 1 + rng.integer(40));
        const batch = contextFlows(table.take(rows));
        rows.forEach((row, i) => {
          const expected = Float32Array.from(names, (name) => whole.get(name)?.[row] ?? 0);
          expect(bits(state.push(batch, i))).toEqual(bits(expected));
        });
        at += rows.length;
      }
    }
  });

  it.each(contextGroups)("a group by itself has the values that it has beside the others: %s", (group) => {
    const table = someFlows(Rng.root(7), 300);
    const all = contextOf(table);
    const alone = contextOf(table, someParams({ groups: [group] }));
    expect(alone.size).toBeGreaterThan(0);
    for (const [name, values] of alone)
      expect(bits(values), name).toEqual(bits(all.get(name) as Float32Array));
  });

  it.each(seeds)("knows nothing of what ends later, or in another source (seed %i)", (seed) => {
    const rng = Rng.root(seed);
    const table = someFlows(rng, 200);
    const whole = contextOf(table);
    const ends = contextFlows(table).endUs;
    const sources = table.strings("source");
    const until = 1e15 + 1e6 * rng.integer(130);
    const past = [...ends.keys()].filter((row) => sources[row] === "day1" && ends[row] <= until);
    const alone = contextOf(table.take(past));
    for (const [name, values] of whole) {
      expect(bits(alone.get(name) as Float32Array), name).toEqual(
        bits(Float32Array.from(past, (row) => values[row])),
      );
    }
  });

  it("remembers no more than the windows and the horizon hold", () => {
    const rows = 20_000;
    const ids = Int32Array.from({ length: rows }, (_, row) => row);
    const numbers = Float64Array.from(ids);
    const state = new ContextState(someParams());
    const flows = {
      endUs: Float64Array.from(ids, (row) => row * 1e6),
      ...{ orig: numbers, resp: numbers, origPort: ids, port: numbers, service: numbers },
      outcome: new Uint8Array(rows),
      bytes: new Float64Array(rows),
    };
    for (const row of ids) state.push(flows, row);
    expect(state.size).toBeLessThan(400); // 10 s, 7 flows; a horizon of 60 s
    expect(() => state.push(flows, 5)).toThrow(RangeError);
  });
});

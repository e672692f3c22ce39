import { describe, expect, it } from "vitest";
import { DataError } from "#lib/base/errors.js";
import { buildFeatures } from "#lib/features/build.js";
import { derivedGroups } from "#lib/features/derived.js";
import { columnsOf } from "#lib/features/schema.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const flows = Table.of({
  row_id: int64([0, 1, 2]),
  label: text(["benign", "DoS", "benign"]),
  start_us: int64([1, 2, 3]),
  orig_addr: text(["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
  resp_port: int64([80, 443, 53]),
  proto: text(["tcp", "udp", null]),
  duration_s: float64([0.1, 0, Number.NaN]),
  orig_bytes: int64([100, 50, 0]),
  resp_bytes: int64([300, 0, 0]),
  history: text(["ShADd", "^d", null]),
  orig_pkts: int64([4, 1, 0]),
  orig_ip_bytes: int64([260, 78, 0]),
});

describe("buildFeatures", () => {
  const { table, schema } = buildFeatures(flows, { derived: derivedGroups });

  it("takes what a sensor has, marks what only a lab has, and leaves out labels, addresses and times", () => {
    expect(table.names[0]).toBe("row_id");
    expect(
      schema.columns.slice(0, 7).map(({ name, type, unit, profile }) => [name, type, unit, profile]),
    ).toEqual([
      ["resp_port", "float32", "port", "oracle"],
      ["proto", "category", null, "realistic"],
      ["duration_s", "float32", "s", "realistic"],
      ["orig_bytes", "float32", "bytes", "realistic"],
      ["resp_bytes", "float32", "bytes", "realistic"],
      ["orig_pkts", "float32", "packets", "realistic"],
      ["orig_ip_bytes", "float32", "bytes", "realistic"],
    ]);
    for (const name of ["label", "start_us", "orig_addr", "history"]) expect(table.has(name)).toBe(false);
    expect(columnsOf(schema, "realistic").map(({ name }) => name)).not.toContain("resp_port");
  });

  it("rounds to float32 before anything is fitted", () => {
    expect([...table.numbers("duration_s")]).toEqual([Math.fround(0.1), 0, Number.NaN]);
    expect(table.numbers("orig_bytes")).toBeInstanceOf(Float32Array);
  });

  it("derives totals, rates and shares; a division by zero is missing", () => {
    const values = (name: string): number[] => [...table.numbers(name)];
    expect(values("total_bytes")).toEqual([400, 50, 0]);
    expect(values("orig_bytes_share")).toEqual([0.25, 1, Number.NaN]);
    expect(values("orig_bytes_per_s")).toEqual([1000, Number.NaN, Number.NaN]);
    expect(values("orig_bytes_per_pkt")).toEqual([25, 50, Number.NaN]);
    expect(values("orig_ip_bytes_per_pkt")).toEqual([65, 78, Number.NaN]);
    expect(table.has("resp_bytes_per_pkt")).toBe(false); // the flows have no resp_pkts
  });

  it("counts history letters by side", () => {
    const values = (name: string): number[] => [...table.numbers(`history_${name}`)];
    expect([values("orig_syn"), values("resp_syn")]).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect([values("orig_data"), values("resp_data")]).toEqual([
      [1, 0, 0],
      [1, 1, 0],
    ]);
    expect([values("resp_synack"), values("length"), values("flipped")]).toEqual([
      [1, 0, 0],
      [5, 2, 0],
      [0, 1, 0],
    ]);
  });

  it("gives a row the same values alone as among others", () => {
    const bare = flows.take([2]); // without a history
    const alone = buildFeatures(bare, { derived: derivedGroups }).table;
    expect(alone.objects()).toEqual(table.take([2]).objects());
  });

  it("leaves derived columns out when told to; the hash follows the columns", () => {
    const plain = buildFeatures(flows, { derived: [] });
    expect(plain.schema.columns.every(({ origin }) => origin === "raw")).toBe(true);
    expect(plain.schema.columns.length).toBe(7);
    expect(plain.schema.schema_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(plain.schema.schema_hash).not.toBe(schema.schema_hash);
  });

  it("refuses a table without any feature", () => {
    expect(() => buildFeatures(flows.select(["row_id", "label"]), { derived: derivedGroups })).toThrow(
      DataError,
    );
  });
});

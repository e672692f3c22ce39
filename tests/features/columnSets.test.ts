import { describe, expect, it } from "vitest";
import { buildFeatures } from "#lib/features/build.js";
import { expectColumns, mlIds31, mlIds60, mlIds68 } from "#lib/features/columnSets.js";
import { derivedGroups } from "#lib/features/derived.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const zeek = Table.of({
  row_id: int64([0, 1]),
  start_us: int64([1, 2]),
  orig_addr: text(["10.0.0.1", "10.0.0.2"]),
  resp_port: int64([80, 443]),
  proto: text(["tcp", "udp"]),
  duration_s: float64([0.5, 2]),
  orig_bytes: int64([100, 50]),
  conn_state: text(["SF", "S0"]),
  history: text(["ShAD", null]),
});
const cic = Table.of({
  row_id: int64([7]),
  flow_byts_s: float64([12]),
  duration_s: float64([3]),
  resp_bytes: int64([4]),
});
const flow = { derived: derivedGroups, columns: "flow" } as const;

describe("the set flow", () => {
  it("has the same columns in the same order for every dialect, and so the same hash", () => {
    const [a, b] = [buildFeatures(zeek, flow), buildFeatures(cic, flow)];
    expect(b.table.names).toEqual(a.table.names);
    expect(b.schema).toEqual(a.schema);
    expect(a.schema.column_set).toBe("flow");
    expect(a.table.names.slice(0, 15)).toEqual([
      ...["row_id", "orig_port", "resp_port", "proto", "service", "duration_s", "orig_bytes", "resp_bytes"],
      ...[
        "conn_state",
        "local_orig",
        "local_resp",
        "missed_bytes",
        "orig_pkts",
        "orig_ip_bytes",
        "resp_pkts",
      ],
    ]);
    expect(a.table.has("flow_byts_s")).toBe(false);
  });

  it("is missing where a dialect lacks a column, never 0", () => {
    const { table } = buildFeatures(cic, flow);
    expect(table.objects()[0]).toMatchObject({
      ...{ row_id: 7, duration_s: 3, resp_bytes: 4, resp_bytes_per_s: Math.fround(4 / 3) },
      ...{ proto: null, orig_bytes: null, orig_bytes_share: null, history_length: null },
    });
    const counts = buildFeatures(zeek, flow).table.numbers("history_length");
    expect([...counts]).toEqual([4, 0]); // Zeek leaves a history unset in which nothing happened
  });
});

describe("the sets of ml-ids", () => {
  const all = Table.of({
    ...Object.fromEntries(mlIds68.map((name) => [name, float64([1])])),
    resp_port: int64([80]),
    bwd_psh_flags: float64([0]),
  });

  it("have as many columns as they say, in the order of the release of 2018", () => {
    expect([mlIds68, mlIds60, mlIds31].map((names) => new Set(names).size)).toEqual([68, 60, 31]);
    expect(mlIds68.slice(3, 8)).toEqual([
      ...["orig_bytes", "resp_bytes", "fwd_pkt_len_max", "fwd_pkt_len_min", "fwd_pkt_len_mean"],
    ]);
    expect(mlIds68.at(-1)).toBe("idle_min");
    expect(mlIds60.filter((name) => !mlIds68.includes(name))).toEqual([]);
    expect(mlIds31.filter((name) => !mlIds68.includes(name))).toEqual(["proto"]);
  });

  it("take these columns and no port; one of the flow record may be missing", () => {
    const names = (columns: "ml-ids-68" | "ml-ids-60" | "ml-ids-31"): string[] =>
      buildFeatures(all, { derived: [], columns }).schema.columns.map(({ name }) => name);
    expect(names("ml-ids-68")).toEqual(mlIds68);
    expect(names("ml-ids-60")).toEqual(mlIds60);
    expect(names("ml-ids-31")).toEqual(mlIds31);
    expect(() => expectColumns("ml-ids-31", names("ml-ids-31"))).not.toThrow();
  });

  it("refuse flows of another kind", () => {
    const { schema } = buildFeatures(zeek, { derived: [], columns: "ml-ids-68" });
    expect(() =>
      expectColumns(
        "ml-ids-68",
        schema.columns.map(({ name }) => name),
      ),
    ).toThrow(/ml-ids-68, but the flows lack 63 of its 68 columns \(fwd_pkt_len_max, .* and 55 more\)/);
  });
});

describe("the sets of SLIPS", () => {
  it("are vectors: no other column", () => {
    const { schema, table } = buildFeatures(zeek, { derived: derivedGroups, columns: "slips-9" });
    expect(schema.columns.map(({ name }) => name)).toEqual([
      ...["dur", "proto", "sport", "dport", "spkts", "sbytes", "state", "pkts", "allbytes"],
    ]);
    expect([...table.numbers("proto")]).toEqual([0, 1]);
    expect(
      buildFeatures(cic.with("proto", text(["tcp"])), { derived: [], columns: "slips-11" }).schema.columns,
    ).toHaveLength(11);
  });
});

import { describe, expect, it } from "vitest";
import { establishedState, protocolCode, slips9, slips11, slipsColumns } from "#lib/features/slips.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const flows = Table.of({
  duration_s: float64([1.5, Number.NaN]),
  proto: text(["tcp", "udp"]),
  orig_port: int64([49733, 53]),
  resp_port: int64([443, Number.NaN]),
  orig_pkts: int64([17, 1]),
  resp_pkts: int64([27, Number.NaN]),
  orig_bytes: int64([25517, 60]),
  resp_bytes: int64([17247, Number.NaN]),
  conn_state: text(["SF", "S0"]),
});

const rows = (table: Table, size: 11 | 9): number[][] => {
  const columns = slipsColumns(table, size);
  return Array.from({ length: table.rows }, (_, row) => columns.map(({ values }) => values.values[row]));
};

describe("slipsColumns", () => {
  it("gives the 11 columns of the pipeline in its order, 0 for what is missing", () => {
    expect(slipsColumns(flows, 11).map(({ column }) => column.name)).toEqual([...slips11]);
    expect([...slips11].join()).toBe("dur,proto,sport,dport,spkts,dpkts,sbytes,dbytes,state,bytes,pkts");
    expect(rows(flows, 11)).toEqual([
      [1.5, 0, 49733, 443, 17, 27, 25517, 17247, 1, 42764, 44],
      [0, 1, 53, 0, 1, 0, 60, 0, 0, 60, 1],
    ]);
  });
  it("gives the 9 columns of SLIPS in its order", () => {
    expect(slipsColumns(flows, 9).map(({ column }) => column.name)).toEqual([...slips9]);
    expect([...slips9].join()).toBe("dur,proto,sport,dport,spkts,sbytes,state,pkts,allbytes");
    expect(rows(flows, 9)).toEqual([
      [1.5, 0, 49733, 443, 17, 25517, 1, 44, 42764],
      [0, 1, 53, 0, 1, 60, 0, 1, 60],
    ]);
  });
  it("takes IP bytes and Argus states where there are no others, row by row", () => {
    const argus = Table.of({
      duration_s: float64([2, 3]),
      proto: text(["tcp", "arp"]),
      orig_bytes: int64([Number.NaN, 7]),
      orig_ip_bytes: int64([100, 9]),
      resp_ip_bytes: int64([200, Number.NaN]),
      orig_pkts: int64([3, 1]),
      resp_pkts: int64([1, 0]),
      conn_state: text([null, "SF"]),
      state: text(["FIN", "INT"]),
    });
    expect(rows(argus, 11)).toEqual([
      [2, 0, 0, 0, 3, 1, 100, 200, 1, 300, 4],
      [3, 4, 0, 0, 1, 0, 7, 0, 1, 7, 1],
    ]);
  });
  it("says what it cannot do without", () => {
    expect(() => slipsColumns(flows.select(["proto"]), 9)).toThrow(/slips-9 vector needs duration_s/);
  });
  it("marks ports as oracle", () => {
    const oracle = slipsColumns(flows, 11).filter(({ column }) => column.profile === "oracle");
    expect(oracle.map(({ column }) => column.name)).toEqual(["sport", "dport"]);
  });
});

describe("protocolCode", () => {
  it.each([
    ["tcp", 0],
    ["TCP", 0],
    ["udp", 1],
    ["icmp-ipv6", 3],
    ["icmp", 2],
    ["ipv6-icmp", 2],
    ["arp", 4],
    ["unknown_transport", 0],
    ["", 0],
  ])("%j is %i", (name, code) => {
    expect(protocolCode(name)).toBe(code);
  });
});

describe("establishedState", () => {
  it.each([
    // Suricata's words, whatever their case
    ["new", 1, 1],
    ["New", 1, 1],
    ["established", 1, 1],
    ["Established", 1, 1],
    ["closed", 9, 0],
    ["CLOSED", 9, 0],
    ["Not Established", 9, 0],
    // Zeek
    ...["S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR"].map((state) => [state, 9, 0]),
    ...["S1", "SF", "S2", "S3", "RSTO", "RSTP", "OTH"].map((state) => [state, 1, 1]),
    ["RSTR", 3, 0],
    ["RSTR", 4, 1],
    // Argus: the first half decides
    ["SA_SA", 1, 1],
    ["FSPA_FSPA", 1, 1],
    ["SRPA_", 1, 1],
    ["SPA_SRA", 1, 1],
    ["PA_PA", 1, 1],
    ["FPA_", 1, 1],
    ["S_RA", 9, 0],
    ["S_", 9, 0],
    ["R_FA", 9, 0],
    ["ECO", 1, 1],
    ["ECR", 1, 1],
    ["URH", 1, 1],
    ["URHPRO", 1, 1],
    ["URP", 1, 1],
    ["EST", 1, 1],
    ["RST", 3, 0],
    ["RST", 4, 1],
    ["FIN", 3, 0],
    ["FIN", 4, 1],
    ["CON", 9, 0],
    ["INT", 9, 0],
    ["UNK", 9, 0],
    ["REQ", 9, 0],
    ["sf", 9, 0], // states are upper case
    ["", 9, 0],
  ] as [string, number, number][])("%s with %i packets is %i", (state, pkts, expected) => {
    expect(establishedState(state, pkts)).toBe(expected);
  });
});

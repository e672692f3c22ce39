import { describe, expect, it } from "vitest";
import { familiesOverTime, hostFacts, hostTable, targetTable } from "#lib/notebook/traffic.js";
import { tableText } from "#lib/report/table.js";
import { Table, text } from "#lib/table/table.js";

const minute = 60e6;
const flows = Table.of({
  host: text(["scanner", "scanner", "scanner", "client", "client", null]),
  family: text(["PortScan", "PortScan", "benign", "benign", "benign", "benign"]),
  is_attack: { kind: "number", type: "float64", values: Float64Array.of(1, 1, 0, 0, 0, 0) },
  resp_addr: text(["a", "a", "b", "b", "b", "b"]),
  resp_port: { kind: "number", type: "float64", values: Float64Array.of(1, 2, 53, 53, 53, 53) },
  conn_state: text(["S0", "REJ", "SF", "SF", null, "SF"]),
  orig_bytes: {
    kind: "number",
    type: "float64",
    values: Float64Array.of(Number.NaN, Number.NaN, 30, 40, 60, 1),
  },
  start_us: {
    kind: "number",
    type: "float64",
    values: Float64Array.of(1.2 * minute, 1.5 * minute, 0, 0, 3 * minute, Number.NaN),
  },
});

describe("hosts", () => {
  it("are told by what they did, rows without a host left out", () => {
    expect(hostFacts(flows)).toEqual([
      { host: "scanner", flows: 3, attacks: 2, responders: 2, targets: 3, inVain: 2 / 3, medianBytes: 30 },
      { host: "client", flows: 2, attacks: 0, responders: 1, targets: 1, inVain: 0, medianBytes: 40 },
    ]);
  });
  it("stand beside each other, attackers first", () => {
    const { rows } = tableText(hostTable(flows, 1));
    expect(rows.map((row) => row.map((cell) => cell.text))).toEqual([
      ["scanner", "3", "2", "2", "3", "0.67", "30"],
      ["client", "2", "0", "1", "1", "0.00", "40"],
    ]);
  });
});

it("targets are counted by family: how many, how often the same, how often in vain", () => {
  const { rows } = tableText(targetTable(flows));
  expect(rows.map((row) => row.map((cell) => cell.text))).toEqual([
    ["benign", "4", "3", "1", "1.3", "0.0%"],
    ["PortScan", "2", "1", "2", "1.0", "100.0%"],
  ]);
});

describe("familiesOverTime", () => {
  it("counts flows by family and stretch; rows without a time are left out", () => {
    const { chart } = familiesOverTime(flows, { stretches: 3 });
    if (chart.kind !== "heat") throw new Error(chart.kind);
    expect(chart.y.names).toEqual(["benign", "PortScan"]);
    expect(chart.text).toEqual([
      ["2", "", "1"],
      ["", "2", ""],
    ]);
    expect(chart.shade[0][0]).toBe(1);
  });
});

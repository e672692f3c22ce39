import { describe, expect, it } from "vitest";
import { FlowLabeller } from "#lib/dataset/flowLabeller.js";
import { parseRules } from "#lib/dataset/labelRules.js";

const flow: Record<string, string | null> = {
  ts: "1655467200.000000", // 2022-06-17 12:00:00 UTC
  uid: "C1",
  "id.orig_h": "10.0.0.34",
  "id.orig_p": "50000",
  "id.resp_h": "fe80::1dfe:6c38:93c9:c808",
  "id.resp_p": "53",
  proto: "udp",
  service: "dns",
  duration: "0.5",
  orig_bytes: "60",
  resp_bytes: null,
  conn_state: "SF",
  history: "Dd",
  orig_pkts: "1",
  resp_pkts: "2",
  orig_ip_bytes: "88",
  resp_ip_bytes: "120",
  missed_bytes: "0",
};

function labelled(rules: string, changes: Record<string, string | null> = {}): string {
  const labeller = new FlowLabeller(parseRules(rules, "rules"));
  const cells = { ...flow, ...changes };
  const found = labeller.label(labeller.columns.map((column) => cells[column] ?? null));
  return typeof found === "string" ? found : `${found.label}/${found.detail}`;
}

const holds = (condition: string): boolean => labelled(`A:\n- ${condition}`) === "A/(empty)";

describe("rules", () => {
  it("give the label of the last one that holds, (empty) when none does", () => {
    const rules =
      "Background:\n    - srcIP=all\nBenign, DNS\n    - dstPort=53\nMalicious, X:\n    - dstPort=54\n";
    expect(labelled(rules)).toBe("Benign/DNS");
    expect(labelled(rules, { "id.resp_p": "54" })).toBe("Malicious/X");
    expect(labelled(rules, { "id.resp_p": "1" })).toBe("Background/(empty)");
    expect(labelled("Malicious:\n- dstPort=1")).toBe("(empty)/(empty)");
  });
  it("need every condition of a line, and one line of several", () => {
    const rules = "A:\n- Proto=TCP & dstPort=53\n- Proto=UDP & dstPort=53 & srcIP=10.0.0.0/8\n";
    expect(labelled(rules)).toBe("A/(empty)");
    expect(labelled(rules, { "id.orig_h": "11.0.0.1" })).toBe("(empty)/(empty)");
    expect(labelled(rules, { "id.orig_h": "11.0.0.1", proto: "tcp" })).toBe("A/(empty)");
  });
  it("may have comments and blank lines anywhere, and other line ends", () => {
    expect(labelled("# x\r\nA, b:   # c\r\n\r\n# d\r\n  - dstPort=53     # (AND)\r\n")).toBe("A/b");
    expect(labelled("A:\r- dstPort=53\r")).toBe("A/(empty)");
  });

  it.each([
    ["srcIP=10.0.0.34", true],
    ["srcip=10.0.0.3", false],
    ["srcIP!=10.0.0.34", false],
    ["srcIP!=10.0.0.0/24", false],
    ["srcIP!=10.0.1.0/24", true],
    ["srcNet=10.0.0.0/24", true],
    ["dstNet=fe80::/10", true],
    ["dstIP=FE80:0:0:0:1dfe:6c38:93c9:c808", true],
    ["dstIP=0.0.0.0/0", false],
    ["Proto=UDP", true],
    ["Proto!=UDP", false],
    ["State=sf", true],
    ["service=dns", true],
    ["history=DD", true],
    ["uid=c1", true],
    ["srcPort>50000", false],
    ["srcPort>=50000", true],
    ["srcPort<50001", true],
    ["srcPort<=49999", false],
    ["srcPort == 50000", true],
    ["srcPort!=50000", false],
    ["Bytes=60", true], // the missing side counts as 0
    ["Bytes>60", false],
    ["sBytes=60", true],
    ["dBytes=0", false], // missing
    ["dBytes!=0", true],
    ["Packets=3", true],
    ["pkts>3", false],
    ["IPBytes=208", true],
    ["Duration<1", true],
    ["dur>=0.5", true],
    ["Date=2022-06-17", true],
    ["Date=2022/06/17", true],
    ["Date=2022-06-18", false],
    ["Date>2022-06-17", false],
    ["Date>=2022-06-17", true],
    ["Date<2022-06-18", true],
    ["Date<=2022-06-16", false],
    ["start>2022-06-17T11:59:59", true],
    ["start>=2022-06-17 12:00:01", false],
    ["ts=1655467200", true],
    ["dstPort=all", true],
    ["dstPort!=all", false],
  ])("%s: %j", (condition, expected) => {
    expect(holds(condition)).toBe(expected);
  });

  it.each([
    ["- srcIP=all", /line 1: conditions before any label/],
    ["A:\nB:\n- srcIP=all", /line 1: "A" has no conditions/],
    ["A:\n- srcIP=all\nB:", /line 3: "B" has no conditions/],
    ["# nothing", /holds no rules/],
    ["A:\n- scrIP=all", /line 2: no field "scrIP" .*Did you mean "srcIP"\?/],
    ["A:\n- Tos=0", /line 2: Zeek's conn.log has no Tos/],
    ["A:\n- srcIP", /line 2: "srcIP" is no condition/],
    ["A:\n- srcIP= & Proto=tcp", /line 2: "srcIP=" is no condition/],
    ["A:\n- srcIP=10.0.0.300", /line 2: .*"10.0.0.300" is no address or network/],
    ["A:\n- srcIP>10.0.0.3", /line 2: .*srcIP has no order/],
    ["A:\n- dstPort=http", /line 2: .*"http" is no number/],
    ["A:\n- Date=yesterday", /line 2: .*"yesterday" is no time/],
    ["A, b, c:\n- srcIP=all", /line 1: "A, b, c:" is no label/],
    ["A: x\n- srcIP=all", /line 1: "A: x" is no label/],
  ])("%j is refused with its line", (rules, message) => {
    expect(() => parseRules(rules, "my.rules")).toThrow(message);
    expect(() => parseRules(rules, "my.rules")).toThrow(/^label: my.rules/);
  });

  it("leave a flow whose values are not of their column without a label", () => {
    expect(labelled("A:\n- dstPort=53", { "id.resp_p": "x" })).toBe("bad_value_id.resp_p");
    expect(labelled("A:\n- srcIP=all", { "id.orig_h": "x" })).toBe("bad_value_id.orig_h");
  });
});

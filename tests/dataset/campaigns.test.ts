import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError, SchemaError } from "#lib/base/errors.js";
import { CampaignJoin, canJoin } from "#lib/dataset/campaigns.js";
import { isGroundTruth, parseGroundTruth } from "#lib/dataset/groundTruth.js";
import { ingest } from "#lib/dataset/ingest.js";
import { int64, Table, text } from "#lib/table/table.js";

const header = "site,day,start,end,attacker,victim,ports,label,tool,flows,note";
const scans = [
  header,
  "A,day1,100.0,200.5,10.0.0.9,10.0.0.1 10.0.0.2,tcp/21-23 80; udp/53,PortScan,nmap,3,",
  'A,day1,150,160,10.0.0.8,10.0.0.1,tcp/80,PortScan,"own, slow",1,"two ""words"""',
  "A,day1,100,200,10.0.0.9,10.0.0.3,tcp/443,DoS-SYNFlood,hping3,1,spoofed sources",
].join("\n");

describe("parseGroundTruth", () => {
  it("reads runs: times in microseconds, ports one by one, quoted cells", () => {
    const [first, second] = parseGroundTruth(scans);
    expect(first).toMatchObject({ site: "a", day: "1", startUs: 100_000_000, endUs: 200_500_000, flows: 3 });
    expect([...first.ports]).toEqual(["tcp/21", "tcp/22", "tcp/23", "tcp/80", "udp/53"]);
    expect(first.victims).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(second.label).toBe("PortScan");
    expect(second.flows).toBe(1);
  });

  it("knows such a table by its header, and names what is wrong in one", () => {
    expect(isGroundTruth(`\ufeff${header}`)).toBe(true);
    expect(isGroundTruth("address,role,site,name")).toBe(false);
    expect(() => parseGroundTruth("start,end,label\n1,2,x")).toThrow(
      new FormatError(
        "ground truth: ground-truth.csv lacks the columns attacker, victim (has: start, end, label).",
      ),
    );
    expect(() => parseGroundTruth("start,end,attacker,victim,label\n1,soon,a,b,x", "runs.csv")).toThrow(
      new FormatError('ground truth: runs.csv, line 2: end is "soon"; a time in Unix seconds was expected.'),
    );
  });
});

describe("CampaignJoin", () => {
  /** label, start second, originator, responder, responder's port */
  const rows = [
    ["benign", 120, "10.0.0.9", "10.0.0.1", 80],
    ["PortScan", 155, "10.0.0.9", "10.0.0.1", 80],
    ["PortScan", 155, "10.0.0.8", "10.0.0.1", 80],
    ["PortScan", 201, "10.0.0.9", "10.0.0.2", 22],
    ["PortScan", 300, "10.0.0.9", "10.0.0.2", 22],
    ["DoS-SYNFlood", 150, "172.16.0.1", "10.0.0.3", 443],
    ["DoS-SYNFlood", 150, "172.16.0.1", "10.0.0.4", 443],
  ] as const;
  const flows = Table.of({
    label: text(rows.map(([label]) => label)),
    family: text(rows.map(([label]) => label)),
    start_us: int64(rows.map(([, start]) => start * 1e6)),
    orig_addr: text(rows.map(([, , orig]) => orig)),
    resp_addr: text(rows.map(([, , , resp]) => resp)),
    resp_port: int64(rows.map(([, , , , port]) => port)),
    proto: text(rows.map(() => "tcp")),
    site: text(rows.map(() => "a")),
    day: text(rows.map(() => "1")),
  });

  it("gives overlapping runs their own flows, by attacker, victim, label and time; counts what no run explains", () => {
    const join = new CampaignJoin(parseGroundTruth(scans));
    const column = join.add(flows);
    const { runs, unmatched } = join.facts();
    const names = Array.from(column.codes, (code) => column.dictionary[code] ?? null);
    expect(names).toEqual([
      null,
      "a1-portscan-1",
      "a1-portscan-2",
      "a1-portscan-1",
      null,
      "a1-dos-synflood-1",
      null,
    ]);
    expect(runs.map((run) => [run.campaign, run.flows, run.expected])).toEqual([
      ["a1-portscan-1", 2, 3],
      ["a1-portscan-2", 1, 1],
      ["a1-dos-synflood-1", 1, 1],
    ]);
    expect(unmatched).toEqual({ PortScan: 1, "DoS-SYNFlood": 1 });
  });

  it("needs times and addresses", () => {
    const without = flows.select(["label", "family", "start_us"]);
    expect([canJoin(flows.names), canJoin(without.names)]).toEqual([true, false]);
    expect(() => new CampaignJoin([]).add(without)).toThrow(SchemaError);
  });
});

const testbed = "../shared/data/testbed";
describe.skipIf(!existsSync(testbed))("campaigns of the testbed (skipped: ../shared is not here)", () => {
  it("are its 77 runs, with as many flows as the ground truth says", async () => {
    const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
    const { table, facts } = await ingest(
      { path: testbed, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    const { runs = [], unmatched } = facts.campaigns ?? {};
    expect(runs.length).toBe(77);
    expect(new Set(table.strings("campaign")).size).toBe(78);
    expect(facts.ignored_files.map(({ file }) => file)).not.toContain("ground-truth.csv");
    const different = runs.filter((run) => run.flows !== run.expected);
    expect(different).toEqual([]);
    expect(unmatched).toEqual({});
  });
});

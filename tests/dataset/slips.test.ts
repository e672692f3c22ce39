import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { slips } from "#lib/dataset/slips.js";
import { slipsColumns } from "#lib/features/slips.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const from = (path: string) => ({ path, files: null, dialect: "auto", rows: null });

const names = [
  ...["starttime", "uid", "saddr", "sport", "daddr", "dport", "proto", "appproto", "dur", "sbytes", "dbytes"],
  ...[
    "state",
    "history",
    "spkts",
    "dpkts",
    "ground_truth_label",
    "detailed_ground_truth_label",
    "type_",
    "dir_",
  ],
  ...["label", "module_labels", "smac", "dmac"],
];
const record: Record<string, string> = {
  starttime: "1655071198.444458",
  uid: "C1",
  saddr: "10.0.0.1",
  sport: "50000.0",
  daddr: "10.0.0.2",
  dport: "443",
  proto: "tcp",
  appproto: "ssl",
  dur: "1.5",
  sbytes: "100",
  dbytes: "300",
  state: "SF",
  history: "ShAD",
  spkts: "5",
  dpkts: "4",
  ground_truth_label: "Malicious",
  detailed_ground_truth_label: "CC",
  type_: "conn",
  dir_: "->",
  label: "Benign",
  module_labels: "{}",
  smac: "",
  dmac: "",
};
const line = (separator: string, changes: Record<string, string> = {}): string =>
  names.map((name) => ({ ...record, ...changes })[name]).join(separator);
const expected = {
  start_us: 1655071198444458,
  uid: "C1",
  host: "10.0.0.1",
  day: "2022-06-12",
  orig_addr: "10.0.0.1",
  orig_port: 50000,
  resp_addr: "10.0.0.2",
  resp_port: 443,
  proto: "tcp",
  service: "ssl",
  duration_s: 1.5,
  orig_bytes: 100,
  resp_bytes: 300,
  conn_state: "SF",
  history: "ShAD",
  orig_pkts: 5,
  resp_pkts: 4,
  label: "CC",
  family: "CC",
  label_original: "Malicious/CC",
};

describe("slips records", () => {
  it.each([
    ["csv", `${names.join(",")}\n${line(",")}\n`],
    ["tsv", `${names.join("\t")}\n${line("\t")}\n`],
    ["json", `${JSON.stringify(record)}\n`],
  ])("are read from %s", async (kind, content) => {
    const { table, facts } = await ingest(from(folder.write(`flows.${kind}`, content)), policy, 1);
    expect(table.objects()[0]).toMatchObject(expected);
    expect(facts.dialects.map(({ name }) => name)).toEqual(["slips"]);
    expect(facts.files[0].ignored_columns).toEqual([]);
  });
  it("have 0 for numbers that are missing, counted, and other sensors' states beside Zeek's", async () => {
    const rows = [
      line(",", { sbytes: "-", dur: "", sport: "", state: "Established" }),
      line(",", { state: "FSPA_FSPA" }),
    ];
    const { table, facts } = await ingest(
      from(folder.write("missing.csv", `${names.join(",")}\n${rows.join("\n")}\n`)),
      policy,
      1,
    );
    expect(table.objects()).toMatchObject([
      { orig_bytes: 0, duration_s: 0, orig_port: 0, conn_state: null, state: "Established" },
      { orig_bytes: 100, conn_state: null, state: "FSPA_FSPA" },
    ]);
    expect(facts.repaired).toEqual({ filled_sport: 1, filled_dur: 1, filled_sbytes: 1 });
    expect(slipsColumns(table, 9).map(({ values }) => values.values[0])).toEqual([
      0, 0, 0, 443, 5, 0, 1, 9, 300,
    ]);
  });
  it("of JSON may lack keys and have nulls; what is no object is counted", async () => {
    const { table, facts } = await ingest(
      from(
        folder.write(
          "some.json",
          `${JSON.stringify({ ...record, sport: null, extra: { a: 1 } })}\n` +
            `{"starttime":1.5,"saddr":"a","daddr":"b","proto":"17","ground_truth_label":"Benign","dport":"0x35"}\n` +
            '{"starttime":1}{"starttime":\n\n{"starttime":"soon"}\n{"starttime"\n',
        ),
      ),
      policy,
      1,
    );
    expect(table.objects()).toMatchObject([
      { orig_port: 0, label: "CC" },
      { start_us: 1500000, proto: "udp", resp_port: 53, orig_bytes: 0, label: "benign" },
    ]);
    expect(facts.dropped).toEqual({ label_empty: 1, torn_record: 1, bad_value_starttime: 1, bad_json: 1 });
    expect(facts.files[0].ignored_columns).toEqual(["extra"]);
  });
  it("may have Zeek's names, where label is the truth; SLIPS' own verdict is none", async () => {
    const zeekNames =
      "ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,duration,orig_bytes,resp_bytes,conn_state,label";
    const zeekFile = folder.write("zeek.csv", `${zeekNames}\n1.5,a,1,b,2,udp,1,2,3,S0,Malicious\n`);
    expect((await ingest(from(zeekFile), policy, 1)).table.objects()[0]).toMatchObject({
      label: "malicious",
      conn_state: "S0",
    });
    const own = names.filter((name) => !name.includes("ground_truth"));
    const path = folder.write("own.csv", `${own.join(",")}\n${own.map((name) => record[name]).join(",")}\n`);
    expect((await readFlows(path)).labelled).toBe(false);
  });
});

describe("slips.meaning", () => {
  it.each([
    ["Malicious\tCC", "attack", "CC"],
    ["MALICIOUS\t", "attack", "malicious"],
    ["Some-Mal-ware\t", "attack", "malicious"],
    ["1\t", "attack", "malicious"],
    ["Benign\tMalware-Update", "benign", undefined],
    ["Normal\t", "benign", undefined], // contains MAL
    ["0\t", "benign", undefined],
    ["x-Background\t", "background", undefined],
    ["Unknown\t", "unknown", undefined],
    ["ABNORMAL\t", "unknown", undefined],
    ["\tDoS", "empty", undefined],
  ])("%j is %s", (pair, kind, label) => {
    const meaning = slips.meaning(pair);
    expect([meaning.kind, "label" in meaning ? meaning.label : undefined]).toEqual([kind, label]);
  });
});

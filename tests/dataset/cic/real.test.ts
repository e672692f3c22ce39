import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { readFlows } from "#lib/dataset/readFlows.js";

const root = "../shared/data";
const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
const cve = "cic-ids-2017/machinelearningcve-heads";
const labelling = "cic-ids-2017/traffic-labelling";

/** File, dialect, labels as its README counts them, repairs that matter. */
const files: [string, string, Record<string, number>, Record<string, number>][] = [
  [
    `${cve}/m1.csv.gz`,
    "cic-ids-2017",
    { benign: 999 },
    { "infinite_Flow Bytes/s": 10, "infinite_Flow Packets/s": 10 },
  ],
  [
    ...([`${cve}/th1.csv.gz`, "cic-ids-2017"] as const),
    { benign: 999, "Web Attack - XSS": 3, "Web Attack - Brute Force": 2, "Web Attack - Sql Injection": 2 },
    {},
  ],
  [
    `${cve}/f2.csv.gz`,
    "cic-ids-2017",
    { benign: 999 },
    { "infinite_Flow Bytes/s": 1, "infinite_Flow Packets/s": 1 },
  ],
  [
    ...(["cic-ids-2017/Friday-WorkingHours-Afternoon-DDos.pcap_ISCX.csv.gz", "cic-ids-2017"] as const),
    { benign: 9998 },
    { "infinite_Flow Bytes/s": 6, "infinite_Flow Packets/s": 7, "not_a_number_Flow Bytes/s": 1, crlf: 9999 },
  ],
  [`${labelling}/baseline_ddos.csv.gz`, "cic-ids-2017-flows", { DDoS: 1000 }, {}],
  [`${labelling}/baseline_sqli.csv.gz`, "cic-ids-2017-flows", { "Web Attack - Sql Injection": 21 }, {}],
  [`${labelling}/baseline_xss.csv.gz`, "cic-ids-2017-flows", { "Web Attack - XSS": 652 }, {}],
  [
    ...(["cic-ids-2017/web_attacks_balanced.csv.gz", "cic-ids-2017-flows"] as const),
    {
      ...{ benign: 5087, "Web Attack - Brute Force": 1507 },
      ...{ "Web Attack - XSS": 652, "Web Attack - Sql Injection": 21 },
    },
    { crlf: 7268 },
  ],
  [
    ...(["cic-ids-2017/CICIDS2017_sample.csv.gz", "cic-ids-2017"] as const),
    { WebAttack: 2180, Bot: 1966, DoS: 952, BruteForce: 553, PortScan: 397, benign: 227, Infiltration: 36 },
    { "infinite_Flow Bytes/s": 10, "infinite_Flow Packets/s": 10 },
  ],
  [
    ...(["cic-ids-2017-improved/CICIDS2017_improved_sample.csv.gz", "cic-ids-2017-corrected"] as const),
    {
      ...{
        benign: 5000,
        "DoS Hulk": 5000,
        "DoS GoldenEye": 5000,
        "Infiltration - Portscan": 5000,
        Portscan: 5000,
      },
      ...{
        DDoS: 5000,
        "FTP-Patator": 2979,
        "DoS Slowloris": 2895,
        "SSH-Patator": 2221,
        "DoS Slowhttptest": 1305,
      },
      ...{ Botnet: 552, "Web Attack - Brute Force": 55, Infiltration: 27, "Web Attack - XSS": 14 },
      ...{ "Web Attack - SQL Injection": 13, Heartbleed: 9 },
    },
    {},
  ],
  [
    "cse-cic-ids2018/Bruteforce-Wednesday-14-02-2018_TrafficForML_CICFlowMeter.sample.csv.gz",
    "cse-cic-ids2018",
    { "SSH-Bruteforce": 3000, benign: 3000, "FTP-BruteForce": 53 },
    {},
  ],
];

describe.skipIf(!existsSync(root))("real files of the CIC (skipped: ../shared is not here)", () => {
  it.each(files)("%s", async (file, dialect, labels, repaired) => {
    const path = `${root}/${file}`;
    const { facts } = await ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42);
    expect(facts.files.map((each) => each.dialect)).toEqual([dialect]);
    expect(facts.classes.label).toEqual(labels);
    expect(facts.dropped).toEqual({});
    expect(facts.repaired).toEqual(repaired);
  });

  it("of 2017 and of the tools tell of the same flows", async () => {
    const capture = "ndpi/WebattackSQLinj.pcap_Flow.csv.gz";
    const keep = ["orig_addr", "orig_port", "resp_port", "proto", "duration_s", "orig_pkts", "resp_bytes"];
    const rows = async (path: string): Promise<Set<string>> => {
      const { table } = await readFlows(`${root}/${path}`);
      return new Set(
        table
          .select(keep)
          .objects()
          .map((row) => JSON.stringify(row)),
      );
    };
    const published = await rows(`${labelling}/baseline_sqli.csv.gz`);
    const ours = await rows(`pcap-truth/cicflowmeter-4.0/${capture}`);
    expect([...ours].filter((row) => published.has(row)).length).toBeGreaterThanOrEqual(14);
    const improved = await readFlows(`${root}/pcap-truth/cicflowmeter-improved/${capture}`);
    const sample = await readFlows(`${root}/cic-ids-2017-improved/CICIDS2017_improved_sample.csv.gz`);
    const starts = new Set(sample.table.numbers("start_us"));
    expect([...improved.table.numbers("start_us")].filter((us) => starts.has(us))).toHaveLength(9);
  });
});

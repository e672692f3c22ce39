import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { nfUq } from "#lib/dataset/nfUq.js";
import { fieldOf } from "#lib/dataset/registry.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;

const v1 =
  "IPV4_SRC_ADDR,L4_SRC_PORT,IPV4_DST_ADDR,L4_DST_PORT,PROTOCOL,L7_PROTO,IN_BYTES,OUT_BYTES,IN_PKTS,OUT_PKTS,TCP_FLAGS,FLOW_DURATION_MILLISECONDS,Label,Attack";
const v2 =
  "IPV4_SRC_ADDR,L4_SRC_PORT,IPV4_DST_ADDR,L4_DST_PORT,PROTOCOL,L7_PROTO,IN_BYTES,IN_PKTS,OUT_BYTES,OUT_PKTS,TCP_FLAGS,CLIENT_TCP_FLAGS,SERVER_TCP_FLAGS,FLOW_DURATION_MILLISECONDS,DURATION_IN,DURATION_OUT,MIN_TTL,MAX_TTL,LONGEST_FLOW_PKT,SHORTEST_FLOW_PKT,MIN_IP_PKT_LEN,MAX_IP_PKT_LEN,SRC_TO_DST_SECOND_BYTES,DST_TO_SRC_SECOND_BYTES,RETRANSMITTED_IN_BYTES,RETRANSMITTED_IN_PKTS,RETRANSMITTED_OUT_BYTES,RETRANSMITTED_OUT_PKTS,SRC_TO_DST_AVG_THROUGHPUT,DST_TO_SRC_AVG_THROUGHPUT,NUM_PKTS_UP_TO_128_BYTES,NUM_PKTS_128_TO_256_BYTES,NUM_PKTS_256_TO_512_BYTES,NUM_PKTS_512_TO_1024_BYTES,NUM_PKTS_1024_TO_1514_BYTES,TCP_WIN_MAX_IN,TCP_WIN_MAX_OUT,ICMP_TYPE,ICMP_IPV4_TYPE,DNS_QUERY_ID,DNS_QUERY_TYPE,DNS_TTL_ANSWER,FTP_COMMAND_RET_CODE,Label,Attack";
const v3 = `FLOW_START_MILLISECONDS,FLOW_END_MILLISECONDS,${v2.replace(
  "Label,Attack",
  "SRC_TO_DST_IAT_MIN,SRC_TO_DST_IAT_MAX,SRC_TO_DST_IAT_AVG,SRC_TO_DST_IAT_STDDEV,DST_TO_SRC_IAT_MIN,DST_TO_SRC_IAT_MAX,DST_TO_SRC_IAT_AVG,DST_TO_SRC_IAT_STDDEV,Label,Attack",
)}`;
const row1 = "149.171.126.0,62073,59.166.0.5,56082,6,0.0,9672,416,11,8,25,15,0,Benign";
const row2 =
  "59.166.0.9,25704,149.171.126.7,53,17,5.178,264,4,328,4,0,0,0,1001,0,0,31,32,82,66,66,82,264.0,Infinity,0,0,0,0,2112000,2624000,8,0,0,0,0,0,0,0,0,45126,1,60,0.0,0,Benign";
const row3 = `1421927377119,1421927377120,${row2.replace("0,Benign", "0,1,2,3,4,5,6,7,1,scanning")}`;

describe("nfUq", () => {
  it("reads version 1", async () => {
    const rows = await readAll(nfUq.open(folder.write("NF-UNSW-NB15.csv", `${v1}\n${row1}\n`)));
    expect(rows.table.objects()[0]).toMatchObject({
      ...{
        orig_addr: "149.171.126.0",
        orig_port: 62073,
        resp_addr: "59.166.0.5",
        resp_port: 56082,
        proto: "tcp",
      },
      ...{
        orig_ip_bytes: 9672,
        resp_ip_bytes: 416,
        orig_pkts: 11,
        resp_pkts: 8,
        duration_s: 0.015,
        tcp_flags: 25,
      },
      ...{ l7_proto: "0", service: null, start_us: null, day: null, host: "149.171.126.0" },
    });
    expect(rows.ignoredColumns).toEqual([]);
  });

  it("reads version 2, all 43 columns, whatever their order", async () => {
    const rows = await readAll(nfUq.open(folder.write("NF-UNSW-NB15-v2.csv", `${v2}\n${row2}\n`)));
    expect(rows.table.objects()[0]).toMatchObject({
      ...{
        proto: "udp",
        service: "dns",
        l7_proto: "5.178",
        duration_s: 1.001,
        orig_ip_bytes: 264,
        resp_pkts: 4,
      },
      ...{ min_ttl: 31, max_ttl: 32, src_to_dst_second_bytes: 264, dst_to_src_second_bytes: null },
      ...{ num_pkts_up_to_128_bytes: 8, dns_query_id: 45126, dns_ttl_answer: 60 },
    });
    expect(rows.repaired.toJSON()).toEqual({
      infinite_DST_TO_SRC_SECOND_BYTES: { count: 1, first_lines: [2] },
    });
    expect([v2.split(",").length, rows.ignoredColumns]).toEqual([45, []]);
    expect(rows.absentColumns.length).toBe(10);
  });

  it("reads version 3, all 53 columns, with days", async () => {
    const rows = await readAll(nfUq.open(folder.write("NF-ToN-IoT-v3.csv", `${v3}\n${row3}\n`)));
    expect(rows.table.objects()[0]).toMatchObject({
      ...{ start_us: 1421927377119000, end_us: 1421927377120000, day: "2015-01-22" },
      ...{ src_to_dst_iat_min: 0, dst_to_src_iat_stddev: 7 },
    });
    expect([v3.split(",").length, rows.ignoredColumns, rows.absentColumns]).toEqual([55, [], []]);
  });

  it("tells the dataset by the column Dataset, else by the file's name, else by the folder", async () => {
    folder.write("sets/NF-CICIDS2018-v3.csv", `${v1}\n${row1}\n`);
    folder.write(
      "sets/NF-UQ-NIDS.csv",
      `${v1},Dataset\n${row1},NF-BoT-IoT\n${row1},NF-UNSW-NB15\n${row1},\n`,
    );
    folder.write("sets/flows.csv", `${v1}\n${row1}\n`);
    folder.write("sets/NetFlow_v3_Features.csv", "Feature,Description\nIPV4_SRC_ADDR,source\n");
    const { table, facts } = await ingest(
      { path: `${folder.path}/sets`, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    expect(table.strings("dataset")).toEqual([
      ...["nf-cse-cic-ids2018-v3", "nf-bot-iot", "nf-unsw-nb15", "nf-uq-nids", "sets"],
    ]);
    expect(facts.datasets).toEqual([
      ...["nf-bot-iot", "nf-cse-cic-ids2018-v3", "nf-unsw-nb15", "nf-uq-nids", "sets"],
    ]);
    expect(facts.ignored_files).toEqual([
      {
        file: "NetFlow_v3_Features.csv",
        why: expect.stringMatching(/nf-uq: the list of the NetFlow/) as string,
      },
    ]);
  });

  it("never lets the DNS transaction id be a feature, and TTLs only in oracle", () => {
    expect(
      ["dns_query_id", "end_us", "min_ttl", "max_ttl", "l7_proto"].map((name) => fieldOf(name)?.use),
    ).toEqual([...["never", "never", "oracle", "oracle", "feature"]]);
  });
});

/** Names under Attack as published, by dataset, with their families. */
const published: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "NF-UNSW-NB15": [
    ...(["Analysis", "Backdoor", "DoS", "Exploits", "Fuzzers", "Generic"] as const),
    ...(["Reconnaissance", "Shellcode", "Worms"] as const),
  ].map((name) => [name, name.toLowerCase()] as const),
  "NF-ToN-IoT": [
    ...[["backdoor", "backdoor"] as const, ["Backdoor", "backdoor"] as const, ["ddos", "ddos"] as const],
    ...[["dos", "dos"] as const, ["injection", "webattack"] as const, ["mitm", "mitm"] as const],
    ...[["password", "bruteforce"] as const, ["ransomware", "ransomware"] as const],
    ...[["scanning", "reconnaissance"] as const, ["xss", "webattack"] as const],
  ],
  "NF-BoT-IoT": [
    ["DDoS", "ddos"],
    ["DoS", "dos"],
    ["Reconnaissance", "reconnaissance"],
    ["Theft", "theft"],
  ],
  "NF-CSE-CIC-IDS2018": [
    ["Bot", "botnet"],
    ["Brute Force -Web", "webattack"],
    ["Brute Force -XSS", "webattack"],
    ["DDOS attack-HOIC", "ddos"],
    ["DDOS attack-LOIC-UDP", "ddos"],
    ["DDoS attacks-LOIC-HTTP", "ddos"],
    ["DoS attacks-GoldenEye", "dos"],
    ["DoS attacks-Hulk", "dos"],
    ["DoS attacks-SlowHTTPTest", "dos"],
    ["DoS attacks-Slowloris", "dos"],
    ["FTP-BruteForce", "bruteforce"],
    ["Infilteration", "infiltration"],
    ["SQL Injection", "webattack"],
    ["SSH-Bruteforce", "bruteforce"],
  ],
  "NF-UQ-NIDS": [
    ["Brute Force", "bruteforce"],
    ["Infilteration", "infiltration"],
    ["Web Attacks", "webattack"],
  ],
};

describe("nfUq's labels", () => {
  it("map, all of them, with blanks (v1, v2) or underscores (v3)", () => {
    for (const [label, family] of Object.values(published).flat()) {
      for (const text of [label, label.replaceAll(" ", "_")])
        expect(nfUq.meaning(`${text}\t1`)).toEqual({ kind: "attack", original: text, label: text, family });
    }
    expect(nfUq.meaning("Benign\t0")).toEqual({ kind: "benign", original: "Benign" });
  });
  it("are attacks without a name in files with Label alone, and unknown where the two disagree", async () => {
    expect(nfUq.meaning("\t1")).toMatchObject({ kind: "attack", label: "attack", family: "attack" });
    expect(nfUq.meaning("\t0").kind).toBe("benign");
    expect(nfUq.meaning("Benign\t1").kind).toBe("unknown");
    expect(nfUq.meaning("Theft\t0").kind).toBe("unknown");
    expect(nfUq.meaning("Theft\t").kind).toBe("attack");
    const alone = [v1, row1].map((line) => line.slice(0, line.lastIndexOf(",")));
    const rows = await readAll(nfUq.open(folder.write("alone.csv", alone.join("\n"))));
    expect(rows.labels?.dictionary).toEqual(["\t0"]);
  });
});

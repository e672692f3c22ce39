import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ContentGroups } from "#lib/dataset/content.js";
import { ingest } from "#lib/dataset/ingest.js";
import { knownFiles } from "#lib/dataset/read.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { fieldOf } from "#lib/dataset/registry.js";
import { rawOrder, unswFields } from "#lib/dataset/unswFields.js";
import { unswNb15 } from "#lib/dataset/unswNb15.js";
import { writeParquet } from "#lib/table/parquet.js";
import { type Column, float64, Table, text } from "#lib/table/table.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const policy = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;

/** A row of the raw files, with other cells where `changes` says so. */
const raw =
  "59.166.0.0,1390,149.171.126.6,53,udp,CON,0.001055,132,164,31,29,0,0,dns,500473.9375,621800.9375,2,2,0,0,0,0,66,82,0,0,0,0,1421927414,1421927414,0.017,0.013,0,0,0,0,0,0,0,0,3,7,1,3,1,1,1,,0";
function rawRow(changes: Readonly<Record<string, string>>): string {
  return raw
    .split(",")
    .map((cell, i) => changes[rawOrder[i]] ?? cell)
    .join(",");
}

const partitionHeader =
  "id,dur,proto,service,state,spkts,dpkts,sbytes,dbytes,rate,sttl,dttl,sload,dload,sloss,dloss,sinpkt,dinpkt,sjit,djit,swin,stcpb,dtcpb,dwin,tcprtt,synack,ackdat,smean,dmean,trans_depth,response_body_len,ct_srv_src,ct_state_ttl,ct_dst_ltm,ct_src_dport_ltm,ct_dst_sport_ltm,ct_dst_src_ltm,is_ftp_login,ct_ftp_cmd,ct_flw_http_mthd,ct_src_ltm,ct_srv_dst,is_sm_ips_ports,attack_cat,label";
const partitionRow =
  "1,0.121478,tcp,-,FIN,6,4,258,172,74.08749,252,254,14158.94238,8495.365234,0,0,24.2956,8.375,30.177547,11.830604,255,621772692,2202533631,255,0,0,0,43,43,0,0,1,0,1,1,1,1,0,0,0,1,1,0,Normal,0";

describe("unswNb15, raw", () => {
  it("fills the flow record and keeps the other columns under one name each", async () => {
    const rows = await readAll(unswNb15.open(folder.write("UNSW-NB15_1.csv", `${raw}\n`)));
    expect(rows.table.objects()[0]).toMatchObject({
      ...{
        orig_addr: "59.166.0.0",
        orig_port: 1390,
        resp_addr: "149.171.126.6",
        resp_port: 53,
        proto: "udp",
      },
      ...{ state: "CON", duration_s: 0.001055, orig_ip_bytes: 132, resp_ip_bytes: 164, service: "dns" },
      ...{
        orig_pkts: 2,
        resp_pkts: 2,
        smean: 66,
        dmean: 82,
        sinpkt: 0.017,
        dinpkt: 0.013,
        response_body_len: 0,
      },
      ...{ start_us: 1421927414e6, end_us: 1421927414e6, ct_srv_src: 3, ct_dst_src_ltm: 1 },
      ...{ host: "59.166.0.0", day: "2015-01-22", official_part: null },
    });
    expect(rows.absentColumns).toEqual(["rate"]);
    expect(rows.ignoredColumns).toEqual([]);
    expect(rawOrder.length).toBe(49);
    expect(rawOrder.slice(-6)).toEqual([
      ...["ct_src_ltm", "ct_src_dport_ltm", "ct_dst_sport_ltm", "ct_dst_src_ltm", "attack_cat", "label"],
    ]);
  });

  it("reads hex ports, no ports and blank counts", async () => {
    const odd = [
      rawRow({ sport: "0x000b", dsport: "0xc0a8" }),
      rawRow({ proto: "icmp", sport: "-", dsport: "", ct_ftp_cmd: " ", is_ftp_login: "", service: "-" }),
      rawRow({ sport: "http" }),
      rawRow({ sbytes: "1.5" }),
    ];
    const rows = await readAll(unswNb15.open(folder.write("UNSW-NB15_3.csv", odd.join("\r\n"))));
    expect(
      rows.table.select(["orig_port", "resp_port", "ct_ftp_cmd", "is_ftp_login", "service"]).objects(),
    ).toEqual([
      { orig_port: 11, resp_port: 49320, ct_ftp_cmd: 0, is_ftp_login: 0, service: "dns" },
      { orig_port: null, resp_port: null, ct_ftp_cmd: null, is_ftp_login: null, service: null },
    ]);
    expect(rows.dropped.toJSON()).toEqual({
      bad_value_sport: { count: 1, first_lines: [3] },
      bad_value_sbytes: { count: 1, first_lines: [4] },
    });
  });

  it("trims categories, and makes one of Backdoor and Backdoors", async () => {
    const lines = [
      rawRow({ attack_cat: " Fuzzers ", label: "1" }),
      rawRow({ attack_cat: "Backdoors", label: "1" }),
      rawRow({ attack_cat: "Backdoor", label: "1" }),
      raw,
    ];
    folder.write("raw/UNSW-NB15_1.csv", lines.join("\n"));
    folder.write(
      "raw/NUSW-NB15_features.csv",
      "No.,Name,Type ,Description\n1,srcip,nominal,Source IP address\n",
    );
    folder.write(
      "raw/NUSW-NB15_GT.csv",
      "Start time,Last time,Attack category,Attack subcategory,Protocol\n1,2,DoS,,tcp\n",
    );
    folder.write(
      "raw/UNSW-NB15_LIST_EVENTS.csv",
      "Attack category,Attack subcategory,Number of events\nnormal,,2218761\n",
    );
    const { table, facts } = await ingest(
      { path: `${folder.path}/raw`, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    expect(table.strings("label")).toEqual(["Fuzzers", "Backdoor", "Backdoor", "benign"]);
    expect(table.strings("label_original")).toEqual(["Fuzzers", "Backdoors", "Backdoor", "0"]);
    expect(table.strings("family")).toEqual(["fuzzers", "backdoor", "backdoor", "benign"]);
    expect(facts.ignored_files).toEqual([
      {
        file: "NUSW-NB15_GT.csv",
        why: expect.stringMatching(/^unsw-nb15: the ground truth of UNSW-NB15's attack generator/) as string,
      },
      {
        file: "NUSW-NB15_features.csv",
        why: expect.stringMatching(/^unsw-nb15: the list of UNSW-NB15's/) as string,
      },
      {
        file: "UNSW-NB15_LIST_EVENTS.csv",
        why: expect.stringMatching(/^unsw-nb15: the counts of/) as string,
      },
    ]);
  });

  it("is known by content, with a header too", () => {
    expect(unswNb15.recognise(`${raw}\n`)).toBe(true);
    expect(unswNb15.recognise(`${rawOrder.join(",")}\n${raw}\n`)).toBe(true);
    expect(unswNb15.recognise(`${rawRow({ Label: "x", label: "x" })}\n`)).toMatch(
      /49 fields, but not those of UNSW-NB15/,
    );
    expect(unswNb15.recognise(`${raw},1\n`)).toMatch(/50 fields in the first line, not 49/);
  });

  it("is known although a few first rows are torn", () => {
    const torn = raw.split(",").slice(0, 20).join(",");
    expect(unswNb15.recognise(`${raw}\n${torn}\n${raw}\n`)).toBe(true);
    expect(unswNb15.recognise(`${raw.replace(/,,0$/, ",,2")}\n`)).toMatch(/^49 fields, but not those/);
  });

  it("names the columns of the file", () => {
    expect(["orig_ip_bytes", "duration_s", "sttl"].map((name) => unswNb15.fileColumn?.(name))).toEqual([
      ...["sbytes", "dur", "sttl"],
    ]);
    const published = partitionHeader.split(",").slice(1, -2);
    const read = unswFields.map(({ names }) => names[0]);
    expect(published.filter((name) => !read.includes(name))).toEqual([]);
  });
});

describe("unswNb15, partitions", () => {
  const file = (name: string, text: string): string => folder.write(name, text);

  it("reads them with the byte order mark and id, or without", async () => {
    const whole = await readAll(
      unswNb15.open(file("UNSW_NB15_training-set.csv", `\ufeff${partitionHeader}\r\n${partitionRow}\r\n`)),
    );
    const [row] = whole.table.objects();
    expect(row).toMatchObject({
      ...{ proto: "tcp", service: null, state: "FIN", duration_s: 0.121478, orig_pkts: 6, resp_pkts: 4 },
      ...{ orig_ip_bytes: 258, resp_ip_bytes: 172, rate: 74.08749, sttl: 252, stcpb: 621772692, smean: 43 },
    });
    expect(whole.ignoredColumns).toEqual([]);
    const without = [partitionHeader, partitionRow].map((line) => line.slice(line.indexOf(",") + 1));
    const less = await readAll(unswNb15.open(file("noid/training.csv", without.join("\n"))));
    expect(less.table.objects()).toEqual([row]);
  });

  it("takes samples for parts by their name, and says so", async () => {
    const sample = await readAll(
      unswNb15.open(file("UNSW_NB15_testing-set_1k.csv", `${partitionHeader}\n${partitionRow}\n`)),
    );
    expect(sample.table.strings("official_part")).toEqual(["test"]);
    expect(sample.notes).toEqual([
      expect.stringMatching(/^taken for rows of the test part for its name: its 1 rows are neither/),
    ]);
    const other = await readAll(unswNb15.open(file("sample.csv", `${partitionHeader}\n${partitionRow}\n`)));
    expect([other.table.strings("official_part"), other.notes]).toEqual([[null], []]);
  });

  it("knows the training part by its rows, under the other's name", async () => {
    const lines = `${partitionHeader}\n${`${partitionRow}\n`.repeat(175_341)}`;
    const batches = unswNb15.open(file("UNSW_NB15_testing-set.csv", lines));
    const parts = new Set<string | null>();
    for await (const { table } of batches.batches())
      for (const part of table.strings("official_part")) parts.add(part);
    expect([...parts]).toEqual(["train"]);
    expect(batches.counts.notes).toEqual(["is the train part by its 175341 rows, whatever its name says"]);
  });

  it("lets only the profile oracle see TTLs, and says why", () => {
    for (const name of ["sttl", "dttl", "ct_state_ttl"])
      expect([fieldOf(name)?.use, fieldOf(name)?.why]).toEqual([
        "oracle",
        expect.stringMatching(/TTLs \(254, 62, 31\)/),
      ]);
  });
});

describe("unswNb15, Parquet copies", () => {
  const names = partitionHeader.split(",");
  const cells = partitionRow.split(",");
  const asText = new Set(["proto", "service", "state", "attack_cat"]);
  const copy = Table.of(
    new Map(
      names.map((name, i): [string, Column] => [
        name,
        asText.has(name)
          ? text([cells[i], cells[i]])
          : float64(Float64Array.of(Number(cells[i]), name === "rate" ? Infinity : Number(cells[i]))),
      ]),
    ),
  );

  it("give the rows of the text, by the names of the columns", async () => {
    await writeParquet(`${folder.path}/UNSW_NB15_training-set.parquet`, copy);
    const text = folder.write("UNSW_NB15_training-set.csv", `${partitionHeader}\n${partitionRow}\n`);
    const known = await knownFiles(`${folder.path}/UNSW_NB15_training-set.parquet`, {
      dialect: "auto",
      files: null,
    });
    expect(known.dialects.map(({ name }) => name)).toEqual(["unsw-nb15"]);
    const rows = await readAll(unswNb15.open(`${folder.path}/UNSW_NB15_training-set.parquet`));
    const [first, second] = rows.table.objects();
    expect(first).toEqual((await readAll(unswNb15.open(text))).table.objects()[0]);
    expect(second.rate).toBeNull();
    expect(rows.repaired.toJSON()).toEqual({ infinite_rate: { count: 1, first_lines: [2] } });
    expect(rows.labels?.dictionary).toEqual(["Normal\t0"]);
  });

  it("are scored as the text is", async () => {
    const input = await readFlows(`${folder.path}/UNSW_NB15_training-set.parquet`);
    expect(input.table.strings("label")).toEqual(["benign", "benign"]);
    expect([...input.table.numbers("orig_ip_bytes")]).toEqual([258, 258]);
  });
});

describe("unswNb15's labels", () => {
  it("are ten classes", () => {
    const names = [
      ...["Analysis", "Backdoor", "DoS", "Exploits", "Fuzzers"],
      ...["Generic", "Reconnaissance", "Shellcode", "Worms"],
    ];
    for (const name of names)
      expect(unswNb15.meaning(`${name}\t1`)).toEqual({
        ...{ kind: "attack", original: name, label: name, family: name.toLowerCase() },
      });
    expect(unswNb15.meaning("Normal\t0")).toEqual({ kind: "benign", original: "Normal" });
    expect(unswNb15.meaning("\t0").kind).toBe("benign");
  });
  it("are unknown where category and flag disagree, or the category is a new one", () => {
    expect(unswNb15.meaning("Normal\t1")).toEqual({ kind: "unknown", original: "Normal/1" });
    expect(unswNb15.meaning("Worms\t0")).toEqual({ kind: "unknown", original: "Worms/0" });
    expect(unswNb15.meaning("Phishing\t1")).toEqual({ kind: "unknown", original: "Phishing/1" });
    expect(unswNb15.meaning("\t").kind).toBe("empty");
    expect(unswNb15.meaning("\t1")).toMatchObject({ kind: "attack", label: "attack" });
  });
});

const real = "../shared/data/unsw-nb15";
describe.skipIf(!existsSync(real))("UNSW-NB15 itself (skipped: ../shared is not here)", () => {
  it("has the rows, classes and repetitions of the test part", async () => {
    const { table, facts } = await ingest(
      { path: real, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    expect(facts.rows).toMatchObject({ read: 82332, kept: 82332, dropped: 0 });
    expect(facts.repaired).toEqual({ byte_order_mark: 1, crlf: 82333 });
    expect(facts.classes.label).toEqual({
      ...{ benign: 37000, Generic: 18871, Exploits: 11132, Fuzzers: 6062, DoS: 4089, Reconnaissance: 3496 },
      ...{ Analysis: 677, Backdoor: 583, Shellcode: 378, Worms: 44 },
    });
    expect(facts.files[0].notes).toEqual(["is the test part by its 82332 rows, whatever its name says"]);
    expect(new Set(table.strings("official_part"))).toEqual(new Set(["test"]));
    expect(table.text("proto").dictionary.length).toBe(131);
    expect(table.text("service").codes.filter((code) => code < 0).length).toBe(47153);
    expect(facts.duplicates).toMatchObject({
      repeated: 28386,
      repeated_with_label: 26387,
      contradictory: 8809,
    });
    const features = unswFields.map(({ field }) => field.name).filter((name) => table.has(name));
    expect(features.length).toBe(42);
    const groups = new ContentGroups();
    groups.add(table, features);
    expect(groups.size).toBe(53946);
  });
});

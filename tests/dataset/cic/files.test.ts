import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import type { LabelParams } from "#lib/dataset/params.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { temporaryFolder } from "../../temporary.js";
import { corrected, csvFile, flows2017, headers, python, snake2018 } from "./headers.js";

const folder = temporaryFolder();
const policy: LabelParams = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" };

async function read(name: string, text: string | Uint8Array, labels: Partial<LabelParams> = {}) {
  folder.write(name, text);
  return ingest(
    { path: `${folder.path}/${name}`, files: null, dialect: "auto", rows: null },
    { ...policy, ...labels },
    42,
  );
}
const utc = (us: number): string => new Date(us / 1000).toISOString();

describe("CIC-IDS-2017", () => {
  it("fills the flow record, in its units", async () => {
    const row = {
      ...{
        "Destination Port": 80,
        "Flow Duration": 166,
        "Total Fwd Packets": 3,
        "Total Backward Packets": 2,
      },
      ...{ "Total Length of Fwd Packets": 12, "Total Length of Bwd Packets": 30, "Fwd IAT Total": 160 },
      ...{ Init_Win_bytes_forward: -1, "Fwd Header Length": 64, Label: "DoS slowloris" },
    };
    const { table, facts } = await read(
      "Wednesday-workingHours.pcap_ISCX.csv",
      csvFile(headers["2017"], [row]),
    );
    expect(table.objects()[0]).toMatchObject({
      ...{ dataset: "cic-ids-2017", day: "2017-07-05", label: "DoS slowloris", family: "dos", is_attack: 1 },
      ...{ resp_port: 80, duration_s: 0.000166, orig_pkts: 3, resp_pkts: 2, orig_bytes: 12, resp_bytes: 30 },
      ...{ fwd_iat_tot: 160, init_fwd_win_byts: -1, fwd_header_len: 64, fwd_seg_size_min: 0 },
    });
    expect(table.has("proto")).toBe(false);
    expect(facts.files[0].ignored_columns).toEqual([]);
  });

  it("has the length of forward headers twice: the first counts, rows in which they differ are counted", async () => {
    const [header, same, other] = csvFile(headers["2017"], [
      { "Fwd Header Length": 64, Label: "BENIGN" },
      { "Fwd Header Length": 20, Label: "BENIGN" },
    ]).split("\n");
    const second = header.split(",").findLastIndex((name) => name.trim() === "Fwd Header Length");
    const cells = other.split(",").map((cell, i) => (i === second ? "21" : cell));
    for (const name of ["Fwd Header Length", "Fwd Header Length.1"]) {
      const named = header.split(",").map((each, i) => (i === second ? name : each));
      const { table, facts } = await read(
        "copies.csv",
        [named.join(","), same, cells.join(","), ""].join("\n"),
      );
      expect([...table.numbers("fwd_header_len")]).toEqual([64, 20]);
      expect(facts.repaired).toEqual({ "copy_differs_Fwd Header Length": 1 });
      expect(facts.files[0].ignored_columns).toEqual([]);
    }
  });

  it("has times to the minute of a clock of twelve hours, three hours behind UTC", async () => {
    const times = [
      "7/7/2017 3:56",
      "6/7/2017 9:15",
      "4/7/2017 12:01",
      "03/07/2017 01:00:01",
      "7/7/2017 15:56",
    ];
    const rows = times.map((Timestamp) => ({
      ...{
        Timestamp,
        "Source IP": "172.16.0.1",
        "Destination IP": "192.168.10.50",
        Protocol: "6.0",
        Label: "BENIGN",
      },
    }));
    const { table } = await read("minutes.csv", csvFile(flows2017, rows));
    expect([...table.numbers("start_us")].map(utc)).toEqual([
      "2017-07-07T18:56:00.000Z",
      "2017-07-06T12:15:00.000Z",
      "2017-07-04T15:01:00.000Z",
      "2017-07-03T16:00:01.000Z",
      "2017-07-07T18:56:00.000Z",
    ]);
    expect(table.strings("day")[0]).toBe("2017-07-07");
    expect(table.strings("host")[0]).toBe("172.16.0.1");
    expect(table.strings("proto")[0]).toBe("tcp");
  });

  it("believes AM and PM where a copy says them, row by row", async () => {
    const times = [
      "05/07/2017 3:30:00 AM",
      "05/07/2017 3:30:00 pm",
      "05/07/2017 12:30:00 am",
      "05/07/2017 3:30:00",
    ];
    const rows = times.map((Timestamp) => ({ Timestamp, "Source IP": "172.16.0.1", Label: "BENIGN" }));
    const { table, facts } = await read("halves.csv", csvFile(flows2017, rows));
    expect([...table.numbers("start_us")].map(utc)).toEqual([
      "2017-07-05T06:30:00.000Z",
      "2017-07-05T18:30:00.000Z",
      "2017-07-05T03:30:00.000Z",
      "2017-07-05T18:30:00.000Z",
    ]);
    expect(facts.dropped).toEqual({});
  });

  it("counts blank rows, and reads the byte 0x96", async () => {
    const rows = csvFile(flows2017, [{ Timestamp: "6/7/2017 9:15", Label: "Web Attack – XSS" }]);
    const bytes = Buffer.from(rows + `${",".repeat(84)}\n`.repeat(3), "utf8");
    const dash = bytes.indexOf(Buffer.from("–"));
    const published = Buffer.concat([bytes.subarray(0, dash), Buffer.from([0x96]), bytes.subarray(dash + 3)]);
    const { table, facts } = await read("blank.csv", published);
    expect(table.strings("label")).toEqual(["Web Attack - XSS"]);
    expect(facts.dropped).toEqual({ empty_row: 3 });
    expect(facts.repaired.windows_1252).toBe(1);
  });

  it("leaves codes in place of addresses and times alone", async () => {
    const rows = [
      { Timestamp: 181, "Source IP": 1261, "Destination IP": 1599, "Source Port": 51885, Label: "BENIGN" },
    ];
    const { table, facts } = await read("codes.csv", csvFile(flows2017, rows));
    expect(table.objects()[0]).toMatchObject({ orig_port: 51885, proto: "unknown_transport" });
    expect(["start_us", "orig_addr", "host", "day"].filter((name) => table.has(name))).toEqual([]);
    expect(facts.files[0].ignored_columns).toEqual(["Source IP", "Destination IP", "Timestamp"]);
  });

  it("is not read twice where both archives lie in one folder", async () => {
    const name = "Monday-WorkingHours.pcap_ISCX.csv";
    folder.write(`both/MachineLearningCVE/${name}`, csvFile(headers["2017"], [{ Label: "BENIGN" }]));
    folder.write(
      `both/TrafficLabelling/${name}`,
      csvFile(flows2017, [{ Timestamp: "3/7/2017 9:00", Label: "BENIGN" }]),
    );
    const path = `${folder.path}/both`;
    const { facts } = await ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42);
    expect(facts.files.map(({ dialect }) => dialect)).toEqual(["cic-ids-2017-flows"]);
    expect(facts.ignored_files).toEqual([
      { file: `MachineLearningCVE/${name}`, why: `its rows are in TrafficLabelling/${name}` },
    ]);
  });
});

describe("CSE-CIC-IDS2018", () => {
  const row = { "Dst Port": 21, Protocol: 6, Timestamp: "14/02/2018 02:01:50", Label: "FTP-BruteForce" };

  it("drops repeated headers and makes infinite rates missing, counted", async () => {
    const rows = [
      { ...row, "Flow Byts/s": "Infinity", "Flow Pkts/s": "NaN", "Flow IAT Min": -9e11 },
      { ...row, "Flow Byts/s": 10, Label: "Benign" },
    ];
    const [header, first, second] = csvFile(headers["2018"], rows).split("\n");
    const { table, facts } = await read(
      "02-14-2018.csv",
      [header, first, header, second, header, ""].join("\n"),
    );
    expect(table.select(["label", "flow_byts_s", "flow_pkts_s", "flow_iat_min"]).objects()).toEqual([
      { label: "FTP-BruteForce", flow_byts_s: null, flow_pkts_s: null, flow_iat_min: -9e11 },
      { label: "benign", flow_byts_s: 10, flow_pkts_s: 0, flow_iat_min: 0 },
    ]);
    expect(facts.dropped).toEqual({ repeated_header: 2 });
    expect(facts.repaired).toEqual({ "infinite_Flow Byts/s": 1, "not_a_number_Flow Pkts/s": 1 });
    expect(utc(table.numbers("start_us")[0])).toBe("2018-02-14T18:01:50.000Z");
  });

  it("believes AM and PM where a copy says them", async () => {
    const rows = ["14/02/2018 02:01:50 AM", "14/02/2018 02:01:50PM", "14/02/2018 02:01:50"].map(
      (Timestamp) => ({
        ...row,
        Timestamp,
      }),
    );
    const { table } = await read("halves18.csv", csvFile(headers["2018"], rows));
    expect([...table.numbers("start_us")].map(utc)).toEqual([
      "2018-02-14T06:01:50.000Z",
      "2018-02-14T18:01:50.000Z",
      "2018-02-14T18:01:50.000Z",
    ]);
  });

  it("reads the names of ml-ids the same", async () => {
    const snaked = (cells: object): Record<string, string | number> =>
      Object.fromEntries(
        Object.entries(cells).map(([name, cell]) => [name.toLowerCase().replace(/\W/g, "_"), cell]),
      );
    const raw = await read("raw.csv", csvFile(headers["2018"], [row]));
    const snake = await read("snake.csv", csvFile(snake2018, [snaked(row)]));
    expect(snake.table.names).toEqual(raw.table.names);
    expect(snake.facts.files[0]).toMatchObject({ dialect: "cse-cic-ids2018", ignored_columns: [] });
  });
});

describe("the corrected edition", () => {
  const text = csvFile(
    corrected,
    ["BENIGN", "DoS Hulk", "DoS Hulk - Attempted"].map((Label, i) => ({
      ...{
        Timestamp: "2017-07-05 13:00:00.000001",
        Protocol: [17, 6, 1][i],
        Label,
        "Attempted Category": i - 1,
      },
      ...{ "ICMP Type": -1, "Total TCP Flow Time": 5 },
    })),
  );

  it("takes attempts for benign, drops them or makes them a class, and says how many there are", async () => {
    const labels = async (attempted?: LabelParams["attempted"]) => {
      const { table, facts } = await read("attempts.csv", text, attempted === undefined ? {} : { attempted });
      return [table.strings("label"), facts.labels.attempted, facts.dropped];
    };
    expect(await labels()).toEqual([["benign", "DoS Hulk", "benign"], { rows: 1, policy: "benign" }, {}]);
    expect(await labels("drop")).toEqual([
      ["benign", "DoS Hulk"],
      { rows: 1, policy: "drop" },
      { label_attempted: 1 },
    ]);
    expect(await labels("own")).toEqual([
      ["benign", "DoS Hulk", "DoS Hulk - Attempted"],
      { rows: 1, policy: "own" },
      {},
    ]);
  });

  it("has columns of its own, and times in UTC", async () => {
    const { table } = await read("attempts.csv", text, { attempted: "own" });
    expect(table.objects()[2]).toMatchObject({
      ...{ start_us: 1499259600000001, proto: "icmp", family: "attempted", cic_icmp_type: -1 },
      ...{ total_tcp_flow_time: 5, attempted_category: 1, label_original: "DoS Hulk - Attempted" },
    });
  });
});

describe("output of the tools", () => {
  it("is unlabelled with NeedManualLabel: no row of it is benign, but it can be scored", async () => {
    const rows = [
      { Timestamp: "04/07/2010 08:24:16 PM", Protocol: 0, Label: "NeedManualLabel", "Src IP": "10.0.0.1" },
    ];
    const path = folder.write("scan.pcap_Flow.csv", csvFile(headers.v4, rows));
    await expect(ingest({ path, files: null, dialect: "auto", rows: null }, policy, 42)).rejects.toThrow(
      /no row .* is left.*NeedManualLabel/,
    );
    const { table, labelled } = await readFlows(path);
    expect(labelled).toBe(false);
    expect(table.objects()[0]).toMatchObject({
      dataset: "scan",
      proto: "unknown_transport",
      start_us: 1278275056000000,
    });
  });

  it("of the Python port is in seconds; its times become microseconds", async () => {
    const row = {
      ...{ src_ip: "10.0.0.1", dst_ip: "10.0.0.2", protocol: 17, timestamp: "2024-05-01 10:00:00" },
      ...{
        flow_duration: 1.5,
        flow_pkts_s: 2,
        tot_fwd_pkts: 2,
        tot_bwd_pkts: 1,
        fwd_iat_tot: 0.25,
        cwr_flag_count: 3,
      },
    };
    const { table } = await readFlows(folder.write("python.csv", csvFile(python, [row])));
    expect(table.objects()[0]).toMatchObject({
      ...{ duration_s: 1.5, fwd_iat_tot: 250000, flow_pkts_s: 2, cwe_flag_count: 3, orig_addr: "10.0.0.1" },
      ...{ proto: "udp", start_us: 1714557600000000, label: null },
    });
  });
});

describe("a folder of folders", () => {
  it("mixes 2017 and 2018; each row says its dataset and file, and one taxonomy names the attacks of both", async () => {
    folder.write(
      "mixed/2017/wed.csv",
      csvFile(headers["2017"], [{ Label: "DoS Hulk" }, { Label: "BENIGN" }]),
    );
    folder.write(
      "mixed/2018/fri.csv",
      csvFile(headers["2018"], [
        { Timestamp: "16/02/2018 01:47:00", Label: "DoS attacks-Hulk", Protocol: 6 },
        { Timestamp: "16/02/2018 01:47:00", Label: "Benign", Protocol: 6 },
      ]),
    );
    const params = { path: `${folder.path}/mixed`, files: null, dialect: "auto", rows: null };
    const own = await ingest(params, policy, 42);
    expect(own.table.select(["dataset", "source", "label", "label_original", "proto"]).objects()).toEqual([
      { dataset: "cic-ids-2017", source: "wed", label: "DoS Hulk", label_original: "DoS Hulk", proto: null },
      { dataset: "cic-ids-2017", source: "wed", label: "benign", label_original: "BENIGN", proto: null },
      {
        ...{ dataset: "cse-cic-ids2018", source: "fri", label: "DoS attacks-Hulk" },
        ...{ label_original: "DoS attacks-Hulk", proto: "tcp" },
      },
      { dataset: "cse-cic-ids2018", source: "fri", label: "benign", label_original: "Benign", proto: "tcp" },
    ]);
    expect(own.facts.datasets).toEqual(["cic-ids-2017", "cse-cic-ids2018"]);
    const shared = await ingest(params, { ...policy, taxonomy: "cic-2018" }, 42);
    expect(shared.facts.classes.label).toEqual({ benign: 2, "DoS attacks-Hulk": 2 });
  });
});

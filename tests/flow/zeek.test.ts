import { existsSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError } from "#lib/base/errors.js";
import { ConnLog, sniffZeek } from "#lib/flow/zeek.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";
import { fields, header, labelledLog, row } from "../zeekLog.js";

const folder = temporaryFolder();
const plain = `#fields\t${fields.join("\t")}`;

const readConnLog = (path: string) => readAll(new ConnLog(path));

describe("ConnLog", () => {
  it("reads every column of a row", async () => {
    const log = await readConnLog(folder.write("one.log", [...header, plain, row()].join("\n")));
    expect(log.table.objects()).toEqual([
      {
        start_us: 1600000000000001,
        uid: "C1",
        orig_addr: "10.0.0.1",
        orig_port: 1234,
        resp_addr: "10.0.0.2",
        resp_port: 80,
        proto: "tcp",
        service: "http",
        duration_s: 0.5,
        orig_bytes: 100,
        resp_bytes: 300,
        conn_state: "SF",
        local_orig: 1,
        local_resp: 0,
        missed_bytes: 0,
        history: "ShADadFf",
        orig_pkts: 5,
        orig_ip_bytes: 300,
        resp_pkts: 4,
        resp_ip_bytes: 460,
        tunnel_parents: null,
      },
    ]);
    expect(log.labels).toBeNull();
    expect(log.repaired.toJSON()).toEqual({});
  });

  it("counts malformed rows by reason with their lines and keeps the rest", async () => {
    const lines = [
      ...header,
      plain,
      row(),
      "1600000000.5\tC2",
      row({ orig_bytes: "12x" }),
      row({ duration: "" }),
      `${row()}\textra`,
      row({ uid: "C6" }),
      row({ orig_bytes: "-5" }),
    ];
    const log = await readConnLog(folder.write("bad.log", lines.join("\n")));
    expect(log.rowsRead).toBe(7);
    expect(log.table.strings("uid")).toEqual(["C1", "C6"]);
    expect([...log.lines]).toEqual([7, 12]);
    expect([...log.inputRows]).toEqual([0, 5]);
    expect(log.dropped.toJSON()).toEqual({
      too_few_fields: { count: 1, first_lines: [8] },
      bad_value_orig_bytes: { count: 2, first_lines: [9, 13] },
      bad_value_duration_s: { count: 1, first_lines: [10] },
      too_many_fields: { count: 1, first_lines: [11] },
    });
  });

  it("follows header lines that come again with another order and other markers", async () => {
    const turned = [...fields].reverse();
    const lines = [
      ...header,
      plain,
      row({ service: "-" }),
      "#close\tx",
      "#unset_field\tNIL",
      `#fields\t${turned.join("\t")}`,
    ];
    lines.push(row({ uid: "C2", service: "NIL", tunnel_parents: "NIL" }).split("\t").reverse().join("\t"));
    const log = await readConnLog(folder.write("twice.log", lines.join("\n")));
    expect(log.table.strings("uid")).toEqual(["C1", "C2"]);
    expect(log.table.strings("service")).toEqual([null, null]);
    expect([...log.table.numbers("resp_ip_bytes")]).toEqual([460, 460]);
  });

  it("honours another separator", async () => {
    const lines = [
      "#separator \\x2c",
      "#unset_field,-",
      "#path,conn",
      `#fields,${fields.join(",")}`,
      row().replaceAll("\t", ","),
    ];
    const log = await readConnLog(folder.write("comma.log", lines.join("\n")));
    expect(log.table.strings("history")).toEqual(["ShADadFf"]);
  });

  it("takes IoT-23's glued last column apart, in the header and in rows", async () => {
    const glued = fields.slice(0, -1).join("\t");
    const lines = [
      ...header,
      `#fields\t${glued}\ttunnel_parents   label   detailed-label`,
      `#types\ttime\tset[string]   string   string`,
      `${row({ tunnel_parents: "(empty)" })}   Malicious   PartOfAHorizontalPortScan`,
      `${row({ tunnel_parents: "-" })}   Benign   -`,
      `${row({ tunnel_parents: "-" })}   Benign`,
    ];
    const log = await readConnLog(folder.write("iot.log", lines.join("\n")));
    expect(log.labels?.dictionary).toEqual(["Malicious\tPartOfAHorizontalPortScan", "Benign\t"]);
    expect(log.table.strings("tunnel_parents")).toEqual([null, null]);
    expect(log.dropped.toJSON()).toEqual({ too_few_fields: { count: 1, first_lines: [10] } });
  });

  it("reads JSON lines with the same meaning as TSV", async () => {
    const line =
      '{"ts":1600000000.000001,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":1234,"id.resp_h":"10.0.0.2","id.resp_p":80,' +
      '"proto":"tcp","service":"http","duration":0.5,"orig_bytes":100,"resp_bytes":300,"conn_state":"SF","local_orig":true,' +
      '"local_resp":false,"missed_bytes":0,"history":"ShADadFf","orig_pkts":5,"orig_ip_bytes":300,"resp_pkts":4,"resp_ip_bytes":460}';
    const json = await readConnLog(
      folder.write("one.json", `${line}\n\n{"ts":1,"uid"\n{"ts":1.5,"uid":"C2"}\n`),
    );
    const tsv = await readConnLog(folder.write("same.log", [...header, plain, row()].join("\n")));
    expect(json.table.objects()).toEqual(tsv.table.objects());
    expect(json.dropped.toJSON()).toEqual({
      bad_json: { count: 1, first_lines: [3] },
      no_conn_state: { count: 1, first_lines: [4] },
    });
    expect(json.repaired.toJSON()).toEqual({ blank_line: { count: 1, first_lines: [2] } });
  });

  it("takes -, (empty), nothing and null in JSON for missing values", async () => {
    const line =
      '{"ts":1600000000.5,"uid":"C1","service":"-","history":"","duration":"-","orig_bytes":null,"local_orig":"-",' +
      '"tunnel_parents":"(empty)","conn_state":"SF","label":"Benign","detailedlabel":"-"}';
    const log = await readConnLog(folder.write("dashes.json", line));
    expect(log.dropped.toJSON()).toEqual({});
    const missing = ["service", "history", "duration_s", "orig_bytes", "local_orig", "tunnel_parents"];
    expect(log.table.select(missing).objects()).toEqual([
      Object.fromEntries(missing.map((name) => [name, null])),
    ]);
    expect(log.labels?.dictionary).toEqual(["Benign\t"]);
  });

  const json = (uid: string): string =>
    `{"ts":1600000000.5,"uid":"${uid}","id.orig_h":"10.0.0.1","proto":"tcp","orig_bytes":1,"resp_bytes":2,"conn_state":"SF","orig_pkts":1,"resp_pkts":1}`;

  it("keeps both of two JSON records on a line and counts it", async () => {
    const lines = [json("C1"), `${json("C2")}${json("C3")}`, `${json("C4")} ${json("}{")}`, json("C6")];
    const log = await readConnLog(folder.write("two.json", lines.join("\n")));
    expect(log.table.strings("uid")).toEqual(["C1", "C2", "C3", "C4", "}{", "C6"]);
    expect([...log.lines]).toEqual([1, 2, 2, 3, 3, 4]);
    expect([...log.inputRows]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(log.repaired.toJSON()).toEqual({ two_records_on_a_line: { count: 2, first_lines: [2, 3] } });
    expect(log.dropped.toJSON()).toEqual({});
  });

  it("drops the cut one of two JSON records on a line and keeps the other", async () => {
    const lines = [
      `${json("C1").slice(0, 30)}${json("C2")}`,
      `${json("C3")}${json("C4").slice(0, 50)}`,
      `${json("C5").slice(0, 50)}${json("C6").slice(0, 60)}`,
      json("C7").slice(0, 50),
    ];
    const log = await readConnLog(folder.write("torn.json", lines.join("\n")));
    expect(log.table.strings("uid")).toEqual(["C2", "C3"]);
    expect(log.rowsRead).toBe(7);
    expect(log.dropped.toJSON()).toEqual({
      torn_record: { count: 4, first_lines: [1, 2, 3, 3] },
      bad_json: { count: 1, first_lines: [4] },
    });
    expect(log.repaired.toJSON()).toEqual({});
  });

  it("tolerates and counts CRLF, a byte order mark and an indented header line", async () => {
    const lines = [`\ufeff${header[0]}`, ...header.slice(1), `\t${plain}`, row()];
    const log = await readConnLog(folder.write("windows.log", `${lines.join("\r\n")}\r\n`));
    expect(log.table.strings("history")).toEqual(["ShADadFf"]);
    expect(log.repaired.toJSON()).toMatchObject({
      byte_order_mark: { count: 1, first_lines: [1] },
      crlf: { count: 7 },
      indented_header_line: { count: 1, first_lines: [6] },
    });
  });

  it("knows gzip by content and names a truncated one", async () => {
    const bytes = gzipSync(
      labelledLog(Array.from({ length: 500 }, (_, i) => ["Benign", "-", { uid: `C${i * 7919}` }] as const)),
    );
    const whole = await readConnLog(folder.write("named.txt", bytes));
    expect(whole.table.rows).toBe(500);
    const cut = folder.write("cut.log.gz", bytes.subarray(0, bytes.length - 40));
    await expect(readConnLog(cut)).rejects.toThrow(
      /cut\.log\.gz: the gzip stream ends too early \(the file is truncated\)/,
    );
    await expect(readConnLog(cut)).rejects.toThrow(FormatError);
  });

  it("refuses a file without a header, of another log, or without needed columns", async () => {
    await expect(readConnLog(folder.write("bare.log", row()))).rejects.toThrow(
      /line 1: a row before any #fields line/,
    );
    await expect(readConnLog(folder.write("only.log", "#separator \\x09\n"))).rejects.toThrow(
      /has no #fields line/,
    );
    await expect(readConnLog(folder.write("dns.log", "#path\tdns\n#fields\tts\n"))).rejects.toThrow(
      /a log of "dns", expected "conn"/,
    );
    await expect(readConnLog(folder.write("few.log", "#fields\tts\tproto\tduration\n"))).rejects.toThrow(
      /#fields lacks orig_bytes, resp_bytes, conn_state, orig_pkts, resp_pkts/,
    );
    await expect(readConnLog(folder.write("empty.log", ""))).rejects.toThrow(/is empty/);
  });

  it("names columns that the flow record does not have", async () => {
    const lines = [...header, `${plain}\tvlan`, `${row()}\t12`];
    expect((await readConnLog(folder.write("vlan.log", lines.join("\n")))).ignoredColumns).toEqual(["vlan"]);
  });
});

describe("sniffZeek", () => {
  it("tells a conn.log from other logs", () => {
    expect(sniffZeek(labelledLog([["Benign", "-"]]))).toEqual({ kind: "conn" });
    expect(sniffZeek("#separator \\x09\n#path\tdns\n#fields\tts\n")).toEqual({
      kind: "other",
      why: 'a Zeek log of "dns", not of conn',
    });
    expect(sniffZeek(row())).toEqual({
      kind: "other",
      why: "rows like a conn.log's, but no #fields line before them",
    });
    expect(sniffZeek("# A title\n")).toMatchObject({ kind: "other" });
  });
});

const real = "../shared/data/stratosphere-zeek";
describe.skipIf(!existsSync(real))(
  "readConnLog on Stratosphere's logs (skipped: ../shared is not here)",
  () => {
    it.each([
      ["001-zeek-scenario-malicious/labeled-conn.log.gz", 992],
      ["002-zeek-scenario-port-scanning/conn.log.gz", 4504],
      ["003-zeek-scenario-malicious/conn.log.gz", 361],
      ["006-zeek-scenario-ssh/conn.log", 18],
      ["008-zeek-mixed/data/conn.log.labeled.gz", 5663],
      ["010-zeek-mixed/data/conn.log.labeled.gz", 5347],
      ["slips/port-scans/horizontal/conn.log", 41],
    ])("%s has %i rows", async (name, rows) => {
      const log = await readConnLog(`${real}/${name}`);
      expect([log.table.rows, log.rowsRead, log.dropped.total]).toEqual([rows, rows, 0]);
    });

    it("reports the odd first line of test10 and goes on", async () => {
      const log = await readConnLog(`${real}/slips/test10-mixed-zeek-dir/conn.log`);
      expect(log.table.rows).toBe(141);
      expect(log.repaired.toJSON()).toEqual({ indented_header_line: { count: 1, first_lines: [1] } });
    });

    it("keeps JSON times exact", async () => {
      const log = await readConnLog(`${real}/002-zeek-scenario-port-scanning/conn.log.gz`);
      expect(log.table.numbers("start_us")[0]).toBe(1664462456755299);
    });
  },
);

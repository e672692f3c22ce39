import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ingest } from "#lib/dataset/ingest.js";
import { kddFamilies, kddFields } from "#lib/dataset/kddFields.js";
import { nslKdd } from "#lib/dataset/nslKdd.js";
import { fieldOf } from "#lib/dataset/registry.js";
import { readAll } from "../readAll.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const line =
  "0,tcp,ftp_data,SF,491,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2,2,0.00,0.00,0.00,0.00,1.00,0.00,0.00,150,25,0.17,0.03,0.17,0.00,0.00,0.00,0.05,0.00,normal,20";
const hard = line.replace("normal,20", "neptune,21");

/** What the published ARFF files are like: names in quotes, words in braces with blanks, a binary class, no difficulty. */
const arff = [
  "@relation 'KDDTrain'",
  ...kddFields.map(({ names }) =>
    names[0] === "protocol_type"
      ? "@attribute 'protocol_type' {'tcp','udp', 'icmp'} "
      : `@attribute '${names[0]}' real`,
  ),
  "@attribute 'class' {'normal', 'anomaly'}",
  "@data",
  line.replace("normal,20", "normal"),
  line.replace("normal,20", "anomaly").replace("tcp,ftp_data", "'udp','domain_u'"),
  line.replace("normal,20", "anomaly").replace("491", "?"),
];

describe("nslKdd", () => {
  it("reads the 41 features, those of the flow record as such, and the difficulty apart", async () => {
    const rows = await readAll(nslKdd.open(folder.write("KDDTrain+.txt", `${line}\n`)));
    const [row] = rows.table.objects();
    expect(row).toMatchObject({
      official_part: "train",
      subset: null,
      duration_s: 0,
      proto: "tcp",
      service: "ftp-data",
    });
    expect(row).toMatchObject({
      conn_state: "SF",
      orig_bytes: 491,
      same_srv_rate: 1,
      dst_host_same_src_port_rate: 0.17,
      difficulty: 20,
    });
    expect(rows.labels?.dictionary).toEqual(["normal"]);
    expect(rows.table.names.slice(0, 7)).toEqual([
      ...["duration_s", "proto", "service", "conn_state", "orig_bytes", "resp_bytes", "land"],
    ]);
    expect(kddFields.length).toBe(41);
    expect(fieldOf("difficulty")?.use).toBe("never");
    expect(["orig_bytes", "proto", "land"].map((name) => nslKdd.fileColumn?.(name))).toEqual([
      ...["src_bytes", "protocol_type", "land"],
    ]);
  });

  it("calls services as Zeek does, where Zeek knows them", async () => {
    const services = ["domain", "domain_u", "pop_3", "ntp_u", "http_443", "http", "private"];
    const lines = services.map((service) => line.replace("ftp_data", service));
    const rows = await readAll(nslKdd.open(folder.write("services/KDDTrain+.txt", lines.join("\n"))));
    expect(rows.table.strings("service")).toEqual([
      ...["domain", "dns", "pop3", "ntp", "ssl", "http", "private"],
    ]);
  });

  it("marks the rows of Test+ that make Test-21", async () => {
    const rows = await readAll(nslKdd.open(folder.write("KDDTest+.txt", `${line}\n${hard}\n`)));
    expect(rows.table.strings("subset")).toEqual(["Test-21", null]);
    expect(rows.table.strings("official_part")).toEqual(["test", "test"]);
  });

  it("counts rows with too few or too many fields and bad numbers", async () => {
    const bad = [
      line,
      "0,tcp,http",
      `${line},1`,
      line.replace("491", "4x1"),
      line.replace("0.17", ""),
      line.replace("tcp", ""),
      line.replace("491", "-1"),
      line.replace("491", "4.5"),
    ];
    const rows = await readAll(nslKdd.open(folder.write("bad/KDDTrain+.txt", bad.join("\n"))));
    expect(rows.table.rows).toBe(1);
    expect(rows.rowsRead).toBe(8);
    expect(rows.dropped.toJSON()).toEqual({
      too_few_fields: { count: 1, first_lines: [2] },
      too_many_fields: { count: 1, first_lines: [3] },
      bad_value_src_bytes: { count: 3, first_lines: [4, 7, 8] },
      bad_value_dst_host_same_srv_rate: { count: 1, first_lines: [5] },
      bad_value_protocol_type: { count: 1, first_lines: [6] },
    });
  });
});

describe("nslKdd", () => {
  it("reads ARFF by the names of its attributes", async () => {
    const rows = await readAll(nslKdd.open(folder.write("KDDTrain+.arff", arff.join("\n"))));
    expect(rows.table.strings("proto")).toEqual(["tcp", "udp"]);
    expect(rows.table.strings("service")).toEqual(["ftp-data", "dns"]);
    expect([...rows.table.numbers("orig_bytes")]).toEqual([491, 491]);
    expect(rows.labels?.dictionary).toEqual(["normal", "anomaly"]);
    expect(nslKdd.meaning("anomaly")).toMatchObject({ kind: "attack", label: "anomaly", family: "anomaly" });
    expect([...rows.lines]).toEqual([45, 46]);
    expect(rows.rowsRead).toBe(3);
    expect(rows.dropped.toJSON()).toEqual({ bad_value_src_bytes: { count: 1, first_lines: [47] } });
    expect(rows.absentColumns).toEqual(["difficulty"]);
  });

  it("passes over comments between the records of ARFF, counted", async () => {
    const [first, ...others] = arff.slice(-3);
    const commas = `% ${",".repeat(41)}`;
    const lines = [...arff.slice(0, -3), first, "% a note, of two words", "%", `%,"`, commas, ...others];
    const rows = await readAll(
      nslKdd.open(folder.write("notes/KDDTrain+.arff", `${lines.join("\r\n")}\r\n`)),
    );
    expect([...rows.lines]).toEqual([45, 50]);
    expect(rows.rowsRead).toBe(3);
    expect(rows.dropped.toJSON()).toEqual({ bad_value_src_bytes: { count: 1, first_lines: [51] } });
    expect(rows.repaired.toJSON()).toMatchObject({
      comment: { count: 4, first_lines: [46, 47, 48, 49] },
      crlf: { count: 7 },
    });
  });

  it("says that sparse ARFF is not read", () => {
    const head = [...arff.slice(0, arff.indexOf("@data") + 1), "% note", "{0 1, 1 tcp, 41 normal}"];
    expect(nslKdd.recognise(head.join("\n"))).toMatch(/^sparse ARFF .* write it with every value/);
    expect(nslKdd.recognise([...head.slice(0, -1), line.replace("normal,20", "normal")].join("\n"))).toBe(
      true,
    );
    expect(nslKdd.recognise([...head.slice(0, -1), "0"].join("\n"))).toBe(true); // a torn record decides nothing
  });

  it("takes labels in any case, with a dot at the end, and the families of merged classes", () => {
    const of = (text: string): unknown => nslKdd.meaning(text);
    expect(["NORMAL", "normal."].map(of)).toEqual([
      { kind: "benign", original: "NORMAL" },
      { kind: "benign", original: "normal." },
    ]);
    expect(["Neptune", "R2L", "DoS"].map(of)).toEqual([
      { kind: "attack", original: "Neptune", label: "neptune", family: "dos" },
      { kind: "attack", original: "R2L", label: "r2l", family: "r2l" },
      { kind: "attack", original: "DoS", label: "dos", family: "dos" },
    ]);
    expect(of("teapot")).toEqual({ kind: "unknown", original: "teapot" });
  });

  it("reads copies with a header, which difficulty or class tell from KDD Cup 1999", async () => {
    const names = kddFields.map(({ names }) => names[0]).join(",");
    const path = folder.write("KDDTest.csv", `${names},attack,level\n${hard}\n`);
    const rows = await readAll(nslKdd.open(path));
    expect(rows.table.select(["orig_bytes", "difficulty", "official_part", "subset"]).objects()).toEqual([
      { orig_bytes: 491, difficulty: 21, official_part: "test", subset: null },
    ]);
    expect(nslKdd.recognise(`${names},label\n`)).toMatch(/^neither a column "class" nor "difficulty"/);
  });

  it("is known by content", () => {
    expect(nslKdd.recognise(`${line}\n`)).toBe(true);
    expect(nslKdd.recognise(line.replace(/,\d+$/, ""))).toMatch(/^42 fields in the first line, not 43$/);
    expect(nslKdd.recognise("a,b\n")).toBe(
      'none of its columns: "duration", "protocol_type", "service" and 3 more; 2 fields in the first line, not 43',
    );
    expect(nslKdd.recognise(line.replace("tcp", "6"))).toMatch(/^43 fields, but not those of NSL-KDD/);
  });

  it("knows the parts of the whole files", () => {
    const all = ["KDDTest+.txt.gz", "KDDTest-21.txt.gz", "KDDTrain+.txt.gz", "KDDTrain+_20Percent.txt.gz"];
    expect(all.map((file) => nslKdd.partOf?.(file, all))).toEqual([
      undefined,
      "KDDTest+.txt.gz",
      undefined,
      "KDDTrain+.txt.gz",
    ]);
    expect(nslKdd.partOf?.("KDDTest-21.txt", ["KDDTest-21.txt"])).toBeUndefined();
    const published = ["KDDTrain+.arff", "KDDTrain+.txt", "KDDTrain+_20Percent.arff", "KDDTest-21.arff"];
    expect(published.map((file) => nslKdd.partOf?.(file, published))).toEqual([
      ...["KDDTrain+.txt", undefined, "KDDTrain+.txt", undefined],
    ]);
  });

  it("maps 39 attacks, and only them, to four families", () => {
    const names = Object.values(kddFamilies).flat();
    expect(names.length).toBe(39);
    expect(new Set(names).size).toBe(39);
    expect(nslKdd.meaning("httptunnel")).toMatchObject({ kind: "attack", family: "r2l" });
    expect(nslKdd.meaning("worm")).toMatchObject({ kind: "attack", family: "dos" });
    expect(nslKdd.meaning("normal")).toEqual({ kind: "benign", original: "normal" });
    expect(nslKdd.meaning("nonsense")).toEqual({ kind: "unknown", original: "nonsense" });
  });
});

const real = "../shared/data/nsl-kdd";
describe.skipIf(!existsSync(real))("NSL-KDD itself (skipped: ../shared is not here)", () => {
  it("has the published rows, Test-21 and families", async () => {
    const test = await readAll(nslKdd.open(`${real}/KDDTest+.txt.gz`));
    expect([test.rowsRead, test.table.rows]).toEqual([22544, 22544]);
    expect(test.table.text("subset").codes.filter((code) => code >= 0).length).toBe(11850);
    const counts: Record<string, number> = {};
    for (const code of test.labels?.codes ?? []) {
      const meaning = nslKdd.meaning(test.labels?.dictionary[code] ?? "");
      const family = meaning.kind === "attack" ? meaning.family : meaning.kind;
      counts[family] = (counts[family] ?? 0) + 1;
    }
    expect(counts).toEqual({ benign: 9711, dos: 7460, probe: 2421, r2l: 2885, u2r: 67 });
  });

  it("is ingested whole from its folder, the parts and the lists beside it left out", async () => {
    const policy = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;
    const { facts } = await ingest({ path: real, files: null, dialect: "auto", rows: null }, policy, 42);
    expect(facts.rows).toEqual({ read: 148517, kept: 148517, dropped: 0, capped: 0, repaired: 0 });
    expect(facts.classes.label).toMatchObject({ benign: 77054, neptune: 45871, warezclient: 890, spy: 2 });
    expect(Object.keys(facts.classes.label).length).toBe(40);
    expect(facts.ignored_files.map(({ file }) => file)).toEqual([
      ...["Attack Types.csv", "Field Names.csv", "KDDTest-21.txt.gz", "KDDTrain+_20Percent.txt.gz"],
    ]);
  });
});
